from functools import lru_cache

from django import template
from django.template.loader import render_to_string

register = template.Library()


@register.simple_tag
@lru_cache
def network_icon(network: str) -> str:
    """Rendered once for all links that have it."""
    return render_to_string(f"affiliates/directory/icons/{network}.html")

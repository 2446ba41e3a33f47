from functools import lru_cache

from django import template
from django.template.loader import select_template

register = template.Library()

ICONS = "affiliates/directory/icons"


@register.simple_tag
@lru_cache
def network_icon(network: str) -> str:
    """Rendered once for all links that have it. A network of the site's own needs no icon."""
    return select_template([f"{ICONS}/{network}.html", f"{ICONS}/link.html"]).render()

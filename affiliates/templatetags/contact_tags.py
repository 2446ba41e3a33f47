from typing import Any

from django import template
from django.utils.safestring import SafeString

from affiliates.core.phones import phone_html
from affiliates.core.regions import country_of

register = template.Library()


@register.filter
def phone_of(phone: str, group: Any) -> SafeString:
    """The phone number with a link to call it. ``group``, an application or affiliation, says which
    country it is from, else its program's countries do.
    """
    covered = [group.region] if group.region else dict(group.program.coverage.countries)
    return phone_html(phone, map(country_of, covered))

"""Who sends the mails, as people know it."""

from django.conf import settings
from wagtail.models import Site

from workflows.core.plain_text import one_line


def organisation_name() -> str:
    """The name that editors gave the default site, else ``WAGTAIL_SITE_NAME``."""
    names = Site.objects.filter(is_default_site=True).values_list("site_name", flat=True)
    return one_line(next(iter(names), "") or settings.WAGTAIL_SITE_NAME)

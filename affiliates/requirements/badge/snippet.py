"""The HTML that groups copy into their website."""

from dataclasses import dataclass

from django.utils.html import format_html
from django.utils.translation import gettext as _

from affiliates.models import Affiliation
from affiliates.requirements.badge.addresses import badge_address, badge_path, site_address
from workflows.core.addresses import organisation_name

SIDE = 200
"""The longer side, in CSS pixels."""


@dataclass(frozen=True)
class Snippet:
    """``picture``: where this site shows the badge; empty if the program has none."""

    html: str
    picture: str = ""
    alt: str = ""
    width: int = 0
    height: int = 0


def snippet_of(affiliation: Affiliation) -> Snippet:
    """Leads to the group's page, if it is public, or to the program's."""
    program, page = affiliation.program, affiliation.page
    target = page.get_full_url() if page and page.live else site_address(program)
    alt = _("Affiliate of %(organization)s") % {"organization": organisation_name()}
    badge = program.badge
    if badge is None:
        return Snippet(format_html('<a href="{}">{}</a>', target, alt))
    part = min(1, SIDE / max(badge.width, badge.height))
    width, height = (max(1, round(side * part)) for side in (badge.width, badge.height))
    html = format_html(
        '<a href="{}"><img src="{}" alt="{}" width="{}" height="{}"></a>',
        *(target, badge_address(affiliation), alt, width, height),
    )
    return Snippet(html, badge_path(affiliation), alt, width, height)

"""Where updates stand on the website. The addresses are the site's, never a request's."""

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from affiliates.models import AffiliateProgramPage, ContactUpdate

UPDATES = "updates/"
"""Below a program's page. No child page can have this slug; see ``page_checks``."""


def updates_url(program: "AffiliateProgramPage") -> str:
    """The page of all updates; empty for a program without a site."""
    full_url = program.full_url
    return f"{full_url}{UPDATES}" if full_url else ""


def public_url(update: "ContactUpdate", program: "AffiliateProgramPage | None" = None) -> str:
    """The page of this update. ``program``: its program, where it is at hand."""
    base = updates_url(program or update.affiliation.program)
    return f"{base}{update.pk}/" if base else ""

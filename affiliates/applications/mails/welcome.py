"""The kind of mail that welcomes a group which has become an affiliate."""

from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext_lazy, ngettext

from affiliates.affiliations.services.schedule import next_period
from affiliates.applications.mails.kinds import APPROVED, about, owed_in, reply_to
from affiliates.applications.mails.queueing import AFFILIATE_WELCOME
from affiliates.links.tokens import affiliate_url
from affiliates.mail.placeholders import (
    ABOUT_THE_APPLICATION,
    ABOUT_THE_PROGRAM,
    AFFILIATION,
    OWN_PAGE,
    RECIPIENT,
)
from affiliates.models import Affiliation, Application
from workflows.core.due import long_date
from workflows.core.links import absolute_url
from workflows.mail.kinds import MailKind
from workflows.models import OutgoingMail

SHOW_THE_BADGE = gettext_lazy(
    "Please show our badge on your website or social media, so that people see that we belong"
    " together."
)


def _context(mail: OutgoingMail) -> Mapping[str, Any]:
    application: Any = mail.subject
    return {
        **about(application, mail),
        **_of_page(application),
        **_of_affiliation(application, mail),
    }


def _of_page(application: Application) -> dict[str, Any]:
    page, badge = application.affiliate, application.program.badge
    return {
        "page_url": page.full_url if page and page.live else "",
        "badge_request": SHOW_THE_BADGE if badge else "",
        "badge_url": absolute_url(badge.file.url) if badge else "",
    }


def _of_affiliation(application: Application, mail: OutgoingMail) -> dict[str, Any]:
    """Nothing if the page was deleted in the meantime, and the affiliation ended with it."""
    affiliation = Affiliation.objects.filter(page=application.affiliate_id).first()
    if affiliation is None:
        return {}
    months = affiliation.interval_months
    contact = affiliation.contacts.filter(email__iexact=mail.recipient).first()
    return {
        "how_often": ngettext("every month", "every %(count)d months", months) % {"count": months},
        "update_date": long_date(next_period(affiliation).end),
        "own_url": affiliate_url(affiliation, contact) if contact else "",
    }


KINDS = (
    MailKind(
        name=AFFILIATE_WELCOME,
        templates="affiliates/applications/mail",
        label=gettext_lazy("Welcome to a new affiliate"),
        sent_when=gettext_lazy("When an application is approved, to each contact."),
        placeholders=(
            RECIPIENT,
            *ABOUT_THE_APPLICATION,
            *AFFILIATION,
            OWN_PAGE,
            *ABOUT_THE_PROGRAM,
        ),
        context=_context,
        still_owed=owed_in(APPROVED),
        reply_to=reply_to,
        priority=10,
        why=gettext_lazy("You get this mail because your group has become an affiliate."),
    ),
)

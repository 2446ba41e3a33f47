"""The mails that tell a group that its affiliation has ended, or goes on after all."""

from collections.abc import Callable, Mapping
from typing import Any

from django.contrib.contenttypes.models import ContentType
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from affiliates.core.states import AffiliationAction, AffiliationState
from affiliates.links.tokens import affiliate_url
from affiliates.mail.contacts import (
    ABOUT,
    CONTACT_WHY,
    context,
    reachable,
    recipient_of,
    reply_to,
    to_contact,
)
from affiliates.mail.placeholders import ABOUT_THE_PROGRAM, END_REASON, GROUP_PAGE, OWN_PAGE
from affiliates.models import Affiliation, Contact, Transition
from workflows.mail.kinds import MailKind
from workflows.mail.outbox import NewMail
from workflows.models import OutgoingMail

AFFILIATION_ENDED = "affiliation_ended"
AFFILIATION_REINSTATED = "affiliation_reinstated"

WITH_REASON = "with-reason"
"""How the occurrence of a mail says that the group may read why."""


def affiliation_ended(
    affiliation: Affiliation, moved: Transition, *, tell_reason: bool
) -> list[NewMail]:
    """To each contact: since when, what becomes of the page, whom to ask."""
    occurrence = f"{moved.pk}-{WITH_REASON}" if tell_reason else f"{moved.pk}"
    return _to_all(AFFILIATION_ENDED, affiliation, occurrence)


def affiliation_reinstated(affiliation: Affiliation, moved: Transition) -> list[NewMail]:
    """To each contact: the group is an affiliate again, and what comes next."""
    return _to_all(AFFILIATION_REINSTATED, affiliation, f"{moved.pk}")


def _to_all(kind: str, affiliation: Affiliation, occurrence: str) -> list[NewMail]:
    return [
        to_contact(kind, affiliation, contact, about=affiliation, occurrence=occurrence)
        for contact in reachable(affiliation)
    ]


WAS_CONTACT_WHY = gettext_lazy(
    "You get this mail because you are a contact of a group that was an affiliate."
)


def _ended(affiliation: Affiliation, contact: Contact, mail: OutgoingMail) -> Mapping[str, Any]:
    reason = _reason_of(affiliation) if mail.key.endswith(WITH_REASON) else ""
    return {"reason": _("This is the reason: %(reason)s") % {"reason": reason} if reason else ""}


def _reason_of(affiliation: Affiliation) -> str:
    moved = Transition.objects.filter(
        content_type=ContentType.objects.get_for_model(Affiliation),
        object_id=affiliation.pk,
        action=AffiliationAction.END,
    ).last()
    return moved.reason if moved else ""


def _goes_on(affiliation: Affiliation, contact: Contact, mail: OutgoingMail) -> Mapping[str, Any]:
    page = affiliation.page
    return {
        "page_url": page.full_url if page and page.live else "",
        "own_url": affiliate_url(affiliation, contact),
    }


def _is_in(state: AffiliationState) -> Callable[[OutgoingMail], bool]:
    """Whether it still is as the mail says, and the person is a contact."""

    def still_owed(mail: OutgoingMail) -> bool:
        affiliation: Any = mail.subject
        is_true = affiliation is not None and affiliation.state == state
        return is_true and recipient_of(mail) is not None

    return still_owed


KINDS = (
    MailKind(
        name=AFFILIATION_ENDED,
        templates="affiliates/affiliations/mail",
        label=gettext_lazy("Affiliation ended"),
        sent_when=gettext_lazy("When somebody ends an affiliation, to each contact, if wanted."),
        placeholders=(*ABOUT, END_REASON, *ABOUT_THE_PROGRAM),
        context=context(_ended),
        still_owed=_is_in(AffiliationState.ENDED),
        reply_to=reply_to,
        why=WAS_CONTACT_WHY,
    ),
    MailKind(
        name=AFFILIATION_REINSTATED,
        templates="affiliates/affiliations/mail",
        label=gettext_lazy("Affiliation goes on"),
        sent_when=gettext_lazy("When somebody takes the end back, to each contact."),
        placeholders=(*ABOUT, GROUP_PAGE, OWN_PAGE, *ABOUT_THE_PROGRAM),
        context=context(_goes_on),
        still_owed=_is_in(AffiliationState.ACTIVE),
        reply_to=reply_to,
        why=CONTACT_WHY,
    ),
)

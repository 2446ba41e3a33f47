"""Emails about the end, made by staff or the group, and the reinstatement of an affiliation."""

from collections.abc import Mapping
from functools import partial
from typing import Any

from django.contrib.contenttypes.models import ContentType
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from affiliates.audit import contact_log
from affiliates.core.states import AffiliationAction, AffiliationState
from affiliates.links.tokens import affiliate_url
from affiliates.mail.contacts import (
    OF_AFFILIATION,
    reachable,
    recipient_of,
    register_kind,
    to_contact,
)
from affiliates.mail.placeholders import GROUP_PAGE, OWN_PAGE
from affiliates.models import Affiliation, Contact, Transition
from workflows.mail.kinds import Placeholder
from workflows.mail.outbox import NewMail
from workflows.models import OutgoingMail

WITH_REASON = "with-reason"  # in an email's occurrence: the group may read the reason


def _is_still(state: AffiliationState, mail: OutgoingMail) -> bool:
    affiliation: Any = mail.subject
    is_true = affiliation is not None and affiliation.state == state
    return is_true and recipient_of(mail) is not None


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


AFFILIATION_ENDED = register_kind(
    Placeholder(
        "reason",
        gettext_lazy("A sentence that says why it ended. Empty if the group is not told why."),
        gettext_lazy("This is the reason: Your group has dissolved, as you told us."),
        multiline=True,
    ),
    name="affiliation_ended",
    templates="affiliates/affiliations/mail",
    label=gettext_lazy("Affiliation ended"),
    sent_when=gettext_lazy("When someone ends an affiliation, to each contact, if wanted."),
    says=(_ended,),
    related=OF_AFFILIATION,
    still_owed=partial(_is_still, AffiliationState.ENDED),
    why=gettext_lazy(
        "You get this email because you are a contact of a group that was an affiliate."
    ),
)


def affiliation_ended(
    affiliation: Affiliation, moved: Transition, *, tell_reason: bool
) -> list[NewMail]:
    occurrence = f"{moved.pk}-{WITH_REASON}" if tell_reason else f"{moved.pk}"
    return _to_all(AFFILIATION_ENDED, affiliation, occurrence)


def _left(affiliation: Affiliation, contact: Contact, mail: OutgoingMail) -> Mapping[str, Any]:
    return {"left_by": contact_log.left_by(affiliation) or affiliation.name}


AFFILIATION_LEFT = register_kind(
    Placeholder(
        "left_by",
        gettext_lazy("The name of the contact who said that the group leaves."),
        gettext_lazy("Kim Lee"),
    ),
    name="affiliation_left",
    templates="affiliates/affiliations/mail",
    label=gettext_lazy("Group has left"),
    sent_when=gettext_lazy("When a contact says that the group leaves, to each contact."),
    says=(_left,),
    related=OF_AFFILIATION,
    still_owed=partial(_is_still, AffiliationState.ENDED),
    why=gettext_lazy(
        "You get this email because you are a contact of a group that was an affiliate."
    ),
)


def affiliation_left(affiliation: Affiliation, moved: Transition) -> list[NewMail]:
    return _to_all(AFFILIATION_LEFT, affiliation, f"{moved.pk}")


def _back(affiliation: Affiliation, contact: Contact, mail: OutgoingMail) -> Mapping[str, Any]:
    page = affiliation.page
    return {
        "page_url": page.full_url if page and page.live else "",
        "own_url": affiliate_url(affiliation, contact),
    }


AFFILIATION_REINSTATED = register_kind(
    GROUP_PAGE,
    OWN_PAGE,
    name="affiliation_reinstated",
    templates="affiliates/affiliations/mail",
    label=gettext_lazy("Affiliation reinstated"),
    sent_when=gettext_lazy("When someone reinstates an affiliation, to each contact."),
    says=(_back,),
    related=(*OF_AFFILIATION, "page"),
    still_owed=partial(_is_still, AffiliationState.ACTIVE),
)


def affiliation_reinstated(affiliation: Affiliation, moved: Transition) -> list[NewMail]:
    return _to_all(AFFILIATION_REINSTATED, affiliation, f"{moved.pk}")


def _to_all(kind: str, affiliation: Affiliation, occurrence: str) -> list[NewMail]:
    return [
        to_contact(kind, affiliation, contact, about=affiliation, occurrence=occurrence)
        for contact in reachable(affiliation)
    ]

"""The mails around an affiliate's own page: a new link, and what became of a proposed change."""

from collections.abc import Callable, Mapping
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext_lazy

from affiliates.affiliations.mails.links import AFFILIATE_LINK
from affiliates.core.conf import settings
from affiliates.core.states import AffiliationState
from affiliates.links.tokens import affiliate_url
from affiliates.mail.contacts import (
    ABOUT,
    CONTACT_WHY,
    affiliation_of,
    context,
    reachable,
    recipient_of,
    reply_to,
    to_contact,
)
from affiliates.mail.placeholders import (
    ABOUT_THE_PROGRAM,
    CHANGE_QUESTION,
    CHANGE_REASON,
    CHANGED_FACTS,
    GROUP_PAGE,
    LAST_DAY,
    OWN_PAGE,
)
from affiliates.models import Contact, ProfileChange
from affiliates.portal.profile import LABELS
from affiliates.programs.promised_days import last_whole_day
from workflows.core.due import long_date
from workflows.mail.kinds import MailKind
from workflows.mail.outbox import NewMail
from workflows.models import OutgoingMail

PROFILE_CHANGE_ACCEPTED = "profile_change_accepted"
PROFILE_CHANGE_DECLINED = "profile_change_declined"
PROFILE_CHANGE_QUESTION = "profile_change_question"


def profile_change_accepted(change: ProfileChange) -> list[NewMail]:
    return _to_proposer(PROFILE_CHANGE_ACCEPTED, change, "accepted")


def profile_change_declined(change: ProfileChange) -> list[NewMail]:
    return _to_proposer(PROFILE_CHANGE_DECLINED, change, "declined")


def profile_change_question(change: ProfileChange) -> list[NewMail]:
    return _to_proposer(PROFILE_CHANGE_QUESTION, change, change_question_occurrence(change))


def change_question_occurrence(change: ProfileChange) -> str:
    """Of the mail with the question that is open, so that an older one is not sent any more."""
    return f"asked-{change.asked_at:%Y-%m-%dT%H:%M:%S.%f}" if change.asked_at else "asked"


def _to_proposer(kind: str, change: ProfileChange, occurrence: str) -> list[NewMail]:
    """To the contact who proposed it; to the first one there is if that person has left."""
    people = reachable(change.affiliation)
    of_proposer = [person for person in people if person.pk == change.contact_id]
    return [
        to_contact(kind, change.affiliation, person, about=change, occurrence=occurrence)
        for person in (of_proposer or people)[:1]
    ]


def _own_page(record: Any, contact: Contact, mail: OutgoingMail) -> Mapping[str, Any]:
    affiliation = affiliation_of(record)
    page = affiliation.page
    last = last_whole_day(timezone.now(), settings.AFFILIATE_LINK_DAYS, affiliation.program)
    return {
        "own_url": affiliate_url(affiliation, contact),
        "page_url": page.full_url if page and page.live else "",
        "last_day": long_date(last),
    }


def _change(change: ProfileChange, contact: Contact, mail: OutgoingMail) -> Mapping[str, Any]:
    return {
        "changes": "\n".join(f"- {LABELS[name]}" for name in change.changes if name in LABELS),
        "reason": change.reason,
        "question": change.question,
    }


def _is_reached(mail: OutgoingMail) -> bool:
    """As long as the person is a contact of an affiliate."""
    if recipient_of(mail) is None:
        return False
    return affiliation_of(mail.subject).state != AffiliationState.ENDED


def _exists(mail: OutgoingMail) -> bool:
    return recipient_of(mail) is not None


def _still_asked(mail: OutgoingMail) -> bool:
    """As long as the very question that it was queued for is open."""
    change: Any = mail.subject
    if not _is_reached(mail) or not change.is_open or change.asked_at is None:
        return False
    return mail.key.endswith(f"/{change_question_occurrence(change)}")


def _about_change(
    name: str,
    label: Any,
    sent_when: Any,
    *placeholders: Any,
    still_owed: Callable[[OutgoingMail], bool] = _exists,
) -> MailKind:
    return MailKind(
        name=name,
        templates="affiliates/portal/mail",
        label=label,
        sent_when=sent_when,
        placeholders=(*ABOUT, CHANGED_FACTS, *placeholders, OWN_PAGE, *ABOUT_THE_PROGRAM),
        context=context(_own_page, _change),
        still_owed=still_owed,
        reply_to=reply_to,
        priority=10,
        why=CONTACT_WHY,
    )


KINDS = (
    MailKind(
        name=AFFILIATE_LINK,
        templates="affiliates/affiliations/mail",
        label=gettext_lazy("New link to an affiliate’s own page"),
        sent_when=gettext_lazy("When a contact asks for it on the website, to that contact."),
        placeholders=(*ABOUT, OWN_PAGE, LAST_DAY, *ABOUT_THE_PROGRAM),
        context=context(_own_page),
        still_owed=_is_reached,
        reply_to=reply_to,
        priority=10,
        why=gettext_lazy("You get this mail because somebody asked for it with your address."),
    ),
    _about_change(
        PROFILE_CHANGE_ACCEPTED,
        gettext_lazy("Proposed change is public"),
        gettext_lazy("When a change that a contact proposed is published, to that contact."),
        GROUP_PAGE,
    ),
    _about_change(
        PROFILE_CHANGE_DECLINED,
        gettext_lazy("Proposed change declined"),
        gettext_lazy("When a reviewer declines a change that a contact proposed, to that contact."),
        CHANGE_REASON,
    ),
    _about_change(
        PROFILE_CHANGE_QUESTION,
        gettext_lazy("Question about a proposed change"),
        gettext_lazy("When a reviewer wants a proposed change to be different, to the contact."),
        CHANGE_QUESTION,
        still_owed=_still_asked,
    ),
)

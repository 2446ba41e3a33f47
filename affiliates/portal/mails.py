"""Emails to contacts about the change that they proposed."""

from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext, gettext_lazy

from affiliates.affiliations.mails.links import is_reached, own_page
from affiliates.mail.contacts import (
    reachable,
    recipient_of,
    register_kind,
    to_contact,
)
from affiliates.mail.placeholders import GROUP_PAGE, OWN_PAGE
from affiliates.models import Contact, ProfileChange
from affiliates.portal.profile import labels
from workflows.mail.kinds import ListItem, Placeholder
from workflows.mail.outbox import NewMail
from workflows.models import OutgoingMail

CHANGED_FACTS = Placeholder(
    "changes",
    gettext_lazy("What the group would like to change on its public page."),
    gettext_lazy("In short\nFacebook"),
    is_list=True,
)


def _change(change: ProfileChange, contact: Contact, mail: OutgoingMail) -> Mapping[str, Any]:
    page, known = change.affiliation.page, labels()
    return {
        "changes": [ListItem(str(known[name])) for name in change.changes if name in known],
        "page_url": page.full_url if page and page.live else "",
        "reason": change.reason,
        "question": change.question,
    }


def _has_contact(mail: OutgoingMail) -> bool:
    return recipient_of(mail) is not None


def _still_asked(mail: OutgoingMail) -> bool:
    change: Any = mail.subject
    if not is_reached(mail) or not change.is_open or change.asked_at is None:
        return False
    return mail.key.endswith(f"/{change_question_occurrence(change)}")


def _to_proposer(kind: str, change: ProfileChange, occurrence: str) -> list[NewMail]:
    """To the proposer, or to the first reachable contact if that person has left."""
    people = reachable(change.affiliation)
    of_proposer = [person for person in people if person.pk == change.contact_id]
    return [
        to_contact(kind, change.affiliation, person, about=change, occurrence=occurrence)
        for person in (of_proposer or people)[:1]
    ]


def _about_change(
    name: str,
    label: Any,
    sent_when: Any,
    *placeholders: Placeholder,
    says: Any = (own_page, _change),
    still_owed: Any = _has_contact,
) -> str:
    return register_kind(
        *(CHANGED_FACTS, *placeholders, OWN_PAGE),
        name=name,
        templates="affiliates/portal/mail",
        label=label,
        sent_when=sent_when,
        says=says,
        still_owed=still_owed,
        priority=10,
    )


def _outcome(change: ProfileChange, contact: Contact, mail: OutgoingMail) -> Mapping[str, Any]:
    """The page of a group that hides itself stays down."""
    page = change.affiliation.page
    if page and page.live:
        return {
            "outcome": gettext("Your change is public"),
            "what_we_did": gettext("We have published the change to the public page."),
        }
    return {
        "outcome": gettext("Your change is taken over"),
        "what_we_did": gettext("We have taken over the change. The page is hidden and stays so."),
    }


OUTCOME = (
    Placeholder(
        "outcome",
        gettext_lazy("What has become of the change, for the subject."),
        gettext_lazy("Your change is public"),
    ),
    Placeholder(
        "what_we_did",
        gettext_lazy("The same in a sentence. It differs while the group hides its page."),
        gettext_lazy("We have published the change to the public page."),
    ),
)
PROFILE_CHANGE_ACCEPTED = _about_change(
    "profile_change_accepted",
    gettext_lazy("Proposed change is public"),
    gettext_lazy("When a change that a contact proposed is published, to that contact."),
    *(GROUP_PAGE, *OUTCOME),
    says=(own_page, _change, _outcome),
)


def profile_change_accepted(change: ProfileChange) -> list[NewMail]:
    return _to_proposer(PROFILE_CHANGE_ACCEPTED, change, "accepted")


CHANGE_REASON = Placeholder(
    "reason",
    gettext_lazy("Why the change was declined, as the reviewer wrote it."),
    gettext_lazy("Please describe what your group does, without names of children."),
    multiline=True,
)
PROFILE_CHANGE_DECLINED = _about_change(
    "profile_change_declined",
    gettext_lazy("Proposed change declined"),
    gettext_lazy("When a reviewer declines a change that a contact proposed, to that contact."),
    CHANGE_REASON,
)


def profile_change_declined(change: ProfileChange) -> list[NewMail]:
    return _to_proposer(PROFILE_CHANGE_DECLINED, change, "declined")


CHANGE_QUESTION = Placeholder(
    "question",
    gettext_lazy("What should be different, as the reviewer wrote it."),
    gettext_lazy("Could you say in a sentence what your group does?"),
    multiline=True,
)
PROFILE_CHANGE_QUESTION = _about_change(
    "profile_change_question",
    gettext_lazy("Question about a proposed change"),
    gettext_lazy("When a reviewer wants a proposed change to be different, to the contact."),
    CHANGE_QUESTION,
    still_owed=_still_asked,
)


def profile_change_question(change: ProfileChange) -> list[NewMail]:
    return _to_proposer(PROFILE_CHANGE_QUESTION, change, change_question_occurrence(change))


def change_question_occurrence(change: ProfileChange) -> str:
    """Differs for each question, so that an outdated one is not sent."""
    return f"asked-{change.asked_at:%Y-%m-%dT%H:%M:%S.%f}" if change.asked_at else "asked"

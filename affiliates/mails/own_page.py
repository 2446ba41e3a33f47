"""The mails around an affiliate's own page: a new link, and what became of a proposed change."""

from dataclasses import replace
from datetime import datetime

from affiliates.mails.affiliates import reachable, to_contact
from affiliates.models import Affiliation, Contact, ProfileChange
from workflows.services.outbox import NewMail

AFFILIATE_LINK = "affiliate_link"
PROFILE_CHANGE_ACCEPTED = "profile_change_accepted"
PROFILE_CHANGE_DECLINED = "profile_change_declined"
PROFILE_CHANGE_QUESTION = "profile_change_question"


def affiliate_link(affiliation: Affiliation, contact: Contact, *, now: datetime) -> NewMail:
    """To whoever asked for it, at the address on record; one a minute.

    Also if mail to it came back before: who asks for a link has a reason to expect it.
    """
    mail = to_contact(
        AFFILIATE_LINK,
        affiliation,
        contact,
        about=affiliation,
        occurrence=f"{now:%Y-%m-%dT%H:%M}",
    )
    return replace(mail, suppressed="")


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

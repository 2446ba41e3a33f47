"""The mail that answers a call for help."""

from affiliates.mails.affiliates import reachable, to_contact
from affiliates.models import Contact, SupportRequest, Transition
from workflows.services.outbox import NewMail

SUPPORT_ANSWERED = "support_answered"


def support_answered(call: SupportRequest, moved: Transition) -> list[NewMail]:
    """To whoever asked; to the group's contact if that person has left. Nobody if none is left."""
    return [
        to_contact(
            SUPPORT_ANSWERED, call.affiliation, contact, about=call, occurrence=f"{moved.pk}"
        )
        for contact in whom_to_answer(call)
    ]


def whom_to_answer(call: SupportRequest) -> list[Contact]:
    """The person, or none."""
    people = reachable(call.affiliation)
    asked = call.update.contact_id if call.update else None
    return ([person for person in people if person.pk == asked] or people)[:1]

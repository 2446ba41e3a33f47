"""The mails that ask an affiliate for its update. Who answers for it is asked first."""

from affiliates.mails.affiliates import reachable, to_contact
from affiliates.models import Contact, ContactUpdate, UpdateRequest
from affiliates.states import ContactRole, UpdateKind
from workflows.services.outbox import NewMail

UPDATE_ASK = "update_ask"
UPDATE_DUE = "update_due"
UPDATE_REMINDER = "update_reminder"
UPDATE_ALTERNATE = "update_alternate"

THANKS: dict[str, str] = {
    UpdateKind.QUIET: "update_thanks_quiet",
    UpdateKind.NEWS: "update_thanks_news",
    UpdateKind.HELP: "update_thanks_help",
}
"""The mail that thanks, by what the contact told us."""


def update_requested(request: UpdateRequest, kind: str, *, step: str) -> list[NewMail]:
    """To the contact; to the second one if mail to the first came back. Nobody if none is left."""
    return [_mail(kind, request, contact, step) for contact in reachable(request.affiliation)[:1]]


def update_requested_of_all(request: UpdateRequest, *, step: str) -> list[NewMail]:
    """To the contact once more, and to the second one, too."""
    return [
        _mail(_kind_for(contact), request, contact, step)
        for contact in reachable(request.affiliation)
    ]


def update_requested_of_alternate(request: UpdateRequest, *, step: str) -> list[NewMail]:
    """To the second contact at once, since mail to the first one came back."""
    return [
        _mail(UPDATE_ALTERNATE, request, contact, step)
        for contact in reachable(request.affiliation)
        if contact.role == ContactRole.ALTERNATE
    ]


def update_thanks(update: ContactUpdate) -> list[NewMail]:
    """To whoever sent it: what happens next, and by when. Changed, it is thanked for once more only
    if it became something else."""
    contact = update.contact
    if contact is None:
        return []
    kind = THANKS[update.kind]
    return [to_contact(kind, update.affiliation, contact, about=update, occurrence="sent")]


def _kind_for(contact: Contact) -> str:
    return UPDATE_ALTERNATE if contact.role == ContactRole.ALTERNATE else UPDATE_REMINDER


def _mail(kind: str, request: UpdateRequest, contact: Contact, step: str) -> NewMail:
    return to_contact(kind, request.affiliation, contact, about=request, occurrence=step)

"""The mails about news that a group sent: published, to be changed, declined."""

from affiliates.mails.affiliates import reachable, to_contact
from affiliates.models import Contact, ContactUpdate
from workflows.services.outbox import NewMail

UPDATE_PUBLISHED = "update_published"
UPDATE_CHANGES_ASKED = "update_changes_asked"
UPDATE_DECLINED = "update_declined"


def update_published(update: ContactUpdate) -> list[NewMail]:
    """Where it stands; once for each update. Nothing if the group is not listed."""
    from affiliates.queries_updates import published_updates_of

    is_seen = published_updates_of(update.affiliation).filter(pk=update.pk).exists()
    return _mails(UPDATE_PUBLISHED, update, "published") if is_seen else []


def update_changes_asked(update: ContactUpdate, *, occurrence: str) -> list[NewMail]:
    """The reviewer's words, and the link to change it."""
    return _mails(UPDATE_CHANGES_ASKED, update, occurrence)


def update_declined(update: ContactUpdate) -> list[NewMail]:
    """The reason. Declined again later, it is another mail."""
    return _mails(UPDATE_DECLINED, update, f"declined-{update.declined_at:%Y-%m-%dT%H:%M:%S}")


def sender_of(update: ContactUpdate) -> Contact | None:
    """Who sent it, if that person is a contact still; else the first who can be reached."""
    people = reachable(update.affiliation)
    same = (contact for contact in people if contact.pk == update.contact_id)
    return next(same, people[0] if people else None)


def _mails(kind: str, update: ContactUpdate, occurrence: str) -> list[NewMail]:
    contact = sender_of(update)
    if contact is None:
        return []
    return [to_contact(kind, update.affiliation, contact, about=update, occurrence=occurrence)]

"""The mails about news that a group sent: published, to be changed, declined."""

from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext_lazy

from affiliates.links.tokens import affiliate_url, update_url
from affiliates.mail.contacts import (
    ABOUT,
    CONTACT_WHY,
    context,
    reachable,
    recipient_of,
    reply_to,
    to_contact,
)
from affiliates.mail.placeholders import (
    ABOUT_THE_PROGRAM,
    UPDATE_CHANGE,
    UPDATE_PUBLIC,
    UPDATE_REASON,
    UPDATE_TITLE,
)
from affiliates.models import Contact, ContactUpdate
from affiliates.models.updates_routes import public_url
from affiliates.updates.queries import can_be_changed, published_updates_of
from workflows.mail.kinds import MailKind
from workflows.mail.outbox import NewMail
from workflows.models import OutgoingMail

UPDATE_PUBLISHED = "update_published"
UPDATE_CHANGES_ASKED = "update_changes_asked"
UPDATE_DECLINED = "update_declined"


def update_published(update: ContactUpdate) -> list[NewMail]:
    """Where it stands; once for each update. Nothing if the group is not listed."""
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


def _title(update: ContactUpdate, contact: Contact, mail: OutgoingMail) -> Mapping[str, Any]:
    return {"title": update.title}


def _public(update: ContactUpdate, contact: Contact, mail: OutgoingMail) -> Mapping[str, Any]:
    return {"public_url": public_url(update)}


def _to_change(update: ContactUpdate, contact: Contact, mail: OutgoingMail) -> Mapping[str, Any]:
    link = (
        update_url(update.request, contact)
        if update.request
        else affiliate_url(update.affiliation, contact)
    )
    return {"question": update.asked_changes, "change_url": link}


def _reason(update: ContactUpdate, contact: Contact, mail: OutgoingMail) -> Mapping[str, Any]:
    return {"reason": update.decline_reason}


def _is_public(mail: OutgoingMail) -> bool:
    update: Any = mail.subject
    return (
        update is not None
        and published_updates_of(update.affiliation).filter(pk=update.pk).exists()
    )


def _waits_for_group(mail: OutgoingMail) -> bool:
    update: Any = mail.subject
    is_asked = update is not None and bool(update.asked_changes) and can_be_changed(update)
    return is_asked and recipient_of(mail) is not None


def _is_declined(mail: OutgoingMail) -> bool:
    update: Any = mail.subject
    return update is not None and update.declined_at is not None


SHARED: dict[str, Any] = {
    "templates": "affiliates/updates/mail",
    "reply_to": reply_to,
    "why": CONTACT_WHY,
}

KINDS = (
    MailKind(
        name=UPDATE_PUBLISHED,
        label=gettext_lazy("Update published"),
        sent_when=gettext_lazy("When a group’s news are public, to the contact who sent them."),
        placeholders=(*ABOUT, UPDATE_TITLE, UPDATE_PUBLIC, *ABOUT_THE_PROGRAM),
        context=context(_title, _public),
        still_owed=_is_public,
        **SHARED,
    ),
    MailKind(
        name=UPDATE_CHANGES_ASKED,
        label=gettext_lazy("Update: please change"),
        sent_when=gettext_lazy(
            "When a reviewer requests changes of a group’s news, to the contact who sent them."
        ),
        placeholders=(*ABOUT, UPDATE_TITLE, *UPDATE_CHANGE, *ABOUT_THE_PROGRAM),
        context=context(_title, _to_change),
        still_owed=_waits_for_group,
        **SHARED,
    ),
    MailKind(
        name=UPDATE_DECLINED,
        label=gettext_lazy("Update declined"),
        sent_when=gettext_lazy(
            "When a reviewer declines to publish a group’s news, to the contact who sent them."
        ),
        placeholders=(*ABOUT, UPDATE_TITLE, UPDATE_REASON, *ABOUT_THE_PROGRAM),
        context=context(_title, _reason),
        still_owed=_is_declined,
        **SHARED,
    ),
)

"""The kinds of mail about news that a group sent."""

from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext_lazy

from affiliates import mails
from affiliates.links import affiliate_url, update_url
from affiliates.mail_kinds.affiliates import (
    ABOUT,
    ABOUT_THE_PROGRAM,
    CONTACT_WHY,
    context,
    recipient_of,
    reply_to,
)
from affiliates.mail_placeholders import (
    UPDATE_CHANGE,
    UPDATE_PUBLIC,
    UPDATE_REASON,
    UPDATE_TITLE,
)
from affiliates.models import Contact, ContactUpdate
from affiliates.queries_updates import published_updates_of
from affiliates.services.updates import can_be_changed
from affiliates.update_addresses import public_url
from workflows.mail_kinds import MailKind
from workflows.models import OutgoingMail


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


SHARED: dict[str, Any] = {"app": "affiliates", "reply_to": reply_to, "why": CONTACT_WHY}

KINDS = (
    MailKind(
        name=mails.UPDATE_PUBLISHED,
        label=gettext_lazy("Update published"),
        sent_when=gettext_lazy("When a group’s news are public, to the contact who sent them."),
        placeholders=(*ABOUT, UPDATE_TITLE, UPDATE_PUBLIC, *ABOUT_THE_PROGRAM),
        context=context(_title, _public),
        still_owed=_is_public,
        **SHARED,
    ),
    MailKind(
        name=mails.UPDATE_CHANGES_ASKED,
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
        name=mails.UPDATE_DECLINED,
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

"""The kinds of mail that thank for an update and say what comes next."""

from collections.abc import Callable, Mapping
from datetime import date
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from affiliates.core.states import AffiliationState, UpdateKind
from affiliates.links.tokens import affiliate_url, update_url
from affiliates.mail.contacts import ABOUT, CONTACT_WHY, context, recipient_of, reply_to
from affiliates.mail.placeholders import (
    ABOUT_THE_PROGRAM,
    ASKED_AGAIN,
    CHANGE_ANSWER,
    HELP_BY,
    PUBLISHING,
    WHAT_WAS_SAID,
)
from affiliates.models import Contact, ContactUpdate
from affiliates.updates.details import what_comes_next
from affiliates.updates.mails.asking import THANKS
from workflows.core.due import long_date
from workflows.mail.kinds import MailKind
from workflows.models import OutgoingMail


def _after(update: ContactUpdate, contact: Contact, mail: OutgoingMail) -> Mapping[str, Any]:
    following = what_comes_next(update, timezone.now())
    return {
        "said": "\n\n".join(filter(None, (update.text, _wishes(update)))),
        "publishing": _publishing(update, following["read_by"], is_read=following["is_read"]),
        "help_promise": _by(following["help_by"]),
        "asked_again": _asked_again(following["asked_on"]),
        "change_url": _change_url(update, contact) if following["can_change"] else "",
    }


def _wishes(update: ContactUpdate) -> str:
    needs = [f"- {need['text']}" for need in update.needs]
    return "\n".join([_("What you would like from us:"), *needs]) if needs else ""


def _publishing(update: ContactUpdate, read_by: date | None, *, is_read: bool) -> str:
    if not update.may_publish:
        return _("You did not tick that we may publish it, so only our team sees it.")
    if is_read:
        return _("A person of our team has read it already.")
    if read_by is None:
        return _("A person of our team reads it. Then it stands on your group’s public page.")
    names = {"date": long_date(read_by)}
    return (
        _(
            "A person of our team reads it by %(date)s. Then it stands on your group’s public"
            " page, and we tell you."
        )
        % names
    )


def _by(day: date | None) -> str:
    return _("A person of our team answers you by %s.") % long_date(day) if day else ""


def _asked_again(day: date | None) -> str:
    return _("We ask you again on %s. You need not wait for that.") % long_date(day) if day else ""


def _change_url(update: ContactUpdate, contact: Contact) -> str:
    """The page where the answer stands; for one that nobody asked for the affiliate's own."""
    if update.request:
        return update_url(update.request, contact)
    return affiliate_url(update.affiliation, contact)


def _still_owed(kind: UpdateKind) -> Callable[[OutgoingMail], bool]:
    """As long as the update says this, and its sender is a contact of an affiliate."""

    def is_owed(mail: OutgoingMail) -> bool:
        update: Any = mail.subject
        if update is None or update.kind != kind or recipient_of(mail) is None:
            return False
        return update.affiliation.state != AffiliationState.ENDED

    return is_owed


def _kind(kind: UpdateKind, label: Any, sent_when: Any, *placeholders: Any) -> MailKind:
    return MailKind(
        name=THANKS[kind],
        templates="affiliates/updates/mail",
        label=label,
        sent_when=sent_when,
        placeholders=(*ABOUT, *placeholders, ASKED_AGAIN, CHANGE_ANSWER, *ABOUT_THE_PROGRAM),
        context=context(_after),
        still_owed=_still_owed(kind),
        reply_to=reply_to,
        priority=20,
        why=CONTACT_WHY,
    )


KINDS = (
    _kind(
        UpdateKind.QUIET,
        gettext_lazy("Thanks: nothing new"),
        gettext_lazy("When a contact tells us that nothing is new, to that contact."),
    ),
    _kind(
        UpdateKind.NEWS,
        gettext_lazy("Thanks for news"),
        gettext_lazy("When a contact sends news, to that contact."),
        WHAT_WAS_SAID,
        PUBLISHING,
    ),
    _kind(
        UpdateKind.HELP,
        gettext_lazy("Call for help received"),
        gettext_lazy("When a contact calls for help, to that contact."),
        WHAT_WAS_SAID,
        HELP_BY,
    ),
)

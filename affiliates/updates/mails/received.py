"""Emails about an update that came in: thanks, publication, questions and declines."""

from collections.abc import Mapping
from datetime import date
from functools import partial
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from affiliates.core.states import AffiliationState, UpdateKind
from affiliates.links.tokens import affiliate_url, update_url
from affiliates.mail.contacts import reachable, recipient_of, to_contact
from affiliates.models import Contact, ContactUpdate
from affiliates.models.updates_routes import public_url
from affiliates.updates.mails import register
from affiliates.updates.queries import can_be_changed, published_updates_of, what_comes_next
from workflows.core.due import long_date
from workflows.mail.kinds import Placeholder
from workflows.mail.outbox import NewMail
from workflows.models import OutgoingMail

Values = Mapping[str, Any]


def _change_url(update: ContactUpdate, contact: Contact) -> str:
    if update.request:
        return update_url(update.request, contact)
    return affiliate_url(update.affiliation, contact)


CHANGE_URL = Placeholder(
    "change_url",
    _("The private link to change what was sent. Empty once it was moderated."),
    "https://example.org/join/link/update~K7M-4QX/",
    is_link=True,
)


def _after(update: ContactUpdate, contact: Contact, mail: OutgoingMail) -> Values:
    following = what_comes_next(update, timezone.now())
    answered_by = gettext("Someone on our team will answer you by %s.")
    asked_again = gettext("We will ask you again on %s. No need to wait for that.")
    return {
        "said": "\n\n".join(filter(None, (_heard(update), update.text, _needs(update)))),
        "publishing": _publishing(update, following["read_by"], is_read=following["is_read"]),
        "help_promise": _on(following["help_by"], answered_by),
        "asked_again": _on(following["asked_on"], asked_again),
        "change_url": _change_url(update, contact) if following["can_change"] else "",
    }


def _heard(update: ContactUpdate) -> str:
    if update.entered_by_id is None:
        return ""
    return gettext(
        "Someone on our team wrote this down as you told us. Please correct it if needed:"
    )


def _needs(update: ContactUpdate) -> str:
    needs = [f"- {need['text']}" for need in update.needs]
    return "\n".join([gettext("What you would like from us:"), *needs]) if needs else ""


def _on(day: date | None, sentence: str) -> str:
    return sentence % long_date(day) if day else ""


def _publishing(update: ContactUpdate, read_by: date | None, *, is_read: bool) -> str:
    if not update.may_publish:
        return gettext("You did not check that we may publish it, so only our team sees it.")
    if is_read:
        return gettext("Someone on our team has already read it.")
    if read_by is None:
        return gettext(
            "Someone on our team will read it. Then it appears on your group’s public page."
        )
    return _on(
        read_by,
        gettext(
            "Someone on our team will read it by %s. Then it appears on your group’s public page,"
            " and we let you know."
        ),
    )


def _is_still_said(kind: UpdateKind, mail: OutgoingMail) -> bool:
    update: Any = mail.subject
    if update is None or update.kind != kind or recipient_of(mail) is None:
        return False
    return update.affiliation.state != AffiliationState.ENDED


def _thanks(kind: UpdateKind, *placeholders: Placeholder, label: Any, sent_when: Any) -> str:
    return register(
        *placeholders,
        Placeholder(
            "asked_again",
            _("A sentence that says when we will ask again, if that is planned."),
            _("We will ask you again on Thursday, December 17, 2026. No need to wait for that."),
        ),
        CHANGE_URL,
        says=(_after,),
        name=f"update_thanks_{kind}",
        label=label,
        sent_when=sent_when,
        still_owed=partial(_is_still_said, kind),
        priority=20,
    )


WHAT_WAS_SAID = Placeholder(
    "said",
    _("What the contact wrote, and which boxes were ticked."),
    _("We met the school board."),
    multiline=True,
)

THANKS: dict[str, str] = {
    UpdateKind.QUIET: _thanks(
        UpdateKind.QUIET,
        label=_("Thanks: nothing new"),
        sent_when=_("When a contact tells us that nothing is new, to that contact."),
    ),
    UpdateKind.NEWS: _thanks(
        UpdateKind.NEWS,
        WHAT_WAS_SAID,
        Placeholder(
            "publishing",
            _("A sentence that says whether it is published, and who reads it by when."),
            _("Someone on our team will read it by Wednesday, September 23, 2026."),
        ),
        label=_("Thanks for news"),
        sent_when=_("When a contact sends news, to that contact."),
    ),
    UpdateKind.HELP: _thanks(
        UpdateKind.HELP,
        WHAT_WAS_SAID,
        Placeholder(
            "help_promise",
            _("A sentence that says by when a person answers."),
            _("Someone on our team will answer you by Wednesday, September 23, 2026."),
        ),
        label=_("Call for help received"),
        sent_when=_("When a contact asks for help, to that contact."),
    ),
}


def update_thanks(update: ContactUpdate) -> list[NewMail]:
    """Thanks the sender. A changed update gets a second email only if its kind changed."""
    return _mails(THANKS[update.kind], update, update.contact, "sent")


def _news(update: ContactUpdate, contact: Contact, mail: OutgoingMail) -> Values:
    return {
        "title": update.title,
        "public_url": public_url(update),
        "question": update.asked_changes,
        "reason": update.decline_reason,
    }


TITLE = Placeholder(
    "title",
    _("The headline of the update, or its first words."),
    _("We met with the school board"),
)


def _is_seen(update: ContactUpdate) -> bool:
    return published_updates_of(update.affiliation).filter(pk=update.pk).exists()


def _is_public(mail: OutgoingMail) -> bool:
    update: Any = mail.subject
    return update is not None and _is_seen(update)


UPDATE_PUBLISHED = register(
    TITLE,
    Placeholder(
        "public_url",
        _("The link to the update on the website."),
        "https://example.org/affiliates/updates/1/",
        is_link=True,
    ),
    says=(_news,),
    name="update_published",
    label=_("Update published"),
    sent_when=_("When a group’s news is public, to the contact who sent it."),
    still_owed=_is_public,
)


def update_published(update: ContactUpdate) -> list[NewMail]:
    """Once per update; no email if the public cannot see it."""
    if not _is_seen(update):
        return []
    return _mails(UPDATE_PUBLISHED, update, sender_of(update), "published")


def _to_change(update: ContactUpdate, contact: Contact, mail: OutgoingMail) -> Values:
    return {"change_url": _change_url(update, contact)}


def _waits_for_group(mail: OutgoingMail) -> bool:
    update: Any = mail.subject
    is_asked = update is not None and bool(update.asked_changes) and can_be_changed(update)
    return is_asked and recipient_of(mail) is not None


UPDATE_CHANGES_ASKED = register(
    TITLE,
    Placeholder(
        "question",
        _("What a reviewer asks the group to change."),
        _("Please leave out the child’s name."),
        multiline=True,
    ),
    CHANGE_URL,
    says=(_news, _to_change),
    name="update_changes_asked",
    label=_("Update: please change"),
    sent_when=_("When a reviewer asks for changes to a group’s news, to the contact who sent it."),
    still_owed=_waits_for_group,
)


def update_changes_asked(update: ContactUpdate, *, occurrence: str) -> list[NewMail]:
    return _mails(UPDATE_CHANGES_ASKED, update, sender_of(update), occurrence)


def _is_declined(mail: OutgoingMail) -> bool:
    update: Any = mail.subject
    return update is not None and update.declined_at is not None


UPDATE_DECLINED = register(
    TITLE,
    Placeholder(
        "reason",
        _("Why the update is not published, as the reviewer wrote it."),
        _("It describes a child who could be recognized."),
        multiline=True,
    ),
    says=(_news,),
    name="update_declined",
    label=_("Update declined"),
    sent_when=_("When a reviewer decides not to publish a group’s news, to whoever sent it."),
    still_owed=_is_declined,
)


def update_declined(update: ContactUpdate) -> list[NewMail]:
    occurrence = f"declined-{update.declined_at:%Y-%m-%dT%H:%M:%S}"
    return _mails(UPDATE_DECLINED, update, sender_of(update), occurrence)


def sender_of(update: ContactUpdate) -> Contact | None:
    """The sender if still a contact, otherwise the first reachable contact."""
    people = reachable(update.affiliation)
    same = (contact for contact in people if contact.pk == update.contact_id)
    return next(same, people[0] if people else None)


def _mails(
    kind: str, update: ContactUpdate, contact: Contact | None, occurrence: str
) -> list[NewMail]:
    if contact is None:
        return []
    return [to_contact(kind, update.affiliation, contact, about=update, occurrence=occurrence)]

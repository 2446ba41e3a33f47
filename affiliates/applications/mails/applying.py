"""Emails about receipt, drafts and withdrawal, and helpers for all emails about applications."""

from collections.abc import Callable, Iterable, Mapping
from datetime import date
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from affiliates.core.conf import settings
from affiliates.core.regions import region_name
from affiliates.core.scopes import scope_name
from affiliates.core.states import OPEN, ApplicationState, ContactRole
from affiliates.links.tokens import draft_url, status_url
from affiliates.mail.placeholders import (
    ABOUT_THE_APPLICATION,
    ABOUT_THE_PROGRAM,
    FIRST_CONTACT,
    LAST_DAY,
    RECIPIENT,
)
from affiliates.models import Application, Contact
from affiliates.programs.promised_days import last_whole_day, review_due_on, today_at
from affiliates.spam.quotas import counts_toward_quota
from workflows.core.addresses import address_key
from workflows.core.due import long_date
from workflows.core.links import admin_url
from workflows.core.people import Recipient, members, recipients
from workflows.mail import kinds
from workflows.mail.kinds import MailKind, Placeholder
from workflows.mail.outbox import NewMail
from workflows.models import OutgoingMail

Values = Mapping[str, Any]
Part = Callable[[Application, OutgoingMail], Values]

ABOUT = (RECIPIENT, *ABOUT_THE_APPLICATION)
STATUS = Placeholder(
    "status_url",
    gettext_lazy("The private link to the application's status."),
    "https://example.org/join/link/status~K7M-4QX/",
    is_link=True,
)


def register(
    *parts: Part, placeholders: tuple[Placeholder, ...], states: frozenset[str], **kind: Any
) -> str:
    """Register a kind of mail, owed while the application is in one of ``states``; return its name.
    ``parts`` return values in addition to the common ones.
    """

    def context(mail: OutgoingMail) -> Values:
        application: Any = mail.subject
        values = _about(application, mail)
        for part in parts:
            values.update(part(application, mail))
        return values

    common = {
        "templates": "affiliates/applications/mail",
        "still_owed": lambda mail: mail.subject is not None and mail.subject.state in states,
        "reply_to": lambda mail: mail.subject.program.contact_email,
        "related": ("program",),
        "why": gettext_lazy("You are getting this email because your group applied to join us."),
    }
    placeholders = (*placeholders, *ABOUT_THE_PROGRAM)
    return kinds.register(
        MailKind(context=context, placeholders=placeholders, **{**common, **kind})
    )


def to_contact(
    kind: str, application: Application, *, occurrence: str, contact: Contact | None = None
) -> NewMail:
    contact = contact or application.contacts.get(role=ContactRole.PRIMARY)
    return NewMail(
        kind=kind,
        to=contact.email,
        to_name=contact.name,
        subject=application,
        occurrence=occurrence,
        language=application.language,
        suppressed=_("This address bounced before.") if contact.bounced_at else "",
    )


def _about(application: Application, mail: OutgoingMail) -> dict[str, Any]:
    program = application.program
    return {
        "name": mail.recipient_name,
        "program": program.title,
        "writer": program.contact_name,
        "writer_email": program.contact_email,
        "group": application.name or _("your group"),
        "reference": application.reference,
    }


def _promise(application: Application, mail: OutgoingMail) -> Values:
    """Built when the mail is sent, which may be after the promised day."""
    day = review_due_on(application)
    due_date = long_date(day) if day else ""
    if day and day < _today(application):
        names = {"date": due_date}
        due_date = _("%(date)s (this day is past: we are late, and we are sorry)") % names
    return {"due_date": due_date, "status_url": status_url(application)}


def _today(application: Application) -> date:
    return today_at(application.program, timezone.now())


APPLICATION_RECEIVED = register(
    _promise,
    name="application_received",
    label=gettext_lazy("Application received"),
    sent_when=gettext_lazy("When an application arrives, to its contact."),
    placeholders=(
        *ABOUT,
        Placeholder(
            "due_date",
            gettext_lazy("The day by which the group was promised an answer."),
            gettext_lazy("Monday, November 30, 2026"),
        ),
        STATUS,
    ),
    states=frozenset(ApplicationState),
    priority=10,
)


def application_received(application: Application, contact: Contact | None = None) -> NewMail:
    """``contact``: the first one, if it is at hand."""
    return to_contact(APPLICATION_RECEIVED, application, contact=contact, occurrence="submitted")


def _first_contact(application: Application, mail: OutgoingMail) -> Values:
    first = application.primary_contact
    return {"contact": first.name if first else ""}


SECOND_CONTACT_NAMED = register(
    _first_contact,
    related=("program", "contacts"),
    name="second_contact_named",
    label=gettext_lazy("Named as second contact"),
    sent_when=gettext_lazy("When an application arrives, to its second contact."),
    placeholders=(RECIPIENT, FIRST_CONTACT, *ABOUT_THE_APPLICATION),
    states=OPEN,
    why=gettext_lazy("You are getting this email because a group named you as second contact."),
)


def second_contact_named(
    application: Application, contacts: Iterable[Contact] | None = None
) -> list[NewMail]:
    """Contains no private link."""
    found = application.contacts.all() if contacts is None else contacts
    by_role = {contact.role: contact for contact in found}
    second, first = by_role.get(ContactRole.ALTERNATE), by_role.get(ContactRole.PRIMARY)
    if second is None or (first and address_key(first.email) == address_key(second.email)):
        return []
    return [to_contact(SECOND_CONTACT_NAMED, application, contact=second, occurrence="submitted")]


def _draft(application: Application, mail: OutgoingMail) -> Values:
    last = last_whole_day(timezone.now(), settings.DRAFT_LINK_DAYS, application.program)
    return {"draft_url": draft_url(application), "last_day": long_date(last)}


DRAFT_SAVED = register(
    _draft,
    name="draft_saved",
    label=gettext_lazy("Draft saved"),
    sent_when=gettext_lazy("When someone saves an application to finish it later."),
    placeholders=(
        Placeholder(
            "draft_url",
            gettext_lazy("The private link to go on with the draft."),
            "https://example.org/join/link/draft~K7M-4QX/",
            is_link=True,
        ),
        LAST_DAY,
        *ABOUT_THE_APPLICATION,
    ),
    states=frozenset({ApplicationState.DRAFT}),
    priority=10,
    why=gettext_lazy("You are getting this email because someone saved a draft with your address."),
)


def draft_saved(application: Application) -> NewMail:
    """At most one a minute."""
    to = Contact(email=application.draft_email)
    occurrence = f"{application.updated_at:%Y-%m-%dT%H:%M}"
    return to_contact(DRAFT_SAVED, application, contact=to, occurrence=occurrence)


APPLICATION_WITHDRAWN = register(
    name="application_withdrawn",
    label=gettext_lazy("Application withdrawn"),
    sent_when=gettext_lazy("When an application is withdrawn, to its contact."),
    placeholders=ABOUT,
    states=frozenset({ApplicationState.WITHDRAWN}),
)


counts_toward_quota(APPLICATION_RECEIVED, SECOND_CONTACT_NAMED, DRAFT_SAVED, APPLICATION_WITHDRAWN)


def application_withdrawn(application: Application) -> NewMail:
    contact = application.primary_contact or Contact(email=application.draft_email)
    return to_contact(APPLICATION_WITHDRAWN, application, contact=contact, occurrence="withdrawn")


def _for_reviewers(application: Application, mail: OutgoingMail) -> Values:
    region = region_name(application.region) if application.region else ""
    return {
        "group": application.name or _("A group without a name"),
        "place": ", ".join(filter(None, [application.locality, region]))
        or scope_name(application.scope),
        "admin_url": admin_url(application),
    }


APPLICATION_WITHDRAWN_NOTICE = register(
    _for_reviewers,
    name="application_withdrawn_notice",
    label=gettext_lazy("Notice: application withdrawn"),
    sent_when=gettext_lazy("When an application is withdrawn, to the reviewers."),
    placeholders=(
        *ABOUT,
        Placeholder(
            "place",
            gettext_lazy("Town or county, and region."),
            gettext_lazy("Columbus, Ohio"),
        ),
        Placeholder(
            "admin_url",
            gettext_lazy("The link to the application in the admin."),
            "https://example.org/admin/affiliates/applications/1/",
            is_link=True,
        ),
    ),
    states=frozenset({ApplicationState.WITHDRAWN}),
    why=gettext_lazy("You are getting this email because you review applications."),
)


def application_withdrawn_notices(application: Application) -> list[NewMail]:
    """To each reviewer; without reviewers, to the program's contact."""
    program = application.program
    group = program.review_group_id
    reviewers = recipients(members([group])) if group else []
    return [
        NewMail(
            kind=APPLICATION_WITHDRAWN_NOTICE,
            to=person.email,
            to_name=person.name,
            subject=application,
            occurrence="withdrawn",
            language=person.language,
        )
        for person in reviewers or [Recipient(program.contact_email, program.contact_name)]
    ]

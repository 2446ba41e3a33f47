"""The kinds of mail of this app: what each may say, and until when it is owed."""

from collections.abc import Callable, Mapping
from typing import Any

from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from wagtail.admin.admin_url_finder import AdminURLFinder

from affiliates import mails
from affiliates.conf import settings
from affiliates.deadlines import last_whole_day, review_due_on
from affiliates.links import absolute_url, draft_url, status_url
from affiliates.models import Application
from affiliates.regions import region_name
from affiliates.states import OPEN, ApplicationState, ContactRole
from workflows.mail_kinds import MailKind, Placeholder
from workflows.models import OutgoingMail

Values = Mapping[str, Any]


ABOUT_THE_PROGRAM = (
    Placeholder(
        "program",
        gettext_lazy("The title of the program."),
        gettext_lazy("Affiliate groups"),
    ),
    Placeholder(
        "writer",
        gettext_lazy("The person to write to, as the program names them. May be empty."),
        gettext_lazy("Maria Lopez"),
    ),
    Placeholder(
        "writer_email",
        gettext_lazy("The e-mail address to write to."),
        "affiliates@example.org",
        is_link=True,
    ),
)
ABOUT_THE_APPLICATION = (
    Placeholder("group", gettext_lazy("The name of the group."), gettext_lazy("Safe Schools Ohio")),
    Placeholder("reference", gettext_lazy("The reference of the application."), "K7M-4QX"),
)
RECIPIENT = Placeholder(
    "name",
    gettext_lazy("The name of the person who gets the mail. May be empty."),
    gettext_lazy("Jordan Smith"),
)
DUE = Placeholder(
    "due_date",
    gettext_lazy("The day by which the group was promised an answer."),
    gettext_lazy("Monday, November 30, 2026"),
)
STATUS = Placeholder(
    "status_url",
    gettext_lazy("The private link to the application's status."),
    "https://example.org/join/link/status~K7M-4QX/",
    is_link=True,
)
DRAFT = (
    Placeholder(
        "draft_url",
        gettext_lazy("The private link to go on with the draft."),
        "https://example.org/join/link/draft~K7M-4QX/",
        is_link=True,
    ),
    Placeholder(
        "last_day",
        gettext_lazy("The last day on which the link works."),
        gettext_lazy("Wednesday, December 23, 2026"),
    ),
)
FIRST_CONTACT = Placeholder(
    "contact",
    gettext_lazy("The name of the group's first contact."),
    gettext_lazy("Jordan Smith"),
)
FOR_REVIEWERS = (
    Placeholder(
        "place",
        gettext_lazy("Town or county, and state or province."),
        gettext_lazy("Columbus, Ohio"),
    ),
    Placeholder(
        "admin_url",
        gettext_lazy("The link to the application in the admin."),
        "https://example.org/admin/affiliates/applications/1/",
        is_link=True,
    ),
)
LOOK_ALIKES = Placeholder(
    "look_alikes",
    gettext_lazy("A sentence, if groups that look alike have applied or are affiliates already."),
    gettext_lazy("It looks like a group that you know: Safer Schools Ohio."),
)


def long_date(day: Any) -> str:
    # Translators: how mails write a date, in Django's format characters.
    return date_format(day, _("l, F j, Y"))


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


def _for_contact(application: Application) -> dict[str, Any]:
    due = review_due_on(application)
    return {"due_date": long_date(due) if due else "", "status_url": status_url(application)}


def _for_second_contact(application: Application) -> dict[str, Any]:
    first = application.contacts.filter(role=ContactRole.PRIMARY).first()
    return {"contact": first.name if first else ""}


def _for_draft(application: Application) -> dict[str, Any]:
    last = last_whole_day(timezone.now(), settings.DRAFT_LINK_DAYS, application.program)
    return {"draft_url": draft_url(application), "last_day": long_date(last)}


def _for_reviewers(application: Application) -> dict[str, Any]:
    due = review_due_on(application)
    path = AdminURLFinder().get_edit_url(application)
    region = region_name(application.region) if application.region else ""
    return {
        "group": application.name or _("A group without a name"),
        "place": ", ".join(filter(None, [application.locality, region])),
        "due_date": long_date(due) if due else "",
        "admin_url": absolute_url(path) if path else "",
    }


def _with_look_alikes(application: Application) -> dict[str, Any]:
    from affiliates.services.look_alikes import look_alikes

    names = ", ".join(_name_of(found) for found in look_alikes(application))
    hint = _("It looks like a group that you know: %(names)s.") % {"names": names} if names else ""
    return {**_for_reviewers(application), "look_alikes": hint}


def _name_of(found: Any) -> str:
    return f"{found.name} ({found.reference})" if isinstance(found, Application) else str(found)


def _context(*parts: Callable[[Application], Values]) -> Callable[[OutgoingMail], Values]:
    def context(mail: OutgoingMail) -> Values:
        application: Any = mail.subject
        values = _about(application, mail)
        for part in parts:
            values.update(part(application))
        return values

    return context


def _owed_in(states: frozenset[ApplicationState]) -> Callable[[OutgoingMail], bool]:
    """Owed as long as the application exists and is in one of these states."""
    return lambda mail: mail.subject is not None and mail.subject.state in states


def _reply_to(mail: OutgoingMail) -> str:
    application: Any = mail.subject
    return application.program.contact_email


EXISTS = frozenset(ApplicationState)
WITHDRAWN = frozenset({ApplicationState.WITHDRAWN})

APPLICANT_WHY = gettext_lazy("You get this mail because your group applied to our program.")
REVIEWER_WHY = gettext_lazy("You get this mail because you review applications to this program.")

KINDS = (
    MailKind(
        name=mails.APPLICATION_RECEIVED,
        app="affiliates",
        label=gettext_lazy("Application received"),
        sent_when=gettext_lazy("When an application arrives, to its contact."),
        placeholders=(RECIPIENT, *ABOUT_THE_APPLICATION, DUE, STATUS, *ABOUT_THE_PROGRAM),
        context=_context(_for_contact),
        still_owed=_owed_in(EXISTS),
        reply_to=_reply_to,
        priority=10,
        why=APPLICANT_WHY,
    ),
    MailKind(
        name=mails.SECOND_CONTACT_NAMED,
        app="affiliates",
        label=gettext_lazy("Named as second contact"),
        sent_when=gettext_lazy("When an application arrives, to its second contact."),
        placeholders=(RECIPIENT, FIRST_CONTACT, *ABOUT_THE_APPLICATION, *ABOUT_THE_PROGRAM),
        context=_context(_for_second_contact),
        still_owed=_owed_in(OPEN),
        reply_to=_reply_to,
        why=gettext_lazy("You get this mail because a group named you as its second contact."),
    ),
    MailKind(
        name=mails.DRAFT_SAVED,
        app="affiliates",
        label=gettext_lazy("Draft saved"),
        sent_when=gettext_lazy("When somebody saves an application to go on later."),
        placeholders=(*DRAFT, *ABOUT_THE_APPLICATION, *ABOUT_THE_PROGRAM),
        context=_context(_for_draft),
        still_owed=_owed_in(frozenset({ApplicationState.DRAFT})),
        reply_to=_reply_to,
        priority=10,
        why=gettext_lazy("You get this mail because somebody saved a draft with your address."),
    ),
    MailKind(
        name=mails.APPLICATION_WITHDRAWN,
        app="affiliates",
        label=gettext_lazy("Application withdrawn"),
        sent_when=gettext_lazy("When an application is withdrawn, to its contact."),
        placeholders=(RECIPIENT, *ABOUT_THE_APPLICATION, *ABOUT_THE_PROGRAM),
        context=_context(),
        still_owed=_owed_in(WITHDRAWN),
        reply_to=_reply_to,
        why=APPLICANT_WHY,
    ),
    MailKind(
        name=mails.APPLICATION_SUBMITTED_NOTICE,
        app="affiliates",
        label=gettext_lazy("Notice: new application"),
        sent_when=gettext_lazy("When an application arrives, to the reviewers."),
        placeholders=(
            RECIPIENT,
            *ABOUT_THE_APPLICATION,
            *FOR_REVIEWERS,
            DUE,
            LOOK_ALIKES,
            *ABOUT_THE_PROGRAM,
        ),
        context=_context(_with_look_alikes),
        still_owed=_owed_in(OPEN),
        reply_to=_reply_to,
        why=REVIEWER_WHY,
    ),
    MailKind(
        name=mails.APPLICATION_WITHDRAWN_NOTICE,
        app="affiliates",
        label=gettext_lazy("Notice: application withdrawn"),
        sent_when=gettext_lazy("When an application is withdrawn, to the reviewers."),
        placeholders=(RECIPIENT, *ABOUT_THE_APPLICATION, *FOR_REVIEWERS, *ABOUT_THE_PROGRAM),
        context=_context(_for_reviewers),
        still_owed=_owed_in(WITHDRAWN),
        reply_to=_reply_to,
        why=REVIEWER_WHY,
    ),
)

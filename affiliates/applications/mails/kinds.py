"""The kinds of mail about applications."""

from collections.abc import Callable, Mapping
from datetime import date
from typing import Any

from django.contrib.contenttypes.models import ContentType
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from affiliates.applications.mails.queueing import (
    ANSWER_REMINDER,
    APPLICATION_DECLINED,
    APPLICATION_RECEIVED,
    APPLICATION_WITHDRAWN,
    APPLICATION_WITHDRAWN_NOTICE,
    DRAFT_SAVED,
    INFORMATION_NEEDED,
    SECOND_CONTACT_NAMED,
    question_occurrence,
)
from affiliates.core.conf import settings
from affiliates.core.regions import region_name
from affiliates.core.states import OPEN, Action, ApplicationState, ContactRole
from affiliates.links.tokens import draft_url, status_url
from affiliates.mail.placeholders import (
    ABOUT_THE_APPLICATION,
    ABOUT_THE_PROGRAM,
    DRAFT,
    DUE,
    FIRST_CONTACT,
    FOR_REVIEWERS,
    QUESTION,
    RECIPIENT,
    REJECTION,
    STATUS,
)
from affiliates.models import Application, Transition
from affiliates.programs.promised_days import calendar_of, last_whole_day, review_due_on
from workflows.core.due import long_date
from workflows.core.links import absolute_url, admin_url
from workflows.mail.kinds import MailKind
from workflows.models import OutgoingMail

Values = Mapping[str, Any]


def about(application: Application, mail: OutgoingMail) -> dict[str, Any]:
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
    return {
        "due_date": _promised(due, application) if due else "",
        "status_url": status_url(application),
    }


def _promised(day: date, application: Application) -> str:
    """Mail may have been held up for days; then it does not promise what is past."""
    today = calendar_of(application.program).day_of(timezone.now())
    names = {"date": long_date(day)}
    if day >= today:
        return names["date"]
    return _("%(date)s (this day is past: we are late, and we are sorry)") % names


def _for_second_contact(application: Application) -> dict[str, Any]:
    first = application.contacts.filter(role=ContactRole.PRIMARY).first()
    return {"contact": first.name if first else ""}


def _for_draft(application: Application) -> dict[str, Any]:
    last = last_whole_day(timezone.now(), settings.DRAFT_LINK_DAYS, application.program)
    return {"draft_url": draft_url(application), "last_day": long_date(last)}


def _for_reviewers(application: Application) -> dict[str, Any]:
    region = region_name(application.region) if application.region else ""
    return {
        "group": application.name or _("A group without a name"),
        "place": ", ".join(filter(None, [application.locality, region])),
        "admin_url": admin_url(application),
    }


def _for_asked(application: Application) -> dict[str, Any]:
    asked = application.open_question
    if asked is None:
        return {"status_url": status_url(application)}
    calendar = calendar_of(application.program, business_days=False)
    due_day = calendar.add(calendar.day_of(asked.asked_at), application.program.answer_days)
    return {
        "question": asked.question or _("Please call or write to us. We have a question."),
        "asked_date": long_date(calendar.day_of(asked.asked_at)),
        "answer_date": long_date(due_day),
        "status_url": status_url(application),
    }


def _for_declined(application: Application) -> dict[str, Any]:
    decision = _transition_of(application, Action.DECLINE)
    program = application.program
    takes_applications = program.live and program.applications_open
    return {
        "reason": decision.reason if decision else "",
        "apply_url": absolute_url(program.apply_url) if takes_applications else "",
    }


def _transition_of(application: Application, action: Action) -> Transition | None:
    rows = Transition.objects.filter(
        content_type=ContentType.objects.get_for_model(application),
        object_id=application.pk,
        action=action,
    )
    return rows.last()


def _context(*parts: Callable[[Application], Values]) -> Callable[[OutgoingMail], Values]:
    def context(mail: OutgoingMail) -> Values:
        application: Any = mail.subject
        values = about(application, mail)
        for part in parts:
            values.update(part(application))
        return values

    return context


def owed_in(states: frozenset[ApplicationState]) -> Callable[[OutgoingMail], bool]:
    """Owed as long as the application exists and is in one of these states."""
    return lambda mail: mail.subject is not None and mail.subject.state in states


def _still_asked(mail: OutgoingMail) -> bool:
    """Owed as long as the very question that it was queued for is open."""
    application: Any = mail.subject
    if application is None or application.state != ApplicationState.INFORMATION_NEEDED:
        return False
    asked = application.open_question
    return asked is not None and mail.key.endswith(f"/{question_occurrence(asked)}")


def reply_to(mail: OutgoingMail) -> str:
    application: Any = mail.subject
    return application.program.contact_email


EXISTS = frozenset(ApplicationState)
APPROVED = frozenset({ApplicationState.APPROVED})
DECLINED = frozenset({ApplicationState.DECLINED})
WITHDRAWN = frozenset({ApplicationState.WITHDRAWN})

APPLICANT_WHY = gettext_lazy("You get this mail because your group applied to our program.")
REVIEWER_WHY = gettext_lazy("You get this mail because you review applications to this program.")

KINDS = (
    MailKind(
        name=APPLICATION_RECEIVED,
        templates="affiliates/applications/mail",
        label=gettext_lazy("Application received"),
        sent_when=gettext_lazy("When an application arrives, to its contact."),
        placeholders=(RECIPIENT, *ABOUT_THE_APPLICATION, DUE, STATUS, *ABOUT_THE_PROGRAM),
        context=_context(_for_contact),
        still_owed=owed_in(EXISTS),
        reply_to=reply_to,
        priority=10,
        why=APPLICANT_WHY,
    ),
    MailKind(
        name=SECOND_CONTACT_NAMED,
        templates="affiliates/applications/mail",
        label=gettext_lazy("Named as second contact"),
        sent_when=gettext_lazy("When an application arrives, to its second contact."),
        placeholders=(RECIPIENT, FIRST_CONTACT, *ABOUT_THE_APPLICATION, *ABOUT_THE_PROGRAM),
        context=_context(_for_second_contact),
        still_owed=owed_in(OPEN),
        reply_to=reply_to,
        why=gettext_lazy("You get this mail because a group named you as its second contact."),
    ),
    MailKind(
        name=DRAFT_SAVED,
        templates="affiliates/applications/mail",
        label=gettext_lazy("Draft saved"),
        sent_when=gettext_lazy("When somebody saves an application to go on later."),
        placeholders=(*DRAFT, *ABOUT_THE_APPLICATION, *ABOUT_THE_PROGRAM),
        context=_context(_for_draft),
        still_owed=owed_in(frozenset({ApplicationState.DRAFT})),
        reply_to=reply_to,
        priority=10,
        why=gettext_lazy("You get this mail because somebody saved a draft with your address."),
    ),
    MailKind(
        name=APPLICATION_WITHDRAWN,
        templates="affiliates/applications/mail",
        label=gettext_lazy("Application withdrawn"),
        sent_when=gettext_lazy("When an application is withdrawn, to its contact."),
        placeholders=(RECIPIENT, *ABOUT_THE_APPLICATION, *ABOUT_THE_PROGRAM),
        context=_context(),
        still_owed=owed_in(WITHDRAWN),
        reply_to=reply_to,
        why=APPLICANT_WHY,
    ),
    MailKind(
        name=INFORMATION_NEEDED,
        templates="affiliates/applications/mail",
        label=gettext_lazy("Question to a group"),
        sent_when=gettext_lazy("When a reviewer asks for more information, to the contact."),
        placeholders=(RECIPIENT, *ABOUT_THE_APPLICATION, *QUESTION, STATUS, *ABOUT_THE_PROGRAM),
        context=_context(_for_asked),
        still_owed=_still_asked,
        reply_to=reply_to,
        priority=10,
        why=APPLICANT_WHY,
    ),
    MailKind(
        name=ANSWER_REMINDER,
        templates="affiliates/applications/mail",
        label=gettext_lazy("Question to a group: reminder"),
        sent_when=gettext_lazy("When a group has not answered a question yet, to the contact."),
        placeholders=(RECIPIENT, *ABOUT_THE_APPLICATION, *QUESTION, STATUS, *ABOUT_THE_PROGRAM),
        context=_context(_for_asked),
        still_owed=_still_asked,
        reply_to=reply_to,
        why=APPLICANT_WHY,
    ),
    MailKind(
        name=APPLICATION_DECLINED,
        templates="affiliates/applications/mail",
        label=gettext_lazy("Application declined"),
        sent_when=gettext_lazy("When an application is declined, to its contact."),
        placeholders=(RECIPIENT, *ABOUT_THE_APPLICATION, *REJECTION, *ABOUT_THE_PROGRAM),
        context=_context(_for_declined),
        still_owed=owed_in(DECLINED),
        reply_to=reply_to,
        priority=10,
        why=APPLICANT_WHY,
    ),
    MailKind(
        name=APPLICATION_WITHDRAWN_NOTICE,
        templates="affiliates/applications/mail",
        label=gettext_lazy("Notice: application withdrawn"),
        sent_when=gettext_lazy("When an application is withdrawn, to the reviewers."),
        placeholders=(RECIPIENT, *ABOUT_THE_APPLICATION, *FOR_REVIEWERS, *ABOUT_THE_PROGRAM),
        context=_context(_for_reviewers),
        still_owed=owed_in(WITHDRAWN),
        reply_to=reply_to,
        why=REVIEWER_WHY,
    ),
)

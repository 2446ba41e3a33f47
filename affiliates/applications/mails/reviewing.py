"""Emails of a review: questions to the group, and decisions."""

from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from affiliates.affiliations.mails.contacts import HOW_OFTEN
from affiliates.affiliations.services.schedule import next_period
from affiliates.applications.details import declined
from affiliates.applications.mails.applying import ABOUT, STATUS, Values, register, to_contact
from affiliates.core.states import ApplicationState
from affiliates.links.tokens import affiliate_url, status_url
from affiliates.mail.placeholders import GROUP_PAGE, OWN_PAGE
from affiliates.models import Affiliation, Application, InformationRequest
from affiliates.programs.promised_days import calendar_for_application
from workflows.core.due import long_date
from workflows.core.links import absolute_url
from workflows.mail.kinds import Placeholder
from workflows.mail.outbox import NewMail
from workflows.models import OutgoingMail

QUESTION = (
    Placeholder(
        "question",
        gettext_lazy("What a reviewer would like to know."),
        gettext_lazy("How many members does your group have?"),
        multiline=True,
    ),
    Placeholder(
        "asked_date",
        gettext_lazy("The day on which the question was asked."),
        gettext_lazy("Tuesday, November 24, 2026"),
    ),
    Placeholder(
        "answer_date",
        gettext_lazy("The day by which we ask for the answer."),
        gettext_lazy("Tuesday, December 8, 2026"),
    ),
)


def _question(application: Application, mail: OutgoingMail) -> Values:
    values = {"status_url": status_url(application)}
    asked = application.open_question
    if asked is None:
        return values
    calendar = calendar_for_application(application, business_days=False)
    asked_on = calendar.day_of(asked.asked_at)
    return {
        **values,
        "question": asked.question or _("Please call or write to us. We have a question."),
        "asked_date": long_date(asked_on),
        "answer_date": long_date(calendar.add(asked_on, application.program.answer_days)),
    }


def _still_asked(mail: OutgoingMail) -> bool:
    """Whether the question that it was queued for is still open."""
    application: Any = mail.subject
    if application is None or application.state != ApplicationState.INFORMATION_NEEDED:
        return False
    asked = application.open_question
    return asked is not None and mail.key.endswith(f"/{question_occurrence(asked)}")


def question_occurrence(asked: InformationRequest) -> str:
    return f"question-{asked.pk}"


def _register_question(**kind: Any) -> str:
    asked = frozenset({ApplicationState.INFORMATION_NEEDED})
    return register(
        _question,
        placeholders=(*ABOUT, *QUESTION, STATUS),
        states=asked,
        still_owed=_still_asked,
        related=("program", "information_requests"),
        **kind,
    )


INFORMATION_NEEDED = _register_question(
    name="information_needed",
    label=gettext_lazy("Question to a group"),
    sent_when=gettext_lazy("When a reviewer asks for more information, to the contact."),
    priority=10,
)


def information_needed(application: Application, asked: InformationRequest) -> NewMail:
    return to_contact(INFORMATION_NEEDED, application, occurrence=question_occurrence(asked))


ANSWER_REMINDER = _register_question(
    name="answer_reminder",
    label=gettext_lazy("Question to a group: reminder"),
    sent_when=gettext_lazy("When a group has not answered a question yet, to the contact."),
)


def answer_reminders(application: Application) -> list[NewMail]:
    asked, contact = application.open_question, application.primary_contact
    if asked is None or contact is None:
        return []
    occurrence = question_occurrence(asked)
    return [to_contact(ANSWER_REMINDER, application, contact=contact, occurrence=occurrence)]


def _rejection(application: Application, mail: OutgoingMail) -> Values:
    decision, program = declined(application), application.program
    takes_applications = program.live and program.applications_open
    return {
        "reason": decision.reason if decision else "",
        "apply_url": absolute_url(program.apply_url) if takes_applications else "",
    }


APPLICATION_DECLINED = register(
    _rejection,
    name="application_declined",
    label=gettext_lazy("Application declined"),
    sent_when=gettext_lazy("When an application is declined, to its contact."),
    placeholders=(
        *ABOUT,
        Placeholder(
            "reason",
            gettext_lazy("Why the application was declined, as the reviewer wrote it."),
            gettext_lazy("We already have an affiliate in your town."),
            multiline=True,
        ),
        Placeholder(
            "apply_url",
            gettext_lazy("The link to the form. Empty if the program takes no applications."),
            "https://example.org/join/affiliates/",
            is_link=True,
        ),
    ),
    states=frozenset({ApplicationState.DECLINED}),
    priority=10,
)


def application_declined(application: Application) -> NewMail:
    return to_contact(APPLICATION_DECLINED, application, occurrence="declined")


SHOW_THE_BADGE = gettext_lazy(
    "Please show our badge on your website or social media, so that people see that we belong"
    " together."
)


def _page(application: Application, mail: OutgoingMail) -> Values:
    page, badge = application.affiliate, application.program.badge
    return {
        "page_url": page.full_url if page and page.live else "",
        "badge_request": SHOW_THE_BADGE if badge else "",
        "badge_url": absolute_url(badge.file.url) if badge else "",
    }


def _affiliation(application: Application, mail: OutgoingMail) -> Values:
    """Empty if the affiliation ended with the deletion of its page."""
    affiliation = Affiliation.objects.filter(page=application.affiliate_id).first()
    if affiliation is None:
        return {}
    months = affiliation.interval_months
    contact = affiliation.contacts.filter(email__iexact=mail.recipient).first()
    return {
        "how_often": ngettext("every month", "every %(count)d months", months) % {"count": months},
        "update_date": long_date(next_period(affiliation).end),
        "own_url": affiliate_url(affiliation, contact) if contact else "",
    }


AFFILIATE_WELCOME = register(
    *(_page, _affiliation),
    name="affiliate_welcome",
    label=gettext_lazy("Welcome to a new affiliate"),
    sent_when=gettext_lazy("When an application is approved, to each contact."),
    placeholders=(
        *ABOUT,
        GROUP_PAGE,
        Placeholder(
            "badge_request",
            gettext_lazy("A sentence that asks for showing the badge, if the program has one."),
            gettext_lazy("Please show our badge on your website or social media."),
        ),
        Placeholder(
            "badge_url",
            gettext_lazy("The link to the program's badge. Empty if it has none."),
            "https://example.org/media/images/badge.png",
            is_link=True,
        ),
        HOW_OFTEN,
        Placeholder(
            "update_date",
            gettext_lazy("The day by which the first update is asked for."),
            gettext_lazy("Wednesday, February 24, 2027"),
        ),
        OWN_PAGE,
    ),
    states=frozenset({ApplicationState.APPROVED}),
    priority=10,
    why=gettext_lazy("You are getting this email because your group has become an affiliate."),
)


def affiliate_welcomes(application: Application) -> list[NewMail]:
    """One for each email address."""
    by_address = {
        contact.email.lower(): contact for contact in reversed(application.contacts.all())
    }
    return [
        to_contact(AFFILIATE_WELCOME, application, contact=contact, occurrence="approved")
        for contact in by_address.values()
    ]

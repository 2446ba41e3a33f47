"""The mails about applications."""

from datetime import datetime

from django.utils.translation import gettext as _

from affiliates.core.states import ContactRole
from affiliates.models import AffiliateProgramPage, Application, Contact, InformationRequest
from affiliates.spam.quotas import within_address_quota
from workflows.core.people import Recipient, members, recipients
from workflows.mail.outbox import NewMail

APPLICATION_RECEIVED = "application_received"
SECOND_CONTACT_NAMED = "second_contact_named"
DRAFT_SAVED = "draft_saved"
APPLICATION_WITHDRAWN = "application_withdrawn"
INFORMATION_NEEDED = "information_needed"
ANSWER_REMINDER = "answer_reminder"
AFFILIATE_WELCOME = "affiliate_welcome"
APPLICATION_DECLINED = "application_declined"
APPLICATION_WITHDRAWN_NOTICE = "application_withdrawn_notice"

TO_APPLICANTS = (APPLICATION_RECEIVED, APPLICATION_WITHDRAWN, DRAFT_SAVED)
"""Mails to an address that anybody can type; they count together."""


def within_quota(mail: NewMail, application: Application, *, now: datetime) -> NewMail:
    """The mail, or the same one held back; see ``spam.quotas``."""
    key = application.address_key
    return within_address_quota(mail, kinds=TO_APPLICANTS, address_key=key, now=now)


def application_received(application: Application) -> NewMail:
    """To the contact: it has arrived, what happens next and by when."""
    contact = application.contacts.get(role=ContactRole.PRIMARY)
    return _to_contact(APPLICATION_RECEIVED, application, contact, occurrence="submitted")


def second_contact_named(application: Application) -> list[NewMail]:
    """To the second contact, if there is one: you were named. Holds no link with any power."""
    contacts = {contact.role: contact for contact in application.contacts.all()}
    second, first = contacts.get(ContactRole.ALTERNATE), contacts.get(ContactRole.PRIMARY)
    if second is None or (first and first.email.lower() == second.email.lower()):
        return []
    return [_to_contact(SECOND_CONTACT_NAMED, application, second, occurrence="submitted")]


def draft_saved(application: Application) -> NewMail:
    """To the address that was typed: the link to go on. Saving twice in a minute is one mail."""
    return NewMail(
        kind=DRAFT_SAVED,
        to=application.draft_email,
        subject=application,
        occurrence=f"{application.updated_at:%Y-%m-%dT%H:%M}",
        language=application.language,
    )


def application_withdrawn(application: Application) -> NewMail:
    """To whoever applied: it is withdrawn, and what to do if that was a mistake."""
    contact = application.primary_contact or Contact(email=application.draft_email)
    return _to_contact(APPLICATION_WITHDRAWN, application, contact, occurrence="withdrawn")


def information_needed(application: Application, asked: InformationRequest) -> NewMail:
    """To the contact: what we would like to know, where to answer and by when."""
    contact = application.contacts.get(role=ContactRole.PRIMARY)
    return _to_contact(
        INFORMATION_NEEDED, application, contact, occurrence=question_occurrence(asked)
    )


def answer_reminders(application: Application) -> list[NewMail]:
    """To the contact: we still wait for the answer. Nothing if no question is open."""
    asked = application.open_question
    contact = application.primary_contact
    if asked is None or contact is None:
        return []
    occurrence = question_occurrence(asked)
    return [_to_contact(ANSWER_REMINDER, application, contact, occurrence=occurrence)]


def question_occurrence(asked: InformationRequest) -> str:
    return f"question-{asked.pk}"


def affiliate_welcomes(application: Application) -> list[NewMail]:
    """To each contact: welcome, the page, the badge, and what is expected when."""
    by_address = {
        contact.email.lower(): contact for contact in reversed(application.contacts.all())
    }
    return [
        _to_contact(AFFILIATE_WELCOME, application, contact, occurrence="approved")
        for contact in by_address.values()
    ]


def application_declined(application: Application) -> NewMail:
    """To the contact: the reason, and how to apply again."""
    contact = application.contacts.get(role=ContactRole.PRIMARY)
    return _to_contact(APPLICATION_DECLINED, application, contact, occurrence="declined")


def application_withdrawn_notices(application: Application) -> list[NewMail]:
    """To each reviewer: nothing more to do about this application."""
    return _notices(APPLICATION_WITHDRAWN_NOTICE, application, occurrence="withdrawn")


def _to_contact(
    kind: str, application: Application, contact: Contact, *, occurrence: str
) -> NewMail:
    return NewMail(
        kind=kind,
        to=contact.email,
        to_name=contact.name,
        subject=application,
        occurrence=occurrence,
        language=application.language,
        suppressed=_("This address bounced before.") if contact.bounced_at else "",
    )


def _notices(kind: str, application: Application, *, occurrence: str) -> list[NewMail]:
    return [
        NewMail(
            kind=kind,
            to=person.email,
            to_name=person.name,
            subject=application,
            occurrence=occurrence,
            language=person.language,
        )
        for person in _reviewers(application.program)
    ]


def _reviewers(program: AffiliateProgramPage) -> list[Recipient]:
    """The program's reviewers; the person to write to if it has none."""
    group = program.review_group_id
    found = recipients(members([group])) if group else []
    return found or [Recipient(program.contact_email, program.contact_name)]

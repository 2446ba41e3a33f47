"""One function per mail: to whom, about what. What they say is a wording (``mail_kinds.py``).

The functions only describe mails; a service queues them in the transaction of what happened.
"""

from django.contrib.auth import get_user_model
from django.contrib.auth.models import AbstractUser
from django.utils.translation import gettext as _

from affiliates.models import Application, Contact
from affiliates.states import ContactRole
from workflows.services.outbox import NewMail

APPLICATION_RECEIVED = "application_received"
SECOND_CONTACT_NAMED = "second_contact_named"
DRAFT_SAVED = "draft_saved"
APPLICATION_WITHDRAWN = "application_withdrawn"
APPLICATION_SUBMITTED_NOTICE = "application_submitted_notice"
APPLICATION_WITHDRAWN_NOTICE = "application_withdrawn_notice"


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
    contact = application.contacts.filter(role=ContactRole.PRIMARY).first()
    contact = contact or Contact(email=application.draft_email)
    return _to_contact(APPLICATION_WITHDRAWN, application, contact, occurrence="withdrawn")


def application_submitted_notices(application: Application) -> list[NewMail]:
    """To each reviewer: a new application, and by when its group was promised an answer."""
    return _notices(APPLICATION_SUBMITTED_NOTICE, application, occurrence="submitted")


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
            to=address,
            to_name=name,
            subject=application,
            occurrence=occurrence,
            language=language,
        )
        for address, name, language in _reviewers(application)
    ]


def _reviewers(application: Application) -> list[tuple[str, str, str]]:
    """Address, name and language of each, one per address; else of the person to write to."""
    program = application.program
    found = {
        user.email.lower(): (user.email, user.get_full_name(), _language_of(user))
        for user in _active_members(program.review_group_id)
    }
    return list(found.values()) or [(program.contact_email, program.contact_name, "")]


def _active_members(group_id: int | None) -> list[AbstractUser]:
    if group_id is None:
        return []
    users = get_user_model()._default_manager.filter(groups=group_id, is_active=True)
    return list(users.exclude(email="").select_related("wagtail_userprofile").order_by("pk"))


def _language_of(user: AbstractUser) -> str:
    """The language that the person chose for the admin, if any."""
    profile = getattr(user, "wagtail_userprofile", None)
    return profile.preferred_language if profile else ""

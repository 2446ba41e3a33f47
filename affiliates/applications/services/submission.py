"""What happens to an application when its group saves it, sends it or takes it back."""

import uuid
from dataclasses import asdict, replace
from datetime import datetime, timedelta

from django.contrib.auth.models import User
from django.db import transaction

from affiliates.applications.forms.application import ApplicationContent, ApplicationForm
from affiliates.applications.mails.applying import (
    application_received,
    application_withdrawn,
    application_withdrawn_notices,
    draft_saved,
    second_contact_named,
    within_quota,
)
from affiliates.applications.services.look_alikes import record_fingerprints
from affiliates.applications.services.reviews import clear_away, expect_review, hold
from affiliates.audit.transitions import transition
from affiliates.core.addresses import address_key
from affiliates.core.conf import settings
from affiliates.core.exceptions import DraftChanged, KeyReused, ProgramClosed
from affiliates.core.states import Action, Actor, ApplicationState
from affiliates.models import Acceptance, AffiliateProgramPage, Application, Contact
from affiliates.models.application import new_link_nonce
from affiliates.programs.promised_days import review_due_date
from affiliates.spam.form_tokens import FormToken
from workflows.core.wakeup import wake_after_commit
from workflows.mail.outbox import queue

START_REVIEWS = "affiliates.start_reviews"
"""The task that starts the reviews of what was sent."""

DAYS_OF_GRACE = 7
"""How long a draft stays after its link has expired, for whoever asks for a new link."""


def submit_application(
    *,
    form: ApplicationForm,
    program: AffiliateProgramPage,
    key: uuid.UUID,
    now: datetime,
    network_hash: str = "",
    form_token: FormToken | None = None,
) -> Application:
    """Take a valid form as the group's application; the same form sent again is the same one.

    ``form_token`` says which saved draft the form was shown with, if it was.
    Effects, in one transaction: the application, its contacts, what it accepted, how it is
    recognized; its state; the day by which it is decided, and the deadline "review_start"; the
    mails to its contacts. A draft with this key becomes the application, and what was saved of it
    is deleted. After the commit a worker is woken, which starts the review.
    Raises ProgramClosed, KeyReused (the key came with other content before) and DraftChanged (the
    draft was saved elsewhere since).
    """
    content = form.content()
    with transaction.atomic():
        application = _claim_application(program=program, key=key, network_hash=network_hash)
        if application.state != ApplicationState.DRAFT:
            if application.content_hash != content.hash:
                raise KeyReused(reference=application.reference)
            return application
        if not program.applications_open:
            raise ProgramClosed
        _refuse_older_version(application, form_token)
        _fill_in(application, content, now)
        _add_contacts(application, content)
        _add_acceptances(application, content, now)
        record_fingerprints(application, content)
        transition(application, Action.SUBMIT, actor=Actor.APPLICANT, now=now)
        expect_review(application=application, now=now)
        received = application_received(application)
        queue(
            within_quota(received, application, now=now),
            *second_contact_named(application),
            now=now,
        )
        wake_after_commit(START_REVIEWS)
    return application


def save_draft(
    *,
    program: AffiliateProgramPage,
    key: uuid.UUID,
    form_token: FormToken,
    email: str,
    typed: dict[str, list[str]],
    language: str,
    now: datetime,
    network_hash: str = "",
) -> Application:
    """Keep what was typed, as it is, and mail the link to go on with it to ``email``.

    Effects, in one transaction: the draft with this key, new or changed; one mail, unless the link
    went to this address before. If the address changes, links to the older one die.
    Raises KeyReused if it was sent as an application already, and DraftChanged if it was saved
    elsewhere since this form was shown.
    """
    with transaction.atomic():
        draft = _claim_application(program=program, key=key, network_hash=network_hash)
        if draft.state != ApplicationState.DRAFT:
            raise KeyReused(reference=draft.reference)
        _refuse_older_version(draft, form_token)
        if draft.draft_email not in ("", email):
            draft.link_nonce = new_link_nonce()
        draft.form_data = {**typed, "form_token": form_token.text}
        draft.draft_email = email
        draft.address_key = address_key(email)
        draft.language = language
        draft.save()
        mail = replace(draft_saved(draft), occurrence=f"saved-{draft.link_nonce}")
        queue(within_quota(mail, draft, now=now), now=now)
    return draft


def withdraw_application(
    *,
    application: Application,
    actor: Actor,
    user: User | None = None,
    reason: str = "",
    now: datetime,
) -> Application:
    """Take the application back for its group.

    Effects, in one transaction: the state, the mails to whoever applied and, if they had been told
    of it, to the reviewers. Its review ends: no deadline, question or workflow is open, and the
    draft page is deleted. A saved draft's text is deleted.
    Raises TransitionNotAllowed.
    """
    with transaction.atomic():
        hold(application)
        was_draft = application.state == ApplicationState.DRAFT
        transition(application, Action.WITHDRAW, actor=actor, user=user, reason=reason, now=now)
        application.form_data = {}
        application.save(update_fields=["form_data", "updated_at"])
        clear_away(application, user=user, outcome="withdrawn", now=now)
        notices = [] if was_draft else application_withdrawn_notices(application)
        queue(application_withdrawn(application), *notices, now=now)
    return application


def delete_stale_drafts(*, now: datetime) -> int:
    """Delete drafts that were not touched since before their link expired; return how many.

    Effects: the rows are gone; mails about them stay, as mails do, without the text.
    """
    oldest = now - timedelta(days=settings.DRAFT_LINK_DAYS + DAYS_OF_GRACE)
    stale = Application.objects.filter(state=ApplicationState.DRAFT, updated_at__lt=oldest)
    return stale.delete()[1].get(Application._meta.label, 0)


def _claim_application(
    *, program: AffiliateProgramPage, key: uuid.UUID, network_hash: str
) -> Application:
    """The one application with this key, locked until the transaction ends; new if there is none.

    However many ask at once, one of them makes the row and the others wait for it.
    """
    while True:  # Again only if the new reference, one of 700 million, was taken.
        Application.objects.bulk_create(
            [Application(program=program, submission_key=key, network_hash=network_hash)],
            ignore_conflicts=True,
        )
        found = Application.objects.select_for_update().filter(submission_key=key).first()
        if found:
            found.program = program
            return found


def _refuse_older_version(application: Application, form_token: FormToken | None) -> None:
    """Raise DraftChanged if the draft was saved elsewhere than this form came from."""
    saved_form_token = application.form_data.get("form_token", "")
    if saved_form_token and not (form_token and form_token.continues(saved_form_token)):
        raise DraftChanged


def _fill_in(application: Application, content: ApplicationContent, now: datetime) -> None:
    recipient_key = address_key(content.primary.email)
    if application.address_key not in ("", recipient_key):
        application.link_nonce = new_link_nonce()  # Links mailed to another address die.
    for name, value in content.group.items():
        setattr(application, name, value)
    application.links = content.links
    application.answers = content.answers
    application.language = content.language
    application.content_hash = content.hash
    application.address_key = recipient_key
    application.form_data = {}
    application.submitted_at = now
    application.decision_due_on = review_due_date(now, application.program)
    application.save()


def _add_contacts(application: Application, content: ApplicationContent) -> None:
    Contact.objects.bulk_create(
        Contact(application=application, email_key=address_key(details.email), **asdict(details))
        for details in content.contacts
    )


def _add_acceptances(application: Application, content: ApplicationContent, now: datetime) -> None:
    Acceptance.objects.bulk_create(
        Acceptance(
            application=application,
            kind=kind,
            statement_id=statement.id,
            text=statement.text,
            text_hash=statement.text_hash,
            accepted_at=now,
        )
        for kind, statement in content.accepted
    )

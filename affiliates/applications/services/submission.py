"""Services that save, submit and withdraw an application."""

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
)
from affiliates.applications.services.look_alikes import record_fingerprints
from affiliates.applications.services.reviews import clear_away, expect_review, hold
from affiliates.audit.transitions import transition
from affiliates.core.conf import settings
from affiliates.core.exceptions import DraftChanged, KeyReused, ProgramClosed
from affiliates.core.states import Action, Actor, ApplicationState
from affiliates.models import Acceptance, AffiliateProgramPage, Application, Contact
from affiliates.models.application import new_link_nonce
from affiliates.programs.promised_days import review_due_date
from affiliates.spam.form_tokens import FormToken
from affiliates.spam.quotas import within_quota
from workflows.core.addresses import address_key
from workflows.core.wakeup import wake_after_commit
from workflows.mail.outbox import queue

START_REVIEWS = "affiliates.start_reviews"

DAYS_OF_GRACE = 7
"""For a draft after its link has expired, so that a new link can be requested."""


def submit_application(
    *,
    form: ApplicationForm,
    program: AffiliateProgramPage,
    key: uuid.UUID,
    now: datetime,
    network_hash: str = "",
    form_token: FormToken | None = None,
) -> Application:
    """Submit a valid form. The same form sent again returns the same application.

    ``form_token`` identifies the saved draft that the form was shown with, if any. Effects, in one
    transaction: creates the application with contacts, acceptances and fingerprints, or turns the
    draft with this key into it; sets the due date; opens "review_start"; queues mails. After the
    commit, wakes a worker to start the review. Raises ProgramClosed, KeyReused (the key came with
    other content) and DraftChanged (saved elsewhere since).
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
        told = [application_received(application), *second_contact_named(application)]
        queue(*(within_quota(mail, now=now) for mail in told), now=now)
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
    """Save what was typed, without validation, and mail a link to continue to ``email``.

    Effects, in one transaction: creates or updates the draft with this key; queues a mail unless
    this address has the link; invalidates older links if the address changed. Raises KeyReused
    (already submitted) and DraftChanged (saved elsewhere since the form was shown).
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
        queue(within_quota(mail, now=now), now=now)
    return draft


def withdraw_application(
    *,
    application: Application,
    actor: Actor,
    user: User | None = None,
    reason: str = "",
    now: datetime,
) -> Application:
    """Withdraw the application. Effects, in one transaction: sets the state; ends deadlines,
    question and workflow; deletes the draft page and the draft's text; queues mails to the
    applicant and, unless it was a draft, to the reviewers. Raises TransitionNotAllowed.
    """
    with transaction.atomic():
        hold(application)
        was_draft = application.state == ApplicationState.DRAFT
        transition(application, Action.WITHDRAW, actor=actor, user=user, reason=reason, now=now)
        application.form_data = {}
        application.save(update_fields=["form_data", "updated_at"])
        clear_away(application, user=user, outcome="withdrawn", now=now)
        notices = [] if was_draft else application_withdrawn_notices(application)
        queue(within_quota(application_withdrawn(application), now=now), *notices, now=now)
    return application


def delete_stale_drafts(*, now: datetime) -> int:
    """Delete drafts whose link has expired and return how many. Effects: mails about them stay."""
    oldest = now - timedelta(days=settings.DRAFT_LINK_DAYS + DAYS_OF_GRACE)
    stale = Application.objects.filter(state=ApplicationState.DRAFT, updated_at__lt=oldest)
    return stale.delete()[1].get(Application._meta.label, 0)


def _claim_application(
    *, program: AffiliateProgramPage, key: uuid.UUID, network_hash: str
) -> Application:
    """Get or create the application with this key, locked until the transaction ends.
    Of concurrent requests, one creates the row and the others wait for its lock.
    """
    while True:  # Repeats only if the new reference, one of 700 million, was taken.
        Application.objects.bulk_create(
            [Application(program=program, submission_key=key, network_hash=network_hash)],
            ignore_conflicts=True,
        )
        found = (
            Application.objects.select_for_update(no_key=True).filter(submission_key=key).first()
        )
        if found:
            found.program = program
            return found


def _refuse_older_version(application: Application, form_token: FormToken | None) -> None:
    """Raise DraftChanged if the draft was saved elsewhere since this form was shown."""
    saved_form_token = application.form_data.get("form_token", "")
    if saved_form_token and not (form_token and form_token.continues(saved_form_token)):
        raise DraftChanged


def _fill_in(application: Application, content: ApplicationContent, now: datetime) -> None:
    email = content.primary.email
    if application.draft_email.lower() not in ("", email.lower()):
        application.link_nonce = new_link_nonce()  # Invalidates links mailed to another address.
    for name, value in content.group.items():
        setattr(application, name, value)
    application.links = content.links
    application.answers = content.answers
    application.language = content.language
    application.content_hash = content.hash
    application.address_key = address_key(email)
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

"""Services that save, submit and withdraw an application."""

import uuid
from dataclasses import asdict, replace
from datetime import datetime, timedelta

from django.contrib.auth.models import User
from django.db import transaction

from affiliates.applications.deadlines import REVIEW_START
from affiliates.applications.forms.application import ApplicationContent, ApplicationForm
from affiliates.applications.mails.applying import (
    application_received,
    application_withdrawn,
    application_withdrawn_notices,
    draft_saved,
    second_contact_named,
)
from affiliates.applications.services.look_alikes import new_fingerprints
from affiliates.applications.services.reviews import clear_away, hold
from affiliates.audit.transitions import enter, log_entry, transition
from affiliates.core.conf import settings
from affiliates.core.exceptions import DraftChanged, KeyReused, ProgramClosed
from affiliates.core.states import Action, Actor, ApplicationState
from affiliates.models import Acceptance, AffiliateProgramPage, Application, Contact, Transition
from affiliates.models.application import new_link_nonce
from affiliates.programs.days_off import closures_lock, read_again
from affiliates.programs.promised_days import calendar_for_application, review_due_date
from affiliates.spam.admission import NOBODY, Sender, admit
from affiliates.spam.form_tokens import FormToken
from affiliates.spam.quotas import one_at_a_time, within_quota
from workflows.core.addresses import address_key
from workflows.core.bulk_insert import insert_together, insert_unless_taken
from workflows.core.wakeup import wake_after_commit
from workflows.deadlines.services import new_deadline
from workflows.mail.outbox import queue, queue_many
from workflows.models import Deadline

START_REVIEWS = "affiliates.start_reviews"

DAYS_OF_GRACE = 7
"""For a draft after its link has expired, so that a new link can be requested."""


def submit_application(
    *,
    form: ApplicationForm,
    program: AffiliateProgramPage,
    key: uuid.UUID,
    now: datetime,
    sender: Sender = NOBODY,
    form_token: FormToken | None = None,
) -> Application:
    """Submit a valid form. The same form sent again returns the same application.

    ``form_token`` identifies the saved draft that the form was shown with, if any. Effects, in one
    transaction: creates the application with contacts, acceptances and fingerprints, or turns the
    draft with this key into it; sets the due date; opens "review_start"; queues mails. After the
    commit, wakes a worker to start the review. Raises ProgramClosed, KeyReused (the key came with
    other content), DraftChanged (saved elsewhere since), TooQuick and QuotaExceeded.
    """
    content = form.content()
    addresses = [contact.email for contact in content.contacts]
    with one_at_a_time(sender.network_hash, closures_lock(program)):
        read_again(program)
        tally = admit(sender, program=program, key=key, addresses=addresses, now=now)
        application, row = _store(
            content, program=program, key=key, sender=sender, form_token=form_token, now=now
        )
        if row is None:
            return application
        contacts = _new_contacts(application, content)
        insert_together(
            contacts,
            _new_acceptances(application, content, now),
            new_fingerprints(application, content),
            [_new_deadline(application, now)],
        )
        log_entry(application, row)
        received = application_received(application, contacts[0])
        told = [received, *second_contact_named(application, contacts)]
        queue_many(map(tally.within_quota, told), now=now)
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
    sender: Sender = NOBODY,
) -> Application:
    """Save what was typed, without validation, and mail a link to continue to ``email``.

    Effects, in one transaction: creates or updates the draft with this key; queues a mail unless
    this address has the link; invalidates older links if the address changed. Raises KeyReused
    (already submitted), DraftChanged (saved elsewhere since the form was shown), TooQuick and
    QuotaExceeded.
    """
    with one_at_a_time(sender.network_hash):
        tally = admit(sender, program=program, key=key, addresses=[email], now=now)
        draft = _claim_draft(program=program, key=key, network_hash=sender.network_hash)
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
        queue_many([tally.within_quota(mail)], now=now)
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


def _store(
    content: ApplicationContent,
    *,
    program: AffiliateProgramPage,
    key: uuid.UUID,
    sender: Sender,
    form_token: FormToken | None,
    now: datetime,
) -> tuple[Application, Transition | None]:
    """Insert the submitted application, or turn the draft with this key into it; return it with its
    unsaved log entry, without one if it was sent before. Of concurrent requests, one creates the
    row and the others wait for it.
    """
    while True:  # Repeats only if the new reference, one of 700 million, was taken.
        if program.applications_open:
            network = sender.network_hash
            new = Application(program=program, submission_key=key, network_hash=network)
            row = _submit(new, content, now)
            if insert_unless_taken(new):
                return new, row
        known = _held(key)
        if known and known.state != ApplicationState.DRAFT:
            if known.content_hash != content.hash:
                raise KeyReused(reference=known.reference)
            return known, None
        if not program.applications_open:
            raise ProgramClosed
        if known:
            known.program = program
            _refuse_older_version(known, form_token)
            row = _submit(known, content, now)
            known.save()
            return known, row


def _claim_draft(
    *, program: AffiliateProgramPage, key: uuid.UUID, network_hash: str
) -> Application:
    """Get or create the application with this key, locked until the transaction ends."""
    while True:  # As above.
        new = Application(program=program, submission_key=key, network_hash=network_hash)
        found = new if insert_unless_taken(new) else _held(key)
        if found:
            found.program = program
            return found


def _held(key: uuid.UUID) -> Application | None:
    return Application.objects.select_for_update(no_key=True).filter(submission_key=key).first()


def _refuse_older_version(application: Application, form_token: FormToken | None) -> None:
    """Raise DraftChanged if the draft was saved elsewhere since this form was shown."""
    saved_form_token = application.form_data.get("form_token", "")
    if saved_form_token and not (form_token and form_token.continues(saved_form_token)):
        raise DraftChanged


def _submit(application: Application, content: ApplicationContent, now: datetime) -> Transition:
    """Without saving: the caller holds the row, or inserts it."""
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
    application.decision_due_on = review_due_date(now, application.program, application.region)
    return enter(application, Action.SUBMIT, actor=Actor.APPLICANT, now=now)


def _new_contacts(application: Application, content: ApplicationContent) -> list[Contact]:
    return [
        Contact(application=application, email_key=address_key(details.email), **asdict(details))
        for details in content.contacts
    ]


def _new_acceptances(
    application: Application, content: ApplicationContent, now: datetime
) -> list[Acceptance]:
    return [
        Acceptance(
            application=application,
            kind=kind,
            statement_id=statement.id,
            text=statement.text,
            text_hash=statement.text_hash,
            accepted_at=now,
        )
        for kind, statement in content.accepted
    ]


def _new_deadline(application: Application, now: datetime) -> Deadline:
    """That ``expect_review`` would open."""
    due_on = application.decision_due_on or review_due_date(
        now, application.program, application.region
    )
    due_at = calendar_for_application(application).moment(due_on)
    return new_deadline(kind=REVIEW_START, subject=application, due_at=due_at, now=now)

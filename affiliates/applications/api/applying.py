"""API for sending applications and saving drafts."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from django.core.exceptions import NON_FIELD_ERRORS
from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from ninja import Router
from ninja.responses import Status
from wagtail.coreutils import get_content_languages

from affiliates.api.error_messages import mistakes_of
from affiliates.api.idempotency import (
    IdempotencyKey,
    draft_changed,
    form_token_for,
    too_many,
)
from affiliates.api.problems import CLOSED, DRAFT_SENT, KEY_REUSED, Problem, invalid
from affiliates.api.schemas import SENT_ERRORS, Challenge
from affiliates.api.schemas import Problem as ProblemOut
from affiliates.applications.api.flat import PLACES, FlatApplication, body_of
from affiliates.applications.api.own import any_application_at, api_status_url, status_token
from affiliates.applications.api.schemas import ApplicationIn, Draft, DraftIn, Received, Saved
from affiliates.applications.forms.public import DraftForm
from affiliates.applications.services.submission import save_draft, submit_application
from affiliates.core.conf import settings
from affiliates.core.exceptions import DraftChanged, KeyReused, ProgramClosed, QuotaExceeded
from affiliates.core.states import ApplicationState
from affiliates.directory.api.programs import find_program
from affiliates.links.tokens import Purpose
from affiliates.spam.admission import Sender
from affiliates.spam.client_networks import network_hash
from affiliates.spam.form_tokens import FormToken, form_token_of_draft
from affiliates.spam.proof import new_challenge

router = Router(tags=["Applying"])

ERRORS = {**SENT_ERRORS, **dict.fromkeys((404, 409), ProblemOut)}


@router.post(
    "programs/{slug}/applications/",
    response={201: Received, **ERRORS},
    summary="Apply",
)
def send_application(
    request: HttpRequest, slug: str, key: IdempotencyKey, body: ApplicationIn
) -> Status:
    """By the rules of the form on the page. Sent again with the same key, the answer is the same
    and nothing happens twice.
    """
    program, now = find_program(request, slug), timezone.now()
    flat = FlatApplication(program, body)
    form = flat.checked()
    if flat.mistakes:
        raise invalid(*flat.mistakes)
    form_token = form_token_for(program, key, body.version, now=now)
    with _refusals(form_token):
        application = submit_application(
            form=form,
            program=program,
            key=form_token.key,
            now=now,
            sender=Sender(network_hash(request), body.proof),
            form_token=form_token,
        )
    # Always the same answer, whatever state the application has reached since.
    received = {
        "reference": application.reference,
        "state": ApplicationState.SUBMITTED.value,
        "status_url": api_status_url(application),
        "token": status_token(application),
    }
    return Status(201, received)


@router.post(
    "programs/{slug}/drafts/",
    response={201: Saved, **ERRORS},
    operation_id="saveDraft",
    summary="Save it, to finish it later",
)
def save_draft_of(request: HttpRequest, slug: str, key: IdempotencyKey, body: DraftIn) -> Status:
    """The link to go on is mailed to the contact, once. Nothing but the address is judged. Saved
    again with the same key, or with the version that was read, it takes the place of the earlier.
    """
    program, now = find_program(request, slug), timezone.now()
    flat = FlatApplication(program, body)
    typed = flat.typed()
    form = DraftForm(flat.data, typed)
    mistakes = [*flat.mistakes, *mistakes_of(form, {**PLACES, NON_FIELD_ERRORS: ()})]
    if mistakes:
        raise invalid(*mistakes)
    form_token = form_token_for(program, key, body.version, now=now)
    is_known = body.language in get_content_languages()
    if_sent = _("It was sent already. Nothing was saved now.")
    with _refusals(form_token, if_sent=if_sent):
        draft = save_draft(
            program=program,
            key=form_token.key,
            form_token=form_token,
            email=form.cleaned_data["contact_email"],
            typed=typed,
            language=body.language if is_known else get_language() or "",
            now=now,
            sender=Sender(network_hash(request), body.proof),
        )
    return Status(201, {"reference": draft.reference, "link_days": settings.DRAFT_LINK_DAYS})


@router.get(
    "drafts/{token}/",
    response={200: Draft, **dict.fromkeys((404, 410, 429), ProblemOut)},
    summary="Go on with a saved one",
    tags=["Your application"],
)
def get_draft(request: HttpRequest, token: str) -> dict[str, Any]:
    """As it was typed, on whichever of the forms."""
    draft = any_application_at(token, (Purpose.DRAFT,))
    if draft.state != ApplicationState.DRAFT:
        raise Problem(DRAFT_SENT, status_url=api_status_url(draft))
    return {
        "reference": draft.reference,
        "program": draft.program.slug,
        "saved_at": draft.updated_at,
        "application": {**body_of(draft), "version": form_token_of_draft(draft)},
    }


@router.get(
    "challenge/",
    response={200: Challenge, 429: ProblemOut},
    summary="A challenge to solve",
)
def get_challenge(request: HttpRequest) -> dict[str, Any]:
    """Solved by altcha's script, it is the “proof” of an application: then more of them are taken
    from one network.
    """
    return new_challenge(now=timezone.now())


@contextmanager
def _refusals(form_token: FormToken, *, if_sent: str = "") -> Iterator[None]:
    try:
        yield
    except ProgramClosed:
        raise Problem(CLOSED) from None
    except QuotaExceeded:
        raise too_many() from None
    except KeyReused:
        raise Problem(KEY_REUSED, detail=if_sent) from None
    except DraftChanged:
        raise draft_changed(form_token) from None

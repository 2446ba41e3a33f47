"""Sending an application."""

from datetime import datetime
from typing import Any

from django.http import HttpRequest
from django.utils import timezone
from ninja import Router
from ninja.responses import Status

from affiliates.api.idempotency import (
    IdempotencyKey,
    draft_changed,
    form_token_for,
    refuse_too_many,
)
from affiliates.api.problems import CLOSED, KEY_REUSED, Problem, invalid
from affiliates.api.schemas import Challenge
from affiliates.api.schemas import Problem as ProblemOut
from affiliates.applications.api.form import FlatApplication
from affiliates.applications.api.own import api_status_url
from affiliates.applications.api.schemas import ApplicationIn, Received
from affiliates.applications.forms.application import ApplicationForm
from affiliates.applications.services.submission import submit_application
from affiliates.core.exceptions import DraftChanged, KeyReused, ProgramClosed
from affiliates.core.states import ApplicationState
from affiliates.directory.queries import find_program
from affiliates.models import Application
from affiliates.spam.client_networks import network_hash
from affiliates.spam.form_tokens import FormToken
from affiliates.spam.proof import new_challenge
from affiliates.spam.quotas import was_sent

router = Router(tags=["Applying"])


@router.post(
    "programs/{slug}/applications/",
    response={
        201: Received,
        **dict.fromkeys((400, 404, 409, 413, 415, 422, 429), ProblemOut),
    },
    operation_id="sendApplication",
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
    if not was_sent(form_token.key):
        refuse_too_many(request, form_token.key, body.proof, now=now)
    application = _submit(request, form, form_token, now)
    return Status(201, _received(application))


@router.get(
    "challenge/",
    response={200: Challenge, 429: ProblemOut},
    operation_id="getChallenge",
    summary="A challenge to solve",
)
def get_challenge(request: HttpRequest) -> dict[str, Any]:
    """Solved by altcha's script, it is the “proof” of an application: then more of them are taken
    from one network.
    """
    return new_challenge(now=timezone.now())


def _submit(
    request: HttpRequest, form: ApplicationForm, form_token: FormToken, now: datetime
) -> Application:
    try:
        return submit_application(
            form=form,
            program=form.program,
            key=form_token.key,
            now=now,
            network_hash=network_hash(request),
            form_token=form_token,
        )
    except ProgramClosed:
        raise Problem(CLOSED) from None
    except KeyReused:
        raise Problem(KEY_REUSED) from None
    except DraftChanged:
        raise draft_changed(form_token) from None


def _received(application: Application) -> dict[str, str]:
    """Each time the same, wherever the application has come to since."""
    return {
        "reference": application.reference,
        "state": ApplicationState.SUBMITTED.value,
        "status_url": api_status_url(application),
    }

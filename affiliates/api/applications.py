"""Sending an application."""

import uuid
from datetime import datetime
from typing import Annotated, Any

from django.http import HttpRequest
from django.utils import timezone
from django.utils.crypto import salted_hmac
from django.utils.translation import gettext as _
from ninja import Header, Router
from ninja.responses import Status

from affiliates.api.applying import ApplicationIn, Received
from affiliates.api.flat_form import FlatApplication
from affiliates.api.own_applications import api_status_url
from affiliates.api.problems import CLOSED, KEY_REUSED, TOO_MANY, Problem, invalid
from affiliates.api.programs import program_at
from affiliates.api.schemas import Challenge
from affiliates.api.schemas import Problem as ProblemOut
from affiliates.exceptions import KeyReused, ProgramClosed
from affiliates.forms.application import ApplicationForm
from affiliates.models import AffiliateProgramPage, Application
from affiliates.services.applications import submit_application
from affiliates.spam.proof import new_challenge, spend_proof
from affiliates.spam.quotas import NETWORK_WINDOW, network_is_over_quota
from affiliates.spam.senders import network_hash
from affiliates.states import ApplicationState

router = Router(tags=["Applying"])

IdempotencyKey = Annotated[
    str,
    Header(
        alias="Idempotency-Key",
        description="New for each application, the same when it is sent again: a UUID.",
        min_length=16,
        max_length=128,
        pattern=r"^[A-Za-z0-9_-]+$",
        examples=["8e03978e-40d5-43dd-bc93-6894a57f9324"],
    ),
]


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
    program, now = program_at(request, slug), timezone.now()
    flat = FlatApplication(program, body)
    form = flat.checked()
    if flat.mistakes:
        raise invalid(*flat.mistakes)
    submission_key = _submission_key(program, key)
    if not _was_sent(submission_key):
        _refuse_too_many(request, submission_key, body.proof, now)
    application = _submit(request, form, submission_key, now)
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
    request: HttpRequest, form: ApplicationForm, key: uuid.UUID, now: datetime
) -> Application:
    try:
        return submit_application(
            form=form,
            program=form.program,
            key=key,
            now=now,
            network_hash=network_hash(request),
        )
    except ProgramClosed:
        raise Problem(CLOSED) from None
    except KeyReused:
        raise Problem(KEY_REUSED) from None


def _submission_key(program: AffiliateProgramPage, key: str) -> uuid.UUID:
    """Keys of the API are apart from those of forms, and each program has its own."""
    digest = salted_hmac("affiliates.api.key", f"{program.pk} {key}", algorithm="sha256").digest()
    return uuid.UUID(bytes=digest[:16], version=4)


def _was_sent(key: uuid.UUID) -> bool:
    """Then sending it again adds nothing to any limit."""
    sent = Application.objects.filter(submission_key=key)
    return sent.exclude(state=ApplicationState.DRAFT).exists()


def _refuse_too_many(request: HttpRequest, key: uuid.UUID, proof: str, now: datetime) -> None:
    if network_is_over_quota(
        network_hash=network_hash(request),
        submission_key=key,
        has_proof=spend_proof(proof, submission_key=key),
        now=now,
    ):
        raise Problem(
            TOO_MANY,
            detail=_("Many applications came from this network. Send it again in an hour."),
            headers={"Retry-After": str(int(NETWORK_WINDOW.total_seconds()))},
        )


def _received(application: Application) -> dict[str, str]:
    """Each time the same, wherever the application has come to since."""
    return {
        "reference": application.reference,
        "state": ApplicationState.SUBMITTED.value,
        "status_url": api_status_url(application),
    }

"""Idempotent applications, and how many a network may send.

The key identifies an application; a draft's “version” keeps older ones from overwriting it.
"""

import uuid
from datetime import datetime
from typing import Annotated

from django.utils.crypto import salted_hmac
from django.utils.translation import gettext as _
from ninja import Header

from affiliates.api.problems import DRAFT_CHANGED, TOO_MANY, Mistake, Problem, invalid
from affiliates.models import AffiliateProgramPage, Application
from affiliates.spam.form_tokens import (
    FormToken,
    form_token_of_draft,
    form_token_of_key,
    read_form_token,
)
from affiliates.spam.quotas import NETWORK_WINDOW

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


def form_token_for(
    program: AffiliateProgramPage, key: str, version: str, *, now: datetime
) -> FormToken:
    """Use a draft's version if there is one, else the key. Raises Problem."""
    if not version:
        return form_token_of_key(_submission_key(program, key), now=now)
    form_token = read_form_token(version, program_id=program.pk)
    if form_token is None:
        message = _("This is not a draft’s version. Send it as you received it, or leave it out.")
        raise invalid(Mistake(("version",), message))
    return form_token


def draft_changed(form_token: FormToken) -> Problem:
    draft = Application.objects.get(submission_key=form_token.key)
    return Problem(DRAFT_CHANGED, version=form_token_of_draft(draft))


def too_many() -> Problem:
    return Problem(
        TOO_MANY,
        detail=_("Many applications came from this network. Send it again in an hour."),
        headers={"Retry-After": str(int(NETWORK_WINDOW.total_seconds()))},
    )


def _submission_key(program: AffiliateProgramPage, key: str) -> uuid.UUID:
    """Derive a key of this program that differs from the keys of web forms."""
    digest = salted_hmac("affiliates.api.key", f"{program.pk} {key}", algorithm="sha256").digest()
    return uuid.UUID(bytes=digest[:16], version=4)

"""Proof of work by a script in the browser (altcha, version 2). Without it, limits are tighter."""

import uuid
from datetime import UTC, datetime, timedelta
from typing import Any

import altcha
from django.utils.crypto import salted_hmac

from affiliates.core.conf import settings
from affiliates.models import SpentChallenge
from workflows.core.bulk_insert import insert_unless_taken

LONGEST = 4000
"""Characters. A genuine proof has about 700."""


def new_challenge(*, now: datetime) -> dict[str, Any]:
    challenge = altcha.create_challenge(
        "SHA-256",
        settings.PROOF_COST,
        key_prefix=settings.PROOF_PREFIX,
        expires_at=now + timedelta(minutes=settings.PROOF_MINUTES),
        hmac_secret=_secret(),
    )
    return challenge.to_dict()


def spend_proof(proof: str, *, submission_key: uuid.UUID) -> bool:
    """Whether ``proof`` is genuine, not expired, and not used for another form.
    Effects: records it as used for this form, so that the same form can be sent again.
    """
    payload = _verified(proof)
    if payload is None:
        return False
    spent = SpentChallenge(
        signature=payload.challenge.signature or "",
        submission_key=submission_key,
        expires_at=datetime.fromtimestamp(payload.challenge.parameters.expires_at or 0, UTC),
    )
    if insert_unless_taken(spent):
        return True
    same = {"signature": spent.signature, "submission_key": submission_key}
    return SpentChallenge.objects.filter(**same).exists()


def _verified(proof: str) -> altcha.Payload | None:
    if not proof or len(proof) > LONGEST or not proof.isascii():
        return None
    if not altcha.verify_solution(proof, _secret()).verified:
        return None
    return altcha.Payload.from_base64(proof)


def _secret() -> bytes:
    return salted_hmac("affiliates.proof", "", algorithm="sha256").digest()


def delete_expired_challenges(*, now: datetime) -> int:
    return SpentChallenge.objects.filter(expires_at__lt=now).delete()[0]

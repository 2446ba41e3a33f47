"""Signed form tokens, which identify a submission and say when its form was shown."""

import hashlib
import uuid
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from django.core.signing import BadSignature, TimestampSigner, b62_decode
from django.utils.crypto import constant_time_compare, get_random_string
from django.utils.encoding import force_bytes

from affiliates.models import Application


@dataclass(frozen=True)
class FormToken:
    """``key`` makes resending idempotent. ``parent`` marks the saved draft that the form showed."""

    key: uuid.UUID
    parent: str
    issued_at: datetime
    text: str

    def continues(self, saved_form_token: str) -> bool:
        """Whether the form was shown with the draft saved by this token, or saved it itself."""
        return constant_time_compare(self.text, saved_form_token) or self.parent == _mark(
            saved_form_token
        )

    def age(self, now: datetime) -> timedelta:
        return now - self.issued_at


def issue_form_token(
    *, program_id: int, key: uuid.UUID | None = None, saved_form_token: str = ""
) -> str:
    """A token for a new form, or for a saved draft with its key and last token."""
    form = get_random_string(6)  # Distinguishes forms shown in the same second.
    value = f"{(key or uuid.uuid4()).hex}.{_mark(saved_form_token)}.{form}"
    return _signer(program_id).sign(value)


def form_token_of_key(key: uuid.UUID, *, now: datetime) -> FormToken:
    """For API clients, which choose their own key."""
    return FormToken(key, "", now, key.hex)


def form_token_of_draft(draft: Application) -> str:
    return issue_form_token(
        program_id=draft.program_id,
        key=draft.submission_key,
        saved_form_token=draft.form_data.get("form_token", ""),
    )


def read_form_token(text: str, *, program_id: int) -> FormToken | None:
    """The token, of any age; None if missing, forged, or of another program."""
    signer = _signer(program_id)
    try:
        value = signer.unsign(text)
    except BadSignature:
        return None
    key, parent, _form = value.split(".")
    timestamp = text.rsplit(signer.sep, 2)[1]  # Base 62, between the value and the signature.
    issued_at = datetime.fromtimestamp(b62_decode(timestamp), UTC)
    return FormToken(uuid.UUID(key), parent, issued_at, text)


def _mark(saved_form_token: str) -> str:
    return hashlib.sha256(force_bytes(saved_form_token)).hexdigest()[:8] if saved_form_token else ""


def _signer(program_id: int) -> TimestampSigner:
    return TimestampSigner(salt=f"affiliates.form.{program_id}")

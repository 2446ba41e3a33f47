"""One statement, and so one commit, between two emails: the one is sent, the next one leaves."""

import uuid
from collections.abc import Mapping
from typing import Any

from django.db import connection

from workflows.core.conf import settings
from workflows.core.states import MailState
from workflows.models import OutgoingMail

TABLE = OutgoingMail._meta.db_table

# The second row is locked after the first, and skipped if somebody has it, such as one who erases
# a person's data. So this never waits while it holds a row, and cannot be part of a deadlock.
PASS_ON = f"""
WITH sent AS (
    UPDATE {TABLE}
    SET state = %(state)s, answer = %(answer)s, sent_at = statement_timestamp(),
        next_attempt_at = NULL, lease_token = NULL, leased_until = NULL,
        transport_started_at = NULL,
        message = CASE WHEN %(keep)s THEN message END,
        secrets_expire_at = CASE WHEN %(keep)s THEN secrets_expire_at END
    WHERE id = %(sent)s AND lease_token = %(token)s
    RETURNING id
), free AS (
    SELECT mail.id FROM {TABLE} AS mail, sent
    WHERE mail.id = %(next)s AND mail.lease_token = %(token)s
    FOR NO KEY UPDATE OF mail SKIP LOCKED
), begun AS (
    UPDATE {TABLE} AS mail
    SET transport_started_at = statement_timestamp(),
        leased_until = statement_timestamp() + make_interval(secs => %(lease)s),
        attempts = attempts + 1,
        message = coalesce(%(message)s::bytea, message),
        message_id = coalesce(%(message_id)s::varchar, message_id),
        subject_line = coalesce(%(subject_line)s::varchar, subject_line),
        envelope_sender = coalesce(%(envelope_sender)s::varchar, envelope_sender),
        secrets_expire_at = coalesce(%(secrets_expire_at)s::timestamptz, secrets_expire_at)
    FROM free WHERE mail.id = free.id
    RETURNING mail.id
)
SELECT (SELECT count(*) FROM sent), (SELECT count(*) FROM begun)
"""  # noqa: S608

NOTHING_NEW: dict[str, Any] = dict.fromkeys(
    ("message", "message_id", "subject_line", "envelope_sender", "secrets_expire_at")
)


def can_pass_on() -> bool:
    """SQLite has no statement that changes two rows in order."""
    return connection.vendor == "postgresql"


def pass_on(
    sent: OutgoingMail,
    following: OutgoingMail,
    *,
    token: uuid.UUID,
    answer: str,
    keep: bool,
    frozen: Mapping[str, Any],
) -> tuple[bool, bool]:
    """Record that one email is sent and the transport of the next one starts, as ``finish`` and
    ``start`` of ``leases`` would. ``keep``: its bytes stay. Returns whether each was recorded; the
    second is not if the first is not, or if its row is locked.
    """
    values = {
        **NOTHING_NEW,
        **frozen,
        "state": MailState.SENT,
        "answer": answer,
        "keep": keep,
        "sent": sent.pk,
        "next": following.pk,
        "token": token,
        "lease": settings.LEASE_SECONDS,
    }
    with connection.cursor() as cursor:
        cursor.execute(PASS_ON, values)
        is_sent, is_begun = cursor.fetchone()
    return bool(is_sent), bool(is_begun)

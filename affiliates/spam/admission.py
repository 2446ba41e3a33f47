"""Whether a public form is taken: not from robots, and not too many from one network."""

import uuid
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from affiliates.core.conf import settings
from affiliates.core.exceptions import QuotaExceeded, TooQuick
from affiliates.models import AffiliateProgramPage
from affiliates.spam.proof import spend_proof
from affiliates.spam.quotas import Tally, take_tally


@dataclass(frozen=True)
class Sender:
    """What a request tells about who sends the form. Without a network, nothing is limited.

    ``shown_at``: when the form was shown, if a person needs some time to fill it in.
    """

    network_hash: str = ""
    proof: str = ""
    shown_at: datetime | None = None


NOBODY = Sender()


def admit(
    sender: Sender,
    *,
    program: AffiliateProgramPage,
    key: uuid.UUID,
    addresses: Iterable[str] = (),
    now: datetime,
) -> Tally:
    """Check the form with this ``key``, unless it was sent before; return what was counted, also
    for the mailboxes of ``addresses``. Must run in ``one_at_a_time``. Effects: the proof of work is
    spent. Raises TooQuick and QuotaExceeded.
    """
    network, proof = sender.network_hash, sender.proof
    has_proof = bool(network) and spend_proof(proof, submission_key=key)
    tally = take_tally(
        program=program, network_hash=network, submission_key=key, addresses=addresses, now=now
    )
    if network and not tally.was_sent:
        _refuse(sender, tally, has_proof, now)
    return tally


def _refuse(sender: Sender, tally: Tally, has_proof: bool, now: datetime) -> None:
    least = settings.MINIMUM_SECONDS if has_proof else settings.MINIMUM_SECONDS_WITHOUT_PROOF
    if sender.shown_at and now - sender.shown_at < timedelta(seconds=least):
        raise TooQuick
    limit = settings.QUOTA_PER_NETWORK if has_proof else settings.QUOTA_PER_NETWORK_WITHOUT_PROOF
    if tally.from_network >= limit:
        raise QuotaExceeded

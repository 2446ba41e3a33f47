"""Forgetting proofs of work that could not be used again anyway."""

from datetime import datetime

from affiliates.models import SpentChallenge


def delete_expired_challenges(*, now: datetime) -> int:
    """Delete challenges that have expired; return how many. Effects: the rows are gone."""
    return SpentChallenge.objects.filter(expires_at__lt=now).delete()[0]

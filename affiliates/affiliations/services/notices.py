"""Telling staff of something about an affiliate, once, until somebody ticks it off."""

from collections.abc import Iterable
from datetime import datetime
from typing import TYPE_CHECKING

from django.db import transaction

from affiliates.affiliations.deadlines import DAYS_TO_SEE, NOTICE
from affiliates.core.states import NoticeKind
from affiliates.models import Affiliation, Notice
from affiliates.programs.promised_days import calendar_of
from affiliates.programs.review_policies import program_review_policy
from workflows.deadlines.digests import Told, tell
from workflows.deadlines.services import close_deadlines, open_deadline
from workflows.reviews.policy import REVIEWERS

if TYPE_CHECKING:
    from django.contrib.auth.models import User


def notify_staff(*, affiliation: Affiliation, kind: NoticeKind, text: str, now: datetime) -> Notice:
    """Effects, in the caller's transaction: the notice, its deadline "notice", and the mail of the
    day to those who look after the program's affiliates."""
    notice = Notice.objects.create(affiliation=affiliation, kind=kind, text=text, noted_at=now)
    calendar = calendar_of(affiliation.program)
    due_at = calendar.after(now, DAYS_TO_SEE)
    open_deadline(kind=NOTICE, subject=notice, due_at=due_at, now=now)
    people = program_review_policy(affiliation.program).audience(REVIEWERS)
    tell([Told(person, calendar, now) for person in people], now=now)
    return notice


def tick_off_all(
    *,
    affiliation: Affiliation,
    user: "User | None",
    now: datetime,
    kinds: Iterable[NoticeKind] = tuple(NoticeKind),
) -> None:
    """Effects, in the caller's transaction: nothing of these kinds about this affiliate waits."""
    for notice in Notice.objects.filter(affiliation=affiliation, seen_at=None, kind__in=kinds):
        tick_off(notice=notice, user=user, now=now)


def tick_off(*, notice: Notice, user: "User | None", now: datetime) -> None:
    """Effects, in one transaction: who has seen it, and when; its clock stops. Twice is once."""
    with transaction.atomic():
        unseen = Notice.objects.filter(pk=notice.pk, seen_at=None)
        unseen.update(seen_at=now, seen_by=user)
        close_deadlines(kind=NOTICE, subject=notice, outcome="seen", now=now)

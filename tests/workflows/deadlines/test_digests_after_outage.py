"""Lists of several days that are due at once, as after a week without a worker, are one mail."""

from datetime import timedelta

import pytest
from django.utils import timezone

from tests.workflows.deadlines.matters import BERLIN, ROBIN, Matters
from workflows.core.states import MailState
from workflows.deadlines import policies
from workflows.deadlines.digests import WAITING_FOR_YOU, Told, tell
from workflows.mail.delivery import deliver_due
from workflows.models import OutgoingMail

pytestmark = pytest.mark.django_db


@pytest.fixture
def told_for_days(monkeypatch):
    """Something came up on each of the last days, and no worker ran."""

    def tell_on_each(days, *, and_tomorrow=False):
        matters = Matters(helpers=[ROBIN], leaders=[])
        monkeypatch.setitem(policies._policies, matters.policy.kind, matters.policy)
        now = timezone.now()
        for ago in range(days, 0, -1):
            then = now - timedelta(days=ago)
            deadline = matters.open(f"Matter of {ago} days ago", now=then, days=5)
            calendar = matters.ladder(deadline).calendar
            tell([Told(ROBIN, calendar, then)], now=then)
        if and_tomorrow:
            tell([Told(ROBIN, calendar, now)], now=now + timedelta(days=1))
            newest = OutgoingMail.objects.order_by("pk").last()
            newest.next_attempt_at = now + timedelta(days=1)
            newest.save()

    return tell_on_each


def states():
    rows = OutgoingMail.objects.filter(kind=WAITING_FOR_YOU).order_by("pk")
    return list(rows.values_list("state", flat=True))


def test_lists_of_several_days_come_as_one(told_for_days, smtp):
    told_for_days(3)
    deliver_due()
    assert states() == [MailState.OBSOLETE, MailState.OBSOLETE, MailState.SENT]


def test_list_of_tomorrow_does_not_replace_that_of_today(told_for_days, smtp):
    told_for_days(1, and_tomorrow=True)
    deliver_due()
    assert states() == [MailState.SENT, MailState.QUEUED]


def test_list_of_yesterday_that_arrives_today_is_the_one_of_today(told_for_days, smtp):
    told_for_days(1)
    deliver_due()
    now = timezone.now()
    tell([Told(ROBIN, BERLIN, now)], now=now)
    deliver_due()
    assert states() == [MailState.SENT, MailState.QUEUED]
    assert OutgoingMail.objects.order_by("pk").last().next_attempt_at > now

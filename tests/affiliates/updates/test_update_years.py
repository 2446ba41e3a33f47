"""Three years of updates from many affiliates in five time zones, with outages and double looks.

``UPDATE_YEARS=500 make test-long ARGS=tests/affiliates/updates/test_update_years.py`` lives them
with 500 groups.
"""

import os
from collections import Counter
from datetime import timedelta
from itertools import pairwise, takewhile

import pytest

from affiliates.core.periods import period_of, periods_after
from affiliates.models import UpdateRequest
from affiliates.updates.deadlines import UPDATE
from tests.affiliates.updates.update_years import ASKING, START, Years
from workflows.core.states import MailState
from workflows.models import Deadline, OutgoingMail, TakenStep

FOUR_WEEKS = timedelta(days=28)
ASKED_BEFORE = timedelta(days=14)

MAILS_OF = {"ask": 1, "due": 1, "remind": 1, "alternate": 2}
"""To how many contacts at most, by the name of the step."""


@pytest.fixture
def years(db, smtp, admin_user):
    def of(groups):
        number = int(os.environ.get("UPDATE_YEARS", groups))
        return Years(smtp, groups=number, seed=2026, boss=admin_user)

    return of


def expected(group, end):
    """By the calendar alone: each period that ends early enough to be asked for by now."""
    months = group.interval_months
    first = period_of(START.date(), months)
    periods = periods_after(first.start - timedelta(days=1), months)
    asked = takewhile(lambda period: period.end - ASKED_BEFORE <= end, periods)
    return [
        period.start
        for period in asked
        if period.end - ASKED_BEFORE >= (START - timedelta(hours=12)).date() + FOUR_WEEKS
    ]


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("groups", [5, pytest.param(15, marks=pytest.mark.long)])
def test_three_years_keep_every_promise(years, groups):
    years = years(groups)
    years.live(3)
    for group in years.groups.values():
        asked = list(group.update_requests.values_list("period_start", "period_end"))
        starts = [start for start, _end in asked]
        if group.pk not in years.restless:
            assert starts == expected(group, years.end.date()), "one request for each period"
        assert all(end < later for (_, end), (later, _) in pairwise(asked)), "none for two"
    every_step_is_one_mail_each()
    missed_periods_are_not_asked_for()
    assert all(count == 1 for count in years.arrived.values()), "each mail comes once"
    assert UpdateRequest.objects.filter(state="answered").exists()
    assert years.restless


def missed_periods_are_not_asked_for():
    clocks = Deadline.objects.filter(kind=UPDATE).values_list("object_id", flat=True)
    asked = UpdateRequest.objects.filter(pk__in=[int(key) for key in clocks])
    looks = Counter(asked.values_list("affiliation", "opened_at"))
    assert set(looks.values()) == {1}, "each look asks a group for one period at most"
    opened = Counter(UpdateRequest.objects.values_list("affiliation", "opened_at"))
    assert max(opened.values()) > 1, "somebody missed several"


def every_step_is_one_mail_each():
    steps = TakenStep.objects.filter(deadline__kind=UPDATE).select_related("deadline")
    taken = Counter((step.deadline_id, step.name) for step in steps)
    assert set(taken.values()) == {1}, "no step is taken twice"
    of_request = dict(Deadline.objects.filter(kind=UPDATE).values_list("pk", "object_id"))
    asked = OutgoingMail.objects.filter(kind__in=ASKING).defer("message")
    queued = Counter((mail.object_id, mail.key.rpartition("/")[2]) for mail in asked)
    for deadline, name in taken:
        if name in MAILS_OF:
            assert 1 <= queued.pop((of_request[deadline], name)) <= MAILS_OF[name]
    assert not queued, "no mail without its step"
    states = set(asked.values_list("state", flat=True))
    assert states <= {MailState.SENT, MailState.OBSOLETE, MailState.QUEUED}

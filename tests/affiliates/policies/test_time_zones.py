"""A program that moves to another time zone takes with it all that waits there."""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
import time_machine
from django.utils import timezone

from affiliates.affiliations.services.notices import notify_staff
from affiliates.affiliations.services.reminders import pause_reminders
from affiliates.core.states import NoticeKind
from tests.factories.affiliations import affiliation
from tests.factories.applications import submitted
from tests.factories.reviews import request_changes, under_review, with_reviewers
from tests.factories.support import call_for_help
from tests.factories.users import UserFactory
from tests.factories.visits import ASKED, BEFORE, asked_for_update
from tests.standing import stands
from workflows.models import Deadline

HOME = ZoneInfo("America/New_York")
PAUSED_UNTIL = date(2026, 10, 20)
KINDS = {"review_start", "review", "group_answer", "update", "support", "notice"}


@stands()
def promises(program):
    """An open deadline of each of these kinds, and a paused one."""
    with_reviewers(program)
    groups = [affiliation(program, now=BEFORE) for _ in range(2)]
    with time_machine.travel(ASKED, tick=False):
        submitted(program, name="Waiting")
        under_review(program, name="Being read")
        asked = under_review(program, name="Asked")
        request_changes(asked, UserFactory(is_superuser=True))
        for group in groups:
            asked_for_update(group)
        paused, now = groups[1], timezone.now()
        pause_reminders(affiliation=paused, until=PAUSED_UNTIL, by=paused.primary_contact, now=now)
        call_for_help(groups[0], now=now)
        notify_staff(
            affiliation=groups[0], kind=NoticeKind.HANDED_OVER, text="Somebody new", now=now
        )
    return program


def clocks(zone):
    """The local days and hours of what waits."""
    return {
        deadline.pk: (
            deadline.kind,
            deadline.due_at.astimezone(zone).date(),
            *(
                at and at.astimezone(zone).replace(tzinfo=None)
                for at in (deadline.next_step_at, deadline.paused_until)
            ),
        )
        for deadline in Deadline.objects.filter(closed_at=None)
    }


@pytest.mark.parametrize("name", ["Pacific/Honolulu", "Pacific/Auckland"])
def test_steps_come_on_the_same_day_at_the_same_hour_there(promises, name):
    before = clocks(HOME)
    assert {kind for kind, *_moments in before.values()} == KINDS
    assert sum(paused is not None for *_others, paused in before.values()) == 1

    with time_machine.travel(ASKED + timedelta(hours=1), tick=False):
        promises.time_zone = name
        promises.save_revision().publish()

    assert clocks(ZoneInfo(name)) == before


def test_pause_ends_on_its_day_there(promises):
    promises.time_zone = "Pacific/Auckland"
    promises.save_revision().publish()
    [deadline] = Deadline.objects.exclude(paused_until=None)
    assert deadline.next_step_at == datetime(2026, 10, 19, 20, tzinfo=UTC)

"""When a group is asked for a requirement, and what stops it."""

from datetime import UTC, date, datetime, timedelta

import pytest
import time_machine
from django.db import connection
from django.test.utils import CaptureQueriesContext

from affiliates.affiliations.services.lifecycle import pause_affiliation
from affiliates.affiliations.services.listing import resume_affiliation
from affiliates.affiliations.services.notices import note_bounce
from affiliates.affiliations.services.reminders import pause_reminders, resume_reminders
from affiliates.affiliations.standing.queries import with_level
from affiliates.affiliations.standing.requirements import in_state, state_of
from affiliates.affiliations.standing.rules import standing_of
from affiliates.core.states import Actor, RequirementState, Standing
from affiliates.models import Affiliation, Commitment, ContactUpdate
from affiliates.policies.services import follow_update_policy
from affiliates.requirements.services.committing import follow_requirement, retire
from affiliates.requirements.services.proving import adjust, ask_now, prove, put_off, waive
from affiliates.signals import update_received
from tests.factories.affiliations import affiliation
from tests.factories.mails import read
from tests.factories.pages import ProgramPageFactory
from tests.factories.requirements import commitment, requirement
from tests.factories.reviews import reviewer
from tests.standing import stands
from workflows.deadlines.sweep import sweep
from workflows.models import Deadline, OutgoingMail

pytestmark = pytest.mark.django_db

NOW = datetime(2027, 1, 4, 15, tzinfo=UTC)  # a Monday; 10:00 in New York
DAY = timedelta(days=1)


@stands()
def program(reviewed_program):
    return reviewed_program


@stands()
def group(program):
    return affiliation(program, now=NOW, alternate=True, alternate__email="second@example.net")


def mails(kind="requirement"):
    rows = OutgoingMail.objects.filter(kind__startswith=kind).order_by("created_at", "pk")
    return list(rows.values_list("kind", flat=True))


def swept(until, since=NOW):
    """Look each day, as beat does more often."""
    day = since
    while day <= until:
        sweep(now=day)
        day += DAY


def test_group_is_asked_told_and_reminded_and_then_staff_are(group, program):
    asked = requirement(program, now=NOW, first_days=30)
    owed = commitment(group, asked)
    assert owed.due_on == date(2027, 2, 3)
    swept(NOW + 15 * DAY)
    assert mails() == []
    swept(NOW + 38 * DAY, since=NOW + 16 * DAY)
    assert mails() == ["requirements_open"] * 3
    swept(NOW + 52 * DAY, since=NOW + 39 * DAY)
    assert mails()[3:] == ["requirements_open", "requirements_alternate"]
    swept(NOW + 125 * DAY, since=NOW + 53 * DAY)
    steps = Deadline.objects.get(kind="requirement").taken_steps.values_list("name", flat=True)
    assert list(steps)[4:] == ["attention", "call", "offer_pause"]


def test_several_are_asked_for_by_one_mail_a_day_that_lists_them(group, program):
    requirement(program, now=NOW, first_days=10, name="Shares our posts")
    requirement(program, "contact", now=NOW, first_days=10, name="The right contact")
    swept(NOW + 15 * DAY)
    assert mails() == ["requirements_open"] * 2
    mail = OutgoingMail.objects.filter(kind="requirements_open").last()
    with time_machine.travel(NOW + 10 * DAY, tick=False):
        message, text = read(mail)
    assert (
        "- Shares our posts\n  Due on Jan. 14, 2027.\n  Tell us that your group does this.\n\n"
        "- The right contact\n  Due on Jan. 14, 2027."
    ) in text
    assert message.get_body(("html",)).get_content().count("<li") == 2


def test_short_notice_asks_at_once_and_only_once(group, program):
    requirement(program, now=NOW, first_days=3)
    swept(NOW + 2 * DAY)
    assert mails() == ["requirements_open"]


def test_proof_stops_the_clock_until_the_next_year(group, program):
    asked = requirement(program, now=NOW, first_days=3)
    sweep(now=NOW + DAY)
    prove(commitment=commitment(group, asked), actor=Actor.CONTACT, now=NOW + 2 * DAY)
    swept(NOW + 60 * DAY, since=NOW + 3 * DAY)
    assert mails() == ["requirements_open"]
    owed = commitment(group, asked)
    assert (owed.proved_on, owed.due_on) == (date(2027, 1, 6), date(2028, 1, 6))
    [deadline] = Deadline.objects.filter(kind="requirement", closed_at=None)
    assert deadline.next_step_at.date() == date(2027, 12, 23)


def test_once_is_enough_without_an_interval(group, program):
    asked = requirement(program, now=NOW, interval_months=None)
    prove(commitment=commitment(group, asked), actor=Actor.CONTACT, now=NOW)
    assert commitment(group, asked).due_on is None
    assert not Deadline.objects.filter(kind="requirement", closed_at=None).exists()


def test_proof_that_says_how_long_it_holds_replaces_the_interval(group, program):
    asked = requirement(program, now=NOW)
    until = date(2027, 7, 1)
    prove(commitment=commitment(group, asked), actor=Actor.STAFF, kept_until=until, now=NOW)
    assert commitment(group, asked).due_on == until


def test_waived_requirement_is_not_asked_for_until_the_day(group, program):
    asked, editor = requirement(program, now=NOW, first_days=10), reviewer(program)
    said = {"reason": "A small group.", "user": editor, "now": NOW}
    waive(commitments=[commitment(group, asked)], until=date(2027, 3, 1), **said)
    owed = commitment(group, asked)
    assert state_of(owed, date(2027, 2, 28)) == RequirementState.WAIVED
    assert state_of(owed, date(2027, 3, 1)) == RequirementState.DUE
    swept(NOW + 55 * DAY)
    assert mails() == []
    swept(NOW + 56 * DAY, since=NOW + 56 * DAY)
    assert mails() == ["requirements_open"]
    assert commitment(group, asked).due_on == date(2027, 3, 15)


def test_waived_for_good_has_no_clock(group, program):
    asked, editor = requirement(program, now=NOW), reviewer(program)
    waive(commitments=[commitment(group, asked)], until=None, reason="Why", user=editor, now=NOW)
    assert state_of(commitment(group, asked), date(2040, 1, 1)) == RequirementState.WAIVED
    assert not Deadline.objects.filter(kind="requirement", closed_at=None).exists()


def test_put_off_moves_the_day_and_keeps_it_owed(group, program):
    asked, editor = requirement(program, now=NOW, first_days=3), reviewer(program)
    sweep(now=NOW + DAY)
    said = {"reason": "They move house.", "user": editor, "now": NOW + DAY}
    put_off(commitments=[commitment(group, asked)], until=date(2027, 5, 3), **said)
    swept(NOW + 90 * DAY, since=NOW + 2 * DAY)
    assert mails() == ["requirements_open"]
    swept(NOW + 110 * DAY, since=NOW + 91 * DAY)
    assert mails() == ["requirements_open"] * 2


def test_group_may_have_an_interval_and_days_of_its_own(group, program):
    asked, editor = requirement(program, now=NOW), reviewer(program)
    prove(commitment=commitment(group, asked), actor=Actor.CONTACT, now=NOW)
    own = {"interval_months": 6, "offsets": {"ask_days": 30}, "user": editor, "now": NOW}
    adjust(commitment=commitment(group, asked), **own)
    owed = commitment(group, asked)
    assert (owed.due_on, owed.ask_on) == (date(2027, 7, 4), date(2027, 6, 4))


def test_changed_numbers_move_the_days_around_the_due_day(group, program):
    asked = requirement(program, now=NOW)
    asked.ask_days = 20
    asked.save()
    follow_requirement(requirement=asked, now=NOW)
    owed = commitment(group, asked)
    assert (owed.due_on, owed.ask_on) == (date(2027, 2, 3), date(2027, 1, 14))
    [deadline] = Deadline.objects.filter(kind="requirement", closed_at=None)
    assert deadline.next_step_at.date() == date(2027, 1, 14)


def test_retired_requirement_asks_nobody(group, program):
    asked = requirement(program, now=NOW, first_days=3)
    retire(requirement=asked, now=NOW)
    swept(NOW + 20 * DAY)
    assert mails() == []
    assert standing_of(group, NOW).requirements[1:] == ()


def test_paused_group_is_not_asked_and_has_time_afterwards(group, program):
    asked, editor = requirement(program, now=NOW, first_days=10), reviewer(program)
    pause_affiliation(affiliation=group, user=editor, reason="A break", now=NOW)
    swept(NOW + 40 * DAY)
    assert mails() == []
    resume_affiliation(affiliation=group, user=editor, now=NOW + 40 * DAY)
    assert commitment(group, asked).due_on == date(2027, 2, 23)


def test_break_from_reminders_moves_the_day(group, program):
    asked = requirement(program, now=NOW, first_days=10)
    by = group.primary_contact
    pause_reminders(affiliation=group, until=date(2027, 2, 1), by=by, now=NOW)
    swept(NOW + 25 * DAY)
    assert mails() == []
    resume_reminders(affiliation=group, by=by, now=NOW + 28 * DAY)
    assert commitment(group, asked).due_on == date(2027, 2, 11)


def test_group_that_moves_owes_what_its_new_program_asks(group, program):
    requirement(program, now=NOW, first_days=5)
    other = ProgramPageFactory(title="Another program")
    asked = requirement(other, "contact", now=NOW, first_days=20)
    with time_machine.travel(NOW, tick=False):
        group.page.move(other, pos="last-child")
    assert commitment(group, asked).due_on == date(2027, 1, 24)
    swept(NOW + 4 * DAY)
    assert mails() == []


def test_clocks_follow_the_programs_time_zone_and_hour(group, program):
    requirement(program, now=NOW)
    program.time_zone, program.sending_hour = "America/Los_Angeles", 7
    program.save()
    follow_update_policy(program=program, now=NOW)
    [deadline] = Deadline.objects.filter(kind="requirement", closed_at=None)
    assert deadline.next_step_at == datetime(2027, 1, 20, 15, tzinfo=UTC)


def test_new_group_owes_what_its_program_asks(program):
    asked = requirement(program, now=NOW, first_days=20)
    later = affiliation(program, now=NOW + 5 * DAY)
    assert commitment(later, asked).due_on == date(2027, 1, 29)


# The kind "contact"


def test_contact_who_confirmed_before_has_time(program):
    group = affiliation(program, now=NOW, contact__confirmed_at=NOW - 60 * DAY)
    asked = requirement(program, "contact", now=NOW)
    assert commitment(group, asked).due_on == date(2027, 11, 5)
    assert state_of(commitment(group, asked), NOW.date()) == RequirementState.KEPT


def test_any_use_of_a_private_link_confirms_the_contact(group, program):
    asked = requirement(program, "contact", now=NOW)
    update = ContactUpdate(affiliation=group, contact=group.primary_contact, sent_at=NOW)
    update_received.send(ContactUpdate, update=update)
    assert commitment(group, asked).proved_on == NOW.date()


def test_bounce_makes_it_due_at_once_and_asks_the_second_contact(group, program):
    asked = requirement(program, "contact", now=NOW)
    prove(commitment=commitment(group, asked), actor=Actor.CONTACT, now=NOW)
    note_bounce(address=group.primary_contact.email, now=NOW + DAY)
    assert commitment(group, asked).due_on == date(2027, 1, 5)
    sweep(now=NOW + DAY)
    [mail] = OutgoingMail.objects.filter(kind__startswith="requirement")
    assert mail.recipient == "second@example.net"


def test_bounce_does_not_undo_a_waiver(group, program):
    asked, editor = requirement(program, "contact", now=NOW), reviewer(program)
    said = {"until": None, "reason": "We meet weekly.", "user": editor, "now": NOW}
    waive(commitments=[commitment(group, asked)], **said)
    note_bounce(address=group.primary_contact.email, now=NOW + DAY)
    assert state_of(commitment(group, asked), date(2027, 1, 5)) == RequirementState.WAIVED
    assert not Deadline.objects.filter(kind="requirement", closed_at=None).exists()


def test_waiving_takes_as_many_statements_for_one_group_as_for_three(program):
    editor, counts = reviewer(program), []
    for number in (1, 3):
        for _group in range(number):
            affiliation(program, now=NOW)
        asked = requirement(program, now=NOW, name=f"For {number}")
        said = {"until": None, "reason": "Why", "user": editor, "now": NOW}
        owed = list(asked.commitments.all()[:number])
        with CaptureQueriesContext(connection) as queries:
            waive(commitments=owed, **said)
        counts.append(len(queries))
    assert counts[1] <= counts[0]


# Standing


@pytest.mark.parametrize(
    ("days", "state", "level"),
    [
        (0, RequirementState.DUE, Standing.GOOD),
        (30, RequirementState.DUE, Standing.GOOD),
        (31, RequirementState.LATE, Standing.GOOD),
        (60, RequirementState.LATE, Standing.ATTENTION),
        (120, RequirementState.LATE, Standing.LAPSED),
    ],
)
def test_standing_follows_the_worst_requirement_in_both_reckonings(
    group, program, days, state, level
):
    asked, at = requirement(program, now=NOW, first_days=30), NOW + days * DAY
    kept = standing_of(group, at)
    assert (kept.worst, kept.level) == (state, level)
    assert with_level(Affiliation.objects.all(), at).get().level == level
    found = Commitment.objects.filter(in_state(state, at.date()), requirement=asked)
    assert found.count() == 1
    others = set(RequirementState) - {state}
    assert not any(Commitment.objects.filter(in_state(one, at.date())) for one in others)
    said = " ".join(map(str, kept.reasons))
    assert "Our declared: Due on Feb. 3, 2027" in said


def test_staff_may_ask_once_more_what_is_owed(group, program):
    asked, editor = requirement(program, now=NOW, first_days=3), reviewer(program)
    owed = [commitment(group, asked)]
    assert ask_now(commitments=owed, user=editor, now=NOW + DAY) == 1
    prove(commitment=owed[0], actor=Actor.CONTACT, now=NOW + DAY)
    assert ask_now(commitments=owed, user=editor, now=NOW + 2 * DAY) == 0

"""How an affiliation is kept, and why."""

from datetime import UTC, date, datetime, timedelta
from itertools import product

import pytest
from django.utils import timezone

from affiliates.affiliations.services.lifecycle import pause_affiliation
from affiliates.affiliations.services.listing import resume_affiliation
from affiliates.affiliations.standing.queries import with_level
from affiliates.affiliations.standing.rules import standing_of, standings
from affiliates.core.states import Standing, UpdateRequestState
from affiliates.models import Affiliation, Contact, ContactUpdate
from tests.factories.affiliations import UpdateRequestFactory, affiliation
from tests.factories.application_rows import ApplicationFactory
from tests.factories.pages import statements
from tests.standing import stands

pytestmark = pytest.mark.django_db

NOW = datetime(2026, 10, 12, 16, tzinfo=UTC)
"""A Monday noon where the program is, twelve days after the end of Q3."""
LONG_AGO = datetime(2026, 7, 6, 16, tzinfo=UTC)


@stands()
def group(program):
    return affiliation(program, now=LONG_AGO, title="Michigan Parents")


def owes(group, due_on=date(2026, 9, 30), **fields):
    return UpdateRequestFactory(affiliation=group, due_on=due_on, **fields)


def words(group, now=NOW):
    return [reason.text for reason in standing_of(group, now).reasons]


def level(group, now=NOW):
    return standing_of(group, now).level


def said(group, kind="quiet", sent_at=datetime(2026, 9, 20, 16, tzinfo=UTC)):
    return ContactUpdate.objects.create(affiliation=group, kind=kind, sent_at=sent_at)


def test_new_affiliate_is_in_good_standing_and_knows_when_it_is_asked(group):
    assert level(group, LONG_AGO) == Standing.GOOD
    assert "We will ask for the first update on Sept. 16, 2026." in words(group, LONG_AGO)


def test_late_update_is_named_long_before_it_counts(group):
    owes(group)
    assert level(group) == Standing.GOOD
    assert words(group)[0] == "The update for Q3 2026 is 12 days late."


def test_update_that_is_due_today_is_not_late(group):
    owes(group, due_on=date(2026, 10, 12))
    assert words(group)[0] == "The update for Q3 2026 is due on Oct. 12, 2026."
    assert words(group, NOW + timedelta(days=1))[0] == "The update for Q3 2026 is 1 day late."


@pytest.mark.parametrize(
    ("days", "expected"),
    [(29, "good"), (30, "attention"), (89, "attention"), (90, "lapsed"), (400, "lapsed")],
)
def test_standing_falls_on_the_days_that_the_program_says(group, days, expected):
    owes(group)
    assert level(group, NOW + timedelta(days=days - 12)) == expected


def test_day_counts_where_the_program_is(group):
    owes(group)
    evening = datetime(2026, 10, 30, 3, tzinfo=UTC)  # the 29th in New York
    assert "29 days late" in words(group, evening)[0]


def test_the_oldest_of_several_updates_counts_and_all_are_named(group):
    owes(
        group, period_start=date(2026, 4, 1), period_end=date(2026, 6, 30), due_on=date(2026, 6, 30)
    )
    owes(group)
    assert level(group) == Standing.LAPSED
    assert words(group)[:2] == [
        "The update for Q2 2026 is 104 days late.",
        "The update for Q3 2026 is 12 days late.",
    ]


@pytest.mark.parametrize("state", [UpdateRequestState.ANSWERED, UpdateRequestState.WAIVED])
def test_answered_and_waived_requests_count_for_nothing(group, state):
    owes(group, due_on=date(2026, 1, 1), state=state)
    assert level(group) == Standing.GOOD
    assert "late" not in " ".join(words(group))


def test_a_break_that_the_group_asked_for_is_no_fault(group):
    owes(group, due_on=date(2026, 8, 1))
    Affiliation.objects.update(reminders_paused_until=date(2026, 10, 13))
    group.refresh_from_db()
    assert level(group) == Standing.GOOD
    assert "Reminders are paused until Oct. 13, 2026." in words(group)
    assert level(group, NOW + timedelta(days=1)) == Standing.ATTENTION


def test_affiliate_without_a_contact_needs_attention(group):
    Contact.objects.all().delete()
    group.refresh_from_db()
    assert level(group) == Standing.ATTENTION
    assert words(group)[0] == "Nobody can be reached: there is no contact."


def test_affiliate_whose_mail_comes_back_needs_attention_unless_a_second_contact_is_left(program):
    two = affiliation(program, now=LONG_AGO, alternate=True, contact__bounced_at=NOW)
    assert level(two) == Standing.GOOD
    Contact.objects.filter(role="alternate").update(bounced_at=NOW)
    two = Affiliation.objects.get()
    assert level(two) == Standing.ATTENTION
    assert words(two)[0] == "Nobody can be reached: email to each contact bounced."


def test_paused_affiliate_says_since_when_by_whom_and_why(group, admin_user):
    admin_user.first_name, admin_user.last_name = "Dee", "Rector"
    admin_user.save()
    owes(group, due_on=date(2026, 1, 1))
    pause_affiliation(affiliation=group, user=admin_user, reason="The chair moved.", now=LONG_AGO)
    kept = standing_of(group, NOW)
    assert kept.level == Standing.PAUSED
    assert kept.main_reason == "Paused since July 6, 2026 by Dee Rector. The chair moved."
    assert kept.next_due_on is None
    assert not any(reason.is_fault for reason in kept.reasons)


def test_group_reads_no_names_and_notes_of_staff(group, admin_user):
    pause_affiliation(affiliation=group, user=admin_user, reason="They are rude.", now=LONG_AGO)
    (first, *_rest) = standing_of(group, NOW).reasons_for_group
    assert first == "Paused since July 6, 2026."


def test_resumed_affiliate_says_nothing_of_its_pause(group, admin_user):
    pause_affiliation(affiliation=group, user=admin_user, reason="Away", now=LONG_AGO)
    resume_affiliation(affiliation=group, user=admin_user, now=NOW)
    assert level(group) == Standing.GOOD
    assert "Away" not in " ".join(words(group))


def test_last_update_is_named_with_its_kind(group):
    said(group, sent_at=LONG_AGO)
    said(group, "news")
    kept = standing_of(group, NOW)
    assert kept.last_update.kind == "news"
    assert "Last update on Sept. 20, 2026: “We have news”." in words(group)


def test_imported_affiliate_has_accepted_nothing_that_we_know_of(group):
    assert "We have no record that the group accepted the beliefs." in words(group)
    assert level(group) == Standing.GOOD
    assert standing_of(group, NOW).reasons_for_group[-1] == (
        "We have no record that the group accepted the beliefs. You do not need to do anything."
    )


def test_acceptance_names_its_day_and_what_the_program_says_differently_since(program, group):
    program = type(program).objects.get(pk=program.pk)
    march = datetime(2026, 3, 3, 18, tzinfo=UTC)
    ApplicationFactory(program=program, affiliate=group.page, submitted_at=march, state="approved")
    assert words(group)[-1] == "Accepted the beliefs as of March 3, 2026."
    program.beliefs[0].value = "Seclusion must end."
    program.beliefs.append(statements("Teachers are people.")[0])
    program.save()
    assert words(group)[-2:] == [
        "1 belief or obligation has changed since then.",
        "1 belief or obligation was added since then.",
    ]
    assert level(group) == Standing.GOOD


@pytest.mark.parametrize("rows", [1, 3])
def test_many_standings_cost_as_many_queries_as_one(program, rows, django_assert_num_queries):
    for _number in range(rows):
        group = affiliation(program, now=LONG_AGO, alternate=True, state="paused")
        ApplicationFactory(program=program, affiliate=group.page, state="approved")
        owes(group)
        said(group)
    standings(Affiliation.objects.all(), NOW)  # content types are known from now on
    found = list(Affiliation.objects.all())
    with django_assert_num_queries(10):
        kept = standings(found, NOW)
    assert len(kept) == rows


def test_database_and_python_agree_on_every_level_at_every_limit(program):
    states = ["active", "paused", "ended"]
    due = [None, 0, 1, 29, 30, 31, 89, 90, 91]
    breaks = [None, 0, 1]
    contacts = ["none", "press", "bounced", "second", "fine"]
    today = date(2026, 10, 12)
    for state, late, pause, contact in product(states, due, breaks, contacts):
        row = Affiliation.objects.create(
            program=program,
            name="Group",
            since=today,
            interval_months=3,
            asks_from=today,
            state=state,
            reminders_paused_until=None if pause is None else today + timedelta(days=pause),
        )
        if late is not None:
            owes(row, due_on=today - timedelta(days=late))
        if contact != "none":
            Contact.objects.create(
                affiliation=row,
                role={"press": "press", "second": "alternate"}.get(contact, "primary"),
                name="Kim",
                email=f"kim{row.pk}@group.example",
                bounced_at=timezone.now() if contact == "bounced" else None,
            )
    by_python = {key: kept.level for key, kept in standings(Affiliation.objects.all(), NOW).items()}
    by_database = dict(with_level(Affiliation.objects.all(), NOW).values_list("pk", "level"))
    assert by_database == by_python
    assert set(by_database.values()) == set(Standing.values)

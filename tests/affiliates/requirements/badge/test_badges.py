"""What comes of looking for badges: nobody is asked for what is there, or before we are sure."""

from datetime import UTC, date, datetime, timedelta

import pytest
from django.core.management import call_command
from django.db import transaction
from django.utils import timezone
from time_machine import travel

from affiliates.affiliations.standing.requirements import state_of
from affiliates.core.states import Actor, AffiliationState, BadgeFinding, RequirementState
from affiliates.models import AffiliateLink, Affiliation, BadgeLook, Proof
from affiliates.requirements.badge import services
from affiliates.requirements.badge.addresses import badge_address
from affiliates.requirements.badge.looking import Seen
from affiliates.requirements.badge.services import look_for_badges, note_seen
from affiliates.requirements.services.proving import prove, put_off, waive
from tests.affiliates.api.calls import get
from tests.factories.affiliations import affiliation
from tests.factories.mails import read
from tests.factories.own_groups import group_path
from tests.factories.requirements import commitment, requirement
from tests.factories.reviews import reviewer
from tests.standing import stands
from workflows.deadlines.sweep import sweep
from workflows.models import Deadline, OutgoingMail

pytestmark = pytest.mark.django_db

NOW = datetime(2027, 1, 4, 15, tzinfo=UTC)
TODAY = NOW.date()
DAY = timedelta(days=1)
SITE = "https://group.org/"
S, F = RequirementState, BadgeFinding


@stands()
def program(reviewed_program):
    return reviewed_program


@stands()
def group(program):
    return affiliation(program, now=NOW, links={"website": SITE})


@stands()
def asked(program, group):
    return requirement(program, "badge", now=NOW, first_days=30)


def come(group, asked, finding, day=0):
    """A look on that day comes to this."""
    look = BadgeLook.objects.get(commitment__affiliation=group)
    note_seen(look=look, seen=Seen(BadgeFinding(finding), SITE), now=NOW + day * DAY)
    return look


def state(group, asked, day=0):
    return state_of(commitment(group, asked), TODAY + day * DAY)


def mails():
    return OutgoingMail.objects.filter(kind__startswith="requirement")


# From the first look to the first email


def test_nobody_is_asked_before_we_have_looked(group, asked):
    assert state(group, asked) == S.UNKNOWN
    for day in range(0, 60, 5):
        sweep(now=NOW + day * DAY)
    assert not mails().exists()


def test_group_without_a_website_is_asked_as_usual(program):
    group = affiliation(program, now=NOW, links={"facebook": "https://www.facebook.com/group"})
    asked = requirement(program, "badge", now=NOW, first_days=10)
    assert state(group, asked) == S.DUE
    assert look_for_badges(now=NOW) == 1
    assert state(group, asked) == S.DUE
    sweep(now=NOW + DAY)
    assert mails().count() == 1


def test_first_miss_asks_nobody_and_one_on_the_same_day_counts_once(group, asked):
    for _look in range(2):
        look = come(group, asked, F.MISSED)
    assert (look.missed_on, look.missing_on) == (TODAY, None)
    assert look.next_at == NOW + DAY
    assert state(group, asked) == S.UNKNOWN


def test_second_miss_on_another_day_falls_due_and_says_what_we_saw(client, group, asked):
    come(group, asked, F.MISSED)
    come(group, asked, F.MISSED, 1)
    owed = commitment(group, asked)
    assert (state(group, asked, 1), owed.due_on) == (S.DUE, date(2027, 2, 3))
    with travel(NOW + 17 * DAY, tick=False):
        sweep(now=NOW + 17 * DAY)
        [mail] = mails()
        _message, text = read(mail)
    words = " ".join(text.split())
    said = f"We looked at {SITE} on Jan. 4, 2027 and on Jan. 5, 2027, and did not see"
    assert said in words
    own = get(client, group_path(group, "requirements/")).json()["requirements"]
    assert [said in one["found_out"] for one in own] == [False, True]
    come(group, asked, F.MISSED, 18)
    assert commitment(group, asked).due_on == date(2027, 2, 3)


def test_badge_that_was_there_has_notice_before_it_is_due(group, asked):
    come(group, asked, F.ADDRESS)
    come(group, asked, F.MISSED, 7)
    assert state(group, asked, 7) == S.KEPT
    come(group, asked, F.MISSED, 8)
    owed = commitment(group, asked)
    assert (owed.ask_on, owed.due_on) == (TODAY + 8 * DAY, TODAY + 22 * DAY)
    assert state(group, asked, 8) == S.DUE


def test_sighting_between_two_misses_starts_anew(group, asked):
    for day, finding in enumerate([F.MISSED, F.LINK, F.MISSED]):
        come(group, asked, finding, day)
    assert state(group, asked, 2) == S.KEPT


# Sightings


def test_badge_that_is_seen_again_and_again_is_never_asked_for(group, asked):
    for day in range(0, 400, 7):
        come(group, asked, F.PICTURE, day)
        sweep(now=NOW + day * DAY)
    assert not mails().exists()
    assert state(group, asked, 400) == S.KEPT
    assert Proof.objects.count() == 15  # of 58 looks: about one in four weeks


def test_each_sighting_counts_if_it_would_be_asked_for_before_long(program, group):
    asked = requirement(program, "badge", now=NOW, interval_months=1)
    for day in range(0, 60, 7):
        come(group, asked, F.ADDRESS, day)
        sweep(now=NOW + day * DAY)
    assert not mails().exists()


def test_sighting_says_how_and_where_and_nobody_asks_any_more(group, asked):
    come(group, asked, F.MISSED)
    come(group, asked, F.MISSED, 1)
    come(group, asked, F.LINK, 2)
    proof = Proof.objects.get()
    assert (proof.actor, proof.data) == (Actor.SYSTEM, {"how": "link", "link": SITE})
    sweep(now=NOW + 100 * DAY)
    assert not mails().exists()


def test_waived_badge_stays_waived(group, asked, program):
    said = {"reason": "Why", "user": reviewer(program), "now": NOW}
    waive(commitments=[commitment(group, asked)], until=None, **said)
    for day, finding in enumerate([F.ADDRESS, F.MISSED, F.MISSED, F.NO_ANSWER]):
        come(group, asked, finding, day)
    assert state(group, asked, 5) == S.WAIVED


def test_reason_of_staff_for_a_later_day_stays(group, asked, program):
    said = {"reason": "A new website in May.", "user": reviewer(program), "now": NOW}
    put_off(commitments=[commitment(group, asked)], until=date(2027, 5, 3), **said)
    for day, finding in enumerate([F.MISSED, F.MISSED, F.NO_ANSWER]):
        come(group, asked, finding, day)
    owed = commitment(group, asked)
    assert (owed.due_on, owed.reason) == (date(2027, 5, 3), "A new website in May.")


# What is unknown


@pytest.mark.parametrize("finding", [F.NO_ANSWER, F.ROBOTS, F.SCRIPTS, F.TOO_MUCH])
def test_website_that_cannot_be_looked_at_is_unknown_and_is_not_asked(group, asked, finding):
    come(group, asked, F.ADDRESS)
    come(group, asked, finding, 7)
    owed = commitment(group, asked)
    assert (state(group, asked, 7), owed.unknown_on) == (S.UNKNOWN, TODAY + 7 * DAY)
    assert SITE in owed.reason
    assert not Deadline.objects.filter(kind="requirement", closed_at=None).exists()
    come(group, asked, F.ADDRESS, 8)
    assert state(group, asked, 8) == S.KEPT


def test_website_that_stays_away_is_asked_less_and_less_often(group, asked):
    days = [(come(group, asked, F.NO_ANSWER, day).next_at - NOW).days for day in (0, 1, 3, 6, 30)]
    assert days == [1, 2, 6, 12, 37]


def test_what_we_knew_to_be_missing_stays_owed_while_the_website_is_away(group, asked):
    for day, finding in enumerate([F.MISSED, F.MISSED, F.NO_ANSWER]):
        come(group, asked, finding, day)
    assert state(group, asked, 2) == S.DUE


def test_website_that_is_taken_off_the_page_makes_it_owed(group, asked):
    come(group, asked, F.NO_WEBSITE)
    assert state(group, asked) == S.DUE


# What the group tells


def test_link_of_the_group_counts_at_once_and_is_looked_at_first(group, asked):
    told = {"link": "https://group.org/friends"}
    prove(commitment=commitment(group, asked), actor=Actor.CONTACT, data=told, now=NOW + 30 * DAY)
    assert state(group, asked, 30) == S.KEPT
    look = BadgeLook.objects.get()
    assert (look.link, look.next_at) == (told["link"], NOW + 30 * DAY)


def test_link_to_a_post_holds_until_it_is_due_again(group, asked):
    told = {"link": "https://www.facebook.com/group/posts/1"}
    prove(commitment=commitment(group, asked), actor=Actor.CONTACT, data=told, now=NOW)
    look = come(group, asked, F.ELSEWHERE, 7)
    assert look.next_at == NOW + 14 * DAY
    assert state(group, asked, 7) == S.KEPT
    assert state(group, asked, 360) == S.DUE


def claimed(key):
    """As a worker that found it due, and has to be the first."""
    look = services._with_website(BadgeLook.objects.filter(pk=key)).get()
    return look if services._claim(look, NOW) else None


def test_link_that_comes_while_we_look_is_not_lost(on_the_web, group, asked):
    look = claimed(BadgeLook.objects.get().pk)
    told = {"link": "https://group.org/friends"}
    prove(commitment=commitment(group, asked), actor=Actor.CONTACT, data=told, now=NOW)
    note_seen(look=look, seen=Seen(F.MISSED, SITE), now=NOW)
    look.refresh_from_db()
    assert (look.link, look.next_at) == (told["link"], NOW)


# Shown to a visitor


@pytest.mark.parametrize(
    ("finding", "after"),
    [(F.SCRIPTS, S.KEPT), (F.ROBOTS, S.KEPT), (F.NO_ANSWER, S.KEPT), (F.MISSED, S.UNKNOWN)],
)
def test_load_proves_only_where_we_cannot_look(group, asked, finding, after):
    BadgeLook.objects.update(loaded_on=TODAY)
    come(group, asked, finding)
    assert state(group, asked) == after


def test_load_of_long_ago_proves_nothing(group, asked):
    BadgeLook.objects.update(loaded_on=TODAY - 8 * DAY)
    come(group, asked, F.SCRIPTS)
    assert state(group, asked) == S.UNKNOWN


# The worker


@pytest.fixture
def on_the_web(website, group, asked):
    AffiliateLink.objects.filter(affiliate=group.page).update(url=website.address)
    website.show("/", f'<img src="{badge_address(group)}">')
    return website


def test_worker_looks_once_and_then_a_week_later(on_the_web, group, asked):
    assert look_for_badges(now=NOW) == 1
    assert state(group, asked) == S.KEPT
    assert look_for_badges(now=NOW + 6 * DAY) == 0
    assert look_for_badges(now=NOW + 7 * DAY) == 1


def test_command_looks_without_celery(on_the_web, capsys):
    BadgeLook.objects.update(next_at=timezone.now() - DAY)
    call_command("look_for_badges")
    assert capsys.readouterr().out == "1 looked at\n"


def test_site_may_choose_not_to_look(on_the_web, program, settings):
    settings.AFFILIATES = {**settings.AFFILIATES, "BADGE_LOOK_DAYS": 0}
    assert look_for_badges(now=NOW) == 0
    second = affiliation(program, now=NOW, links={"website": SITE})
    assert second.commitments.get(requirement__kind="badge").unknown_on is None


def test_ended_and_retired_are_not_looked_at(on_the_web, group, asked):
    Affiliation.objects.update(state=AffiliationState.ENDED)
    assert look_for_badges(now=NOW) == 0
    Affiliation.objects.update(state=AffiliationState.ACTIVE)
    type(asked).objects.filter(pk=asked.pk).update(retired_at=NOW)
    assert look_for_badges(now=NOW) == 0
    assert on_the_web.asked == []


def test_two_groups_on_one_host_are_looked_at_one_after_the_other(on_the_web, program, group):
    second = affiliation(program, now=NOW, links={"website": on_the_web.address})
    BadgeLook.objects.filter(commitment__affiliation=group).update(host="127.0.0.1")
    look_for_badges(now=NOW)
    assert BadgeLook.objects.filter(looked_at=None).get().commitment.affiliation == second
    assert look_for_badges(now=NOW + timedelta(seconds=30)) == 0
    assert look_for_badges(now=NOW + timedelta(minutes=2)) == 1


def test_link_that_comes_after_the_look_was_found_due_is_looked_at(on_the_web, group, asked):
    found = services._with_website(BadgeLook.objects.all()).get()
    told = {"link": "https://group.org/friends"}
    prove(commitment=commitment(group, asked), actor=Actor.CONTACT, data=told, now=NOW)
    assert services._claim(found, NOW)
    assert found.link == told["link"]


def test_worker_that_died_holds_up_its_host_for_a_while_only(on_the_web, group, asked):
    look = BadgeLook.objects.get()
    assert claimed(look.pk).host == "127.0.0.1"
    assert claimed(look.pk) is None
    second = affiliation(group.program, now=NOW, links={"website": on_the_web.address})
    other = BadgeLook.objects.get(commitment__affiliation=second)
    assert claimed(other.pk) is None
    assert look_for_badges(now=NOW + 2 * DAY) == 1


def test_failure_of_one_look_stops_no_other(on_the_web, program, group, monkeypatch, caplog):
    second = affiliation(program, now=NOW, links={"website": "http://127.0.0.1:1/"})
    BadgeLook.objects.filter(commitment__affiliation=second).update(next_at=NOW - DAY)
    real = services.wanted_of

    def broken(affiliation, of_programs):
        if affiliation == second:
            raise RuntimeError
        return real(affiliation, of_programs)

    monkeypatch.setattr(services, "wanted_of", broken)
    look_for_badges(now=NOW)
    assert "for a badge failed" in caplog.text
    assert look_for_badges(now=NOW + timedelta(minutes=11)) == 1
    assert on_the_web.asked


@pytest.mark.parametrize("number", [1, 3])
def test_begin_costs_the_same_for_more_groups(program, django_assert_num_queries, number):
    made = requirement(program, "badge", now=NOW)
    for _group in range(number):
        affiliation(program, now=NOW, links={"website": SITE})
    owed = list(made.commitments.select_related("affiliation__program"))
    BadgeLook.objects.all().delete()
    with transaction.atomic(), django_assert_num_queries(3):
        services.begin_looking(owed, NOW)

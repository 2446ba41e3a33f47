"""The whole story of an application in order, also when its page is long gone."""

from datetime import UTC, datetime, timedelta

import pytest
from django.urls import reverse
from wagtail.models import WorkflowTask

from affiliates.applications.admin.story import story_of
from affiliates.applications.services.information import answer_request
from affiliates.applications.services.starting import restart_review
from affiliates.models import Application
from tests.factories.applications import submitted
from tests.factories.reviews import (
    approve,
    decline,
    now_of,
    request_changes,
    reviewer,
    under_review,
)
from tests.standing import stands
from workflows.deadlines.sweep import sweep
from workflows.models import ReviewTask

MONDAY = datetime(2026, 11, 23, 17, tzinfo=UTC)
"""Noon in New York, where the program is."""


@stands()
def program(reviewed_program):
    return reviewed_program


def told(application):
    """What happened and by whom, without the mails."""
    lines = story_of(now_of(application))
    return [f"{line.what} {line.detail}".strip() for line in lines if line.mail is None]


@pytest.fixture
def at(time_machine):
    def travel(moment):
        time_machine.move_to(moment, tick=False)
        return moment

    return travel


def test_story_of_a_late_review_names_each_step_and_who_decided(program, at):
    rob = reviewer(program, first_name="Rob", last_name="Reader")
    application = under_review(program, now=at(MONDAY))
    for days in (4, 8, 10, 21):
        sweep(now=at(MONDAY + timedelta(days=days)))
    at(MONDAY + timedelta(days=22))
    approve(application, rob)
    assert told(application) == [
        "Application sent by the applicant",
        "Review started automatically",
        "Reviewers reminded",
        "Overdue: reviewers told",
        "Escalated: escalation group told",
        "Escalated again: last resort told",
        f"Review step “Reviews: {program.title}” approved by Rob Reader",
        "Application approved by Rob Reader",
    ]


def test_story_of_a_declined_group_is_whole_though_its_page_is_gone(program, at):
    rob = reviewer(program, first_name="Rob", last_name="Reader")
    application = under_review(program, now=at(MONDAY))
    sweep(now=at(MONDAY + timedelta(days=10)))
    at(MONDAY + timedelta(days=11))
    decline(application, rob)
    assert now_of(application).affiliate is None
    assert told(application)[2:] == [
        "Escalated: escalation group told",
        "Application declined by Rob Reader",
    ]


def test_story_has_questions_reminders_and_answers_in_their_words(program, at):
    rob = reviewer(program, first_name="Rob", last_name="Reader")
    application = under_review(program, now=at(MONDAY))
    at(MONDAY + timedelta(days=1))
    request_changes(application, rob, "How many members?")
    sweep(now=at(MONDAY + timedelta(days=9)))
    sweep(now=at(MONDAY + timedelta(days=16)))
    moment = at(MONDAY + timedelta(days=17))
    answer_request(application=now_of(application), answer="Forty", now=moment)
    lines = [line for line in story_of(now_of(application)) if line.mail is None]
    assert [(line.what, line.reason) for line in lines][2:] == [
        ("More information asked for", "How many members?"),
        ("Group reminded of the question", ""),
        ("No answer came: reviewers told", ""),
        ("Question answered", "Forty"),
    ]


def test_story_of_a_stopped_review_tells_who_started_it_again(program, at, admin_user):
    application = under_review(program, now=at(MONDAY))
    now_of(application).affiliate.current_workflow_state.cancel(user=admin_user)
    later = at(MONDAY + timedelta(days=1))
    restart_review(application=now_of(application), user=admin_user, now=later)
    name = admin_user.get_full_name() or admin_user.get_username()
    assert told(application)[2:] == [
        f"Review stopped without a decision by {name}",
        f"Review started by {name}",
    ]


def test_story_names_each_stage_that_was_approved(program, at):
    rob = reviewer(program, first_name="Rob", last_name="Reader")
    second = ReviewTask.objects.create(name="Board")
    second.groups.add(program.review_group)
    WorkflowTask.objects.create(workflow=program.get_workflow(), task=second, sort_order=1)
    application = under_review(program, now=at(MONDAY))
    approve(application, rob)
    at(MONDAY + timedelta(days=1))
    approve(application, rob)
    approved = [line for line in told(application) if "Review step" in line]
    assert [line.split("”")[0] for line in approved] == [
        f"Review step “Reviews: {program.title}",
        "Review step “Board",
    ]


def test_story_of_a_review_that_does_not_start_says_who_was_told(program, at):
    application = submitted(program, now=at(MONDAY))
    sweep(now=at(MONDAY + timedelta(days=1)))
    assert told(application)[1:] == ["No review was running: reviewers told"]


def test_mails_stand_in_the_story_with_state_and_link(client, admin_client, program, at):
    application = under_review(program, now=at(MONDAY))
    page = admin_client.get(reverse("affiliates_application:inspect", args=[application.pk]))
    (line, url) = next(pair for pair in page.context["story"] if pair[0].mail)
    assert url == reverse("outgoing_mail:inspect", args=[line.mail.pk])
    assert f'href="{url}"' in page.content.decode()
    assert line.mail.get_state_display() in page.content.decode()


def test_story_has_only_its_own_steps(program, at):
    applications = [under_review(program, now=at(MONDAY), name=name) for name in ("One", "Two")]
    sweep(now=at(MONDAY + timedelta(days=4)))
    decline(applications[0], reviewer(program))
    assert told(applications[0]).count("Reviewers reminded") == 1
    assert told(applications[1]).count("Reviewers reminded") == 1


def test_story_costs_as_many_queries_for_three_of_each_as_for_one(
    program, at, django_assert_num_queries, django_assert_max_num_queries
):
    application = under_review(program, now=at(MONDAY))
    sweep(now=at(MONDAY + timedelta(days=4)))
    story_of(now_of(application))  # Content types are cached from here on.
    with django_assert_max_num_queries(8) as before:
        lines = story_of(Application.objects.get(pk=application.pk))
    for days in (8, 10, 21):
        sweep(now=at(MONDAY + timedelta(days=days)))
    for _ in range(2):
        request_changes(application, reviewer(program))
        answer_request(application=now_of(application), answer="x", now=MONDAY)
    with django_assert_num_queries(len(before)):
        longer = story_of(Application.objects.get(pk=application.pk))
    assert len(longer) > len(lines) + 5

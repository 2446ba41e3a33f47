"""``/metrics`` says whether the work gets done, to whom knows the token."""

from datetime import timedelta

import pytest
from django.contrib.auth.models import Permission
from django.urls import reverse
from django.utils import timezone

from tests.factories.applications import submitted
from tests.factories.users import UserFactory
from workflows import tasks
from workflows.mail.outbox import NewMail, queue
from workflows.models import Deadline, OutgoingMail, TaskRun
from workflows.monitoring.runs import recorded

TOKEN = "a-token-that-nobody-guesses"
AUTHORIZATION = {"Authorization": f"Bearer {TOKEN}"}


@pytest.fixture
def token(smtp, settings):
    settings.AFFILIATE_WORKFLOWS = {**settings.AFFILIATE_WORKFLOWS, "METRICS_TOKEN": TOKEN}


@pytest.fixture
def read(smtp, token, client):
    """The samples by their names with labels."""

    def samples():
        text = client.get("/metrics", headers=AUTHORIZATION).text
        lines = (line for line in text.splitlines() if not line.startswith("#"))
        return {name: float(value) for name, value in (line.rsplit(" ", 1) for line in lines)}

    return samples


def mail(number):
    to = f"kim{number}@example.org"
    return NewMail(kind="answer_reminder", to=to, subject=None, occurrence="once")


@pytest.mark.django_db
def test_nothing_is_there_without_a_token(client, settings):
    assert client.get("/metrics", headers={"Authorization": "Bearer "}).status_code == 404


@pytest.mark.django_db
@pytest.mark.parametrize(
    "headers",
    [
        {},
        {"Authorization": "Bearer"},
        {"Authorization": "Bearer another"},
        {"Authorization": f"Bearer {TOKEN}x"},
        {"Authorization": "Bearer tökén"},
        {"Authorization": f"Basic {TOKEN}"},
        {"Authorization": TOKEN},
    ],
)
def test_only_who_knows_the_token_reads_it(client, token, headers):
    response = client.get("/metrics", headers=headers)
    assert (response.status_code, response.headers["WWW-Authenticate"]) == (401, "Bearer")
    assert response.content == b""
    assert "no-store" in response.headers["Cache-Control"]


@pytest.mark.django_db
def test_text_is_open_metrics_and_never_kept(client, token):
    response = client.get("/metrics", headers={"Authorization": f"bearer {TOKEN}"})
    assert response.status_code == 200
    assert response.headers["Content-Type"].startswith(
        "application/openmetrics-text; version=1.0.0"
    )
    assert "no-store" in response.headers["Cache-Control"]
    assert not response.cookies
    lines = response.text.splitlines()
    assert lines[-1] == "# EOF"
    families = [line.split()[2] for line in lines if line.startswith("# TYPE")]
    assert len(families) == len(set(families))
    for line in lines[:-1]:
        name = line.split()[2] if line.startswith("#") else line
        assert any(name.startswith(family) for family in families)


@pytest.mark.django_db
def test_counts_by_state_come_with_those_that_are_empty(read, program):
    queue(mail(1), mail(2), now=timezone.now())
    OutgoingMail.objects.filter(recipient="kim1@example.org").update(state="failed")
    found = read()
    assert found['workflows_mails{state="queued"}'] == 1
    assert found['workflows_mails{state="failed"}'] == 1
    assert found['workflows_mails{state="sent"}'] == 0
    assert found['affiliates_applications{state="submitted"}'] == 0
    assert found['affiliates_affiliations{state="active"}'] == 0


@pytest.mark.django_db
def test_ages_are_those_of_the_oldest_that_are_due(read, matters):
    now = timezone.now()
    assert read()["workflows_oldest_mail_age_seconds"] == 0
    assert read()["workflows_oldest_step_age_seconds"] == 0
    queue(mail(1), mail(2), mail(3), now=now)
    hours = {"kim1@example.org": 2, "kim2@example.org": 1, "kim3@example.org": -1}
    for address, hour in hours.items():
        due = now - timedelta(hours=hour)
        OutgoingMail.objects.filter(recipient=address).update(next_attempt_at=due)
    matters.open("Matter", now=now)
    Deadline.objects.update(next_step_at=now - timedelta(minutes=5))
    found = read()
    assert found["workflows_oldest_mail_age_seconds"] == pytest.approx(7200, abs=60)
    assert found["workflows_oldest_step_age_seconds"] == pytest.approx(300, abs=60)


@pytest.mark.django_db
def test_runs_of_workers_are_counted(read, matters, smtp):
    matters.open("Matter", now=timezone.now())
    for _ in range(2):
        tasks.sweep_deadlines()
    tasks.deliver_mail()
    found = read()
    assert found['workflows_task_runs_total{task="workflows.sweep_deadlines"}'] == 2
    assert found['workflows_task_runs_total{task="workflows.deliver_mail"}'] == 1
    assert found['workflows_task_failures_total{task="workflows.sweep_deadlines"}'] == 0
    assert found['workflows_task_seconds_total{task="workflows.sweep_deadlines"}'] > 0


@pytest.mark.django_db
def test_steps_that_fail_are_failures(read, matters):
    deadline = matters.open("Matter", now=timezone.now())
    due = timezone.now() - timedelta(minutes=1)
    Deadline.objects.filter(pk=deadline.pk).update(kind="unheard", next_step_at=due)
    tasks.sweep_deadlines()
    assert read()['workflows_task_failures_total{task="workflows.sweep_deadlines"}'] == 1


@pytest.mark.django_db
def test_mails_that_fail_are_failures(read, smtp, program):
    smtp.script.at_recipient = ["550 5.7.1 no"]
    submitted(program)
    tasks.deliver_mail()
    found = read()
    assert found['workflows_mails{state="failed"}'] == 1
    assert found['workflows_task_failures_total{task="workflows.deliver_mail"}'] == 1


@pytest.mark.django_db
def test_run_that_breaks_is_a_failure(read):
    with pytest.raises(RuntimeError), recorded("some.task"):
        raise RuntimeError
    assert read()['workflows_task_failures_total{task="some.task"}'] == 1


@pytest.mark.django_db
@pytest.mark.parametrize("number", [1, 3])
def test_queries_do_not_grow(read, django_assert_num_queries, number):
    queue(*map(mail, range(number)), now=timezone.now())
    for each in range(number):
        TaskRun.objects.create(task=f"task {each}", ended_at=timezone.now())
    with django_assert_num_queries(7):
        read()


# The same in the admin

PAGE = "workflows_numbers"


@pytest.mark.django_db
def test_admin_shows_the_numbers_in_words(client, admin_user):
    now = timezone.now()
    queue(mail(1), now=now)
    OutgoingMail.objects.update(next_attempt_at=now - timedelta(hours=3))
    with recorded("workflows.sweep_deadlines"):
        pass
    client.force_login(admin_user)
    page = client.get(reverse(PAGE)).text
    for words in ("3\xa0hours", "Queued", "Taking due steps", "Affiliates"):
        assert words in page
    assert reverse(PAGE) in client.get(reverse("workflows_open_reviews")).text


@pytest.mark.django_db
@pytest.mark.parametrize("left_out", ["view_outgoingmail", "view_application", "view_affiliation"])
def test_who_does_not_see_all_programs_does_not_see_them(client, left_out):
    needed = {"view_outgoingmail", "view_application", "view_affiliation"}
    user = UserFactory(is_staff=True)
    allow = Permission.objects.filter(codename__in=(needed - {left_out}) | {"access_admin"})
    user.user_permissions.set(allow)
    client.force_login(user)
    assert client.get(reverse(PAGE)).status_code == 302
    user.user_permissions.add(*Permission.objects.filter(codename=left_out))
    assert client.get(reverse(PAGE)).status_code == 200

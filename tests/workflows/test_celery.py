"""Celery end to end: a wake-up here, a real worker there, a real mail server behind it."""

import signal

import pytest
from celery import current_app
from celery.app.defaults import DEFAULTS
from django.core.management import call_command

from workflows import tasks
from workflows.core import wakeup
from workflows.core.celery_settings import celery_settings
from workflows.core.states import MailState
from workflows.models import OutgoingMail


@pytest.mark.django_db(transaction=True)
def test_bell_wakes_a_worker_that_sends(smtp, frozen_mails, worker, settings, quiet_wakeup):
    settings.AFFILIATE_WORKFLOWS = settings.AFFILIATE_WORKFLOWS | {"WAKEUP": True}
    frozen_mails(3)

    assert wakeup.wake(wakeup.DELIVER_MAIL)
    for line in worker.stdout:
        if "workflows.deliver_mail" in line and "succeeded" in line:
            break

    assert len(smtp.received) == 3
    assert {mail.state for mail in OutgoingMail.objects.all()} == {MailState.SENT}


@pytest.mark.django_db
def test_task_that_runs_out_of_time_gives_back_and_rings_again(smtp, frozen_mails, monkeypatch):
    frozen_mails(2)
    woken = []
    monkeypatch.setattr(tasks, "BUSY_SECONDS", -1)
    monkeypatch.setattr(wakeup, "wake", woken.append)

    tasks.deliver_mail()

    assert woken == [wakeup.DELIVER_MAIL]
    assert OutgoingMail.objects.filter(state=MailState.QUEUED, lease_token=None).count() == 2


@pytest.mark.django_db
@pytest.mark.parametrize(("mails", "workers_woken"), [(2, 0), (3, 1), (7, 1)])
def test_more_than_a_batch_wakes_one_more_worker(
    smtp, frozen_mails, settings, monkeypatch, mails, workers_woken
):
    settings.AFFILIATE_WORKFLOWS = settings.AFFILIATE_WORKFLOWS | {"BATCH_SIZE": 2}
    frozen_mails(mails)
    woken = []
    monkeypatch.setattr(wakeup, "wake", lambda task: woken.append(task) or True)

    tasks.deliver_mail()

    assert woken == [wakeup.DELIVER_MAIL] * workers_woken
    assert len(smtp.received) == mails


@pytest.mark.django_db
def test_task_that_has_woken_a_worker_wakes_none_when_it_runs_out_of_time(
    smtp, frozen_mails, settings, monkeypatch
):
    settings.AFFILIATE_WORKFLOWS = settings.AFFILIATE_WORKFLOWS | {"BATCH_SIZE": 2}
    frozen_mails(5)
    woken = []
    monkeypatch.setattr(tasks, "BUSY_SECONDS", -1)
    monkeypatch.setattr(wakeup, "wake", lambda task: woken.append(task) or True)

    tasks.deliver_mail()

    assert woken == [wakeup.DELIVER_MAIL]


@pytest.mark.django_db
def test_time_limit_while_sending_marks_one_mail_and_frees_the_rest(
    smtp, frozen_mails, monkeypatch
):
    from celery.exceptions import SoftTimeLimitExceeded

    def time_is_up(*args):
        raise SoftTimeLimitExceeded

    frozen_mails(3)
    woken = []
    monkeypatch.setattr("workflows.mail.transport.with_end_of_data", time_is_up)
    monkeypatch.setattr(wakeup, "wake", woken.append)

    tasks.deliver_mail()

    assert woken == [wakeup.DELIVER_MAIL]
    states = sorted(OutgoingMail.objects.values_list("state", "lease_token"))
    assert states == [("queued", None), ("queued", None), ("uncertain", None)]


def test_celery_knows_every_setting():
    assert set(celery_settings("redis://")) - set(DEFAULTS) == set()


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("task_ignore_result", True),
        ("result_backend", None),
        ("task_acks_late", False),
        ("task_reject_on_worker_lost", False),
        ("worker_disable_prefetch", True),
        ("task_soft_time_limit", 60),
        ("task_time_limit", 90),
        ("broker_connection_max_retries", None),
        ("broker_pool_acquire_timeout", 2),
        ("worker_soft_shutdown_timeout", 30),
        ("worker_enable_soft_shutdown_on_idle", True),
        ("worker_max_tasks_per_child", 500),
        ("timezone", "UTC"),
    ],
)
def test_site_runs_celery_as_promised(name, value):
    assert current_app.conf[name] == value


def test_bell_never_retries_and_waits_a_second_at_most():
    transport = current_app.conf.broker_transport_options
    assert transport["max_retries"] == 0
    assert transport["socket_timeout"] == transport["socket_connect_timeout"] == 1
    assert current_app.conf.task_publish_retry_policy["max_retries"] == 0


def test_visibility_timeout_is_the_same_wherever_it_is_named():
    conf = current_app.conf
    assert (
        conf.broker_transport_options["visibility_timeout"]
        == conf.result_backend_transport_options["visibility_timeout"]
        == 600
    )


@pytest.mark.django_db(transaction=True)
def test_drain_without_a_broker_says_what_it_did(smtp, frozen_mails, other_process):
    frozen_mails(2)

    output, _ = other_process("site/manage.py", "drain_outbox").communicate()

    assert output == "2 sent\n"
    assert len(smtp.received) == 2


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_drain_told_to_stop_finishes_the_mail_in_hand(smtp, frozen_mails, other_process, number):
    frozen_mails(3)
    smtp.script.hold = True
    process = other_process("site/manage.py", "drain_outbox", "--loop", "--interval", "1")
    assert smtp.holding.wait(60)
    process.send_signal(number)
    smtp.script.hold = False
    smtp.release.set()
    output, _ = process.communicate()

    assert process.returncode == 0
    assert "1 sent" in output
    assert "Stopped" in output
    assert OutgoingMail.objects.filter(state=MailState.QUEUED, lease_token=None).count() == 2


@pytest.mark.django_db
def test_no_migration_is_missing():
    call_command("makemigrations", "affiliate_workflows", check=True, dry_run=True, verbosity=0)

"""Senders of webhooks that die, and that work at the same time."""

from datetime import timedelta

import pytest
from celery.exceptions import SoftTimeLimitExceeded
from django.utils import timezone

from tests.workflows.leases.test_leases import in_threads
from tests.workflows.webhooks.webhooks import ON_LOOPBACK, make_endpoint
from workflows import tasks
from workflows.core import wakeup
from workflows.core.states import DeliveryState
from workflows.models import WebhookDelivery
from workflows.webhooks import requests
from workflows.webhooks.delivery import deliver_due_webhooks

KILLED_AT = """
import os, django
from django.conf import settings
settings.AFFILIATE_WORKFLOWS = {settings}
django.setup()
from workflows.leases import services as leases
from workflows.webhooks import delivery as webhook_delivery
from workflows.webhooks import requests as web_requests

def die_before(module, name):
    def dead(*args, **kwargs):
        os._exit(9)
    setattr(module, name, dead)

def die_after(module, name):
    alive = getattr(module, name)
    def dying(*args, **kwargs):
        alive(*args, **kwargs)
        os._exit(9)
    setattr(module, name, dying)

{point}
webhook_delivery.deliver_due_webhooks()
"""

BEFORE_THE_REQUEST = [
    "die_before(leases, 'claim')",
    "die_after(leases, 'claim')",
    "die_before(leases, 'start')",
]
INSIDE_BEFORE_IT_IS_SENT = ["die_after(leases, 'start')", "die_before(web_requests, '_send')"]
INSIDE_AFTER_IT_IS_SENT = ["die_before(web_requests, '_beginning')"]
AFTER_THE_ANSWER = ["die_after(web_requests, 'post')", "die_before(leases, 'finish')"]


@pytest.fixture
def receiver(smtp, receiver):
    """Set up after the mail server, which other processes need: both change the settings."""
    return receiver


@pytest.fixture
def waiting(endpoint):
    """Deliveries that another process can make, too, without knowing the tests' event."""

    def make(number):
        WebhookDelivery.objects.bulk_create(
            WebhookDelivery(
                key=f"{n}",
                endpoint=endpoint,
                event_type="thing.happened",
                message_id=f"msg_{n}",
                body=b'{"n": %d}' % n,
                next_attempt_at=timezone.now() - timedelta(minutes=1),
            )
            for n in range(number)
        )

    return make


@pytest.fixture
def killed_at(other_process, waiting):
    def run(point):
        waiting(3)
        code = KILLED_AT.format(point=point, settings=ON_LOOPBACK)
        process = other_process("-c", code)
        output, _ = process.communicate()
        assert process.returncode == 9, output

    return run


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("point", BEFORE_THE_REQUEST)
def test_sender_killed_before_the_request_repeats_nothing(
    receiver, killed_at, lease_runs_out, point
):
    killed_at(point)
    assert receiver.received == []
    lease_runs_out()

    deliver_due_webhooks()

    assert sorted(receiver.ids) == ["msg_0", "msg_1", "msg_2"]
    assert_all_delivered(uncertain=0)


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("point", INSIDE_BEFORE_IT_IS_SENT)
def test_sender_killed_before_it_sent_loses_nothing_and_flags_what_it_began(
    receiver, killed_at, lease_runs_out, point
):
    killed_at(point)
    assert receiver.received == []
    lease_runs_out()

    deliver_due_webhooks()

    assert sorted(receiver.ids) == ["msg_0", "msg_1", "msg_2"]
    assert_all_delivered(uncertain=1)


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("point", [*INSIDE_AFTER_IT_IS_SENT, *AFTER_THE_ANSWER])
def test_sender_killed_after_it_sent_repeats_one_and_flags_it(
    receiver, killed_at, lease_runs_out, point
):
    killed_at(point)
    assert len(receiver.received) == 1
    deliver_due_webhooks()
    assert len(receiver.received) == 1, "the lease still runs"
    lease_runs_out()
    deliver_due_webhooks()

    [repeated] = WebhookDelivery.objects.filter(uncertain_attempts=1)
    same = [one for one in receiver.received if one.headers["webhook-id"] == repeated.message_id]
    assert [one.body for one in same] == [bytes(repeated.body)] * 2
    assert len(receiver.received) == 4
    assert_all_delivered(uncertain=1)


def assert_all_delivered(*, uncertain):
    deliveries = WebhookDelivery.objects.all()
    assert {delivery.state for delivery in deliveries} == {DeliveryState.SENT}
    assert sum(delivery.uncertain_attempts for delivery in deliveries) == uncertain
    assert {delivery.lease_token for delivery in deliveries} == {None}


@pytest.mark.django_db(transaction=True)
def test_sender_killed_while_the_endpoint_is_silent_loses_nothing(
    receiver, other_process, waiting, lease_runs_out
):
    waiting(1)
    receiver.script.hold = True
    code = KILLED_AT.format(point="", settings=ON_LOOPBACK)
    process = other_process("-c", code)
    assert receiver.holding.wait(60)
    process.kill()
    process.wait()
    receiver.script.hold = False
    receiver.release.set()

    deliver_due_webhooks()
    assert len(receiver.received) == 1, "the lease still runs"
    lease_runs_out()
    deliver_due_webhooks()

    assert receiver.ids == ["msg_0", "msg_0"]
    assert_all_delivered(uncertain=1)


@pytest.mark.django_db(transaction=True)
def test_senders_at_once_send_each_event_once(receiver, waiting, settings):
    settings.AFFILIATE_WORKFLOWS = settings.AFFILIATE_WORKFLOWS | {"BATCH_SIZE": 7}
    waiting(100)

    in_threads(3, deliver_due_webhooks)

    assert sorted(receiver.ids) == sorted(f"msg_{n}" for n in range(100))
    assert_all_delivered(uncertain=0)


@pytest.mark.django_db
def test_task_that_runs_out_of_time_gives_back_and_rings_again(waiting, monkeypatch):
    waiting(2)
    woken = []
    monkeypatch.setattr(tasks, "BUSY_SECONDS", -1)
    monkeypatch.setattr(wakeup, "wake", woken.append)

    tasks.deliver_webhooks()

    assert woken == [wakeup.DELIVER_WEBHOOKS]
    waits = WebhookDelivery.objects.filter(state=DeliveryState.QUEUED, lease_token=None)
    assert waits.count() == 2


@pytest.mark.django_db
def test_time_limit_while_posting_marks_one_and_frees_the_rest(waiting, monkeypatch):
    def time_is_up(*args, **kwargs):
        raise SoftTimeLimitExceeded

    waiting(3)
    woken = []
    monkeypatch.setattr(requests, "_send", time_is_up)
    monkeypatch.setattr(wakeup, "wake", woken.append)

    tasks.deliver_webhooks()

    assert woken == [wakeup.DELIVER_WEBHOOKS]
    states = sorted(WebhookDelivery.objects.values_list("state", "lease_token"))
    assert states == [("queued", None), ("queued", None), ("uncertain", None)]


@pytest.mark.django_db(transaction=True)
def test_command_without_a_broker_says_what_it_did(receiver, other_process, waiting):
    make_endpoint(receiver.address)
    waiting(2)
    code = KILLED_AT.format(point="", settings=ON_LOOPBACK).replace(
        "webhook_delivery.deliver_due_webhooks()",
        "from django.core.management import call_command; call_command('deliver_webhooks')",
    )
    output, _ = other_process("-c", code).communicate()
    assert output == "2 sent\n"

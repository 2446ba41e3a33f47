"""Events become rows, and rows become signed requests to a real web server."""

import base64
import hashlib
import hmac
import json
from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from django.db import transaction
from django.utils import timezone

from tests.http_server import Answer
from tests.workflows.webhooks.webhooks import make_endpoint
from workflows.core import wakeup
from workflows.core.exceptions import DeliveryNotResendable, EndpointOff, UnknownEvent
from workflows.core.retry import WEBHOOK_WAITS
from workflows.core.states import DeliveryState
from workflows.core.webhook_signing import signature
from workflows.models import WebhookDelivery, WebhookEndpoint
from workflows.webhooks import requests
from workflows.webhooks.delivery import deliver_due_webhooks
from workflows.webhooks.services import emit, renew_secret, send_again, send_test

pytestmark = pytest.mark.django_db

NOW = datetime(2027, 3, 1, 12, tzinfo=UTC)


def the_delivery():
    return WebhookDelivery.objects.get()


def expected_signature(secret, posted):
    """As a receiver computes it, by the words of the standard."""
    key = base64.b64decode(secret.removeprefix("whsec_"))
    head = f"{posted.headers['webhook-id']}.{posted.headers['webhook-timestamp']}."
    digest = hmac.new(key, head.encode() + posted.body, hashlib.sha256).digest()
    return "v1," + base64.b64encode(digest).decode()


def test_event_arrives_as_signed_json(receiver, endpoint, happened):
    happened({"thing": "naïve ☃"}, now=NOW)

    deliver_due_webhooks()

    [posted] = receiver.received
    assert json.loads(posted.body) == {
        "type": "thing.happened",
        "timestamp": "2027-03-01T12:00:00Z",
        "data": {"thing": "naïve ☃"},
    }
    assert posted.headers["Content-Type"] == "application/json"
    assert posted.headers["webhook-signature"] == expected_signature(endpoint.secret, posted)
    delivery = the_delivery()
    assert (delivery.state, delivery.response_status) == (DeliveryState.SENT, 200)
    assert (delivery.answer, delivery.response_body) == ("200 OK", "thank you")
    assert delivery.sent_at is not None
    assert delivery.lease_token is None


def test_signature_is_the_one_of_the_standards_example():
    """From the reference libraries' tests of Standard Webhooks."""
    made = signature(
        secret="whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw",
        message_id="msg_p5jXN8AQM9LWM0D4loKWxJek",
        timestamp=1614265330,
        body=b'{"test": 2432232314}',
    )
    assert made == "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE="


def test_event_goes_to_those_who_want_it_and_are_on(receiver, endpoint, happened):
    second = make_endpoint(receiver.address)
    make_endpoint(receiver.address, event_types=["something.else"])
    make_endpoint(receiver.address, is_active=False)

    happened()

    told = WebhookDelivery.objects.values_list("endpoint", flat=True)
    assert set(told) == {endpoint.pk, second.pk}
    assert len(set(WebhookDelivery.objects.values_list("message_id", flat=True))) == 1


def test_event_that_is_rolled_back_is_told_to_nobody(endpoint, happened):
    with transaction.atomic():
        happened()
        transaction.set_rollback(True)
    assert not WebhookDelivery.objects.exists()


def test_same_event_again_is_told_once(endpoint, happened):
    person = happened(now=NOW, occurrence="first")
    happened(to=person, now=NOW + timedelta(days=1), occurrence="first")
    assert WebhookDelivery.objects.count() == 1
    happened(to=person, now=NOW, occurrence="second")
    assert WebhookDelivery.objects.count() == 2


def test_event_that_nobody_registered_is_refused(endpoint):
    with pytest.raises(UnknownEvent):
        emit("no.such", endpoint, {}, now=NOW)


@pytest.mark.parametrize("number", [1, 3])
def test_event_costs_the_same_for_more_endpoints(happened, django_assert_num_queries, number):
    for _endpoint in range(number):
        make_endpoint()
    person = happened()
    with django_assert_num_queries(2):
        happened(to=person)


@pytest.mark.django_db(transaction=True)
def test_event_rings_once_after_the_commit(endpoint, happened, monkeypatch):
    woken = []
    monkeypatch.setattr(wakeup, "wake_soon", woken.append)
    with transaction.atomic():
        happened()
        happened()
        assert woken == []
    assert woken == [wakeup.DELIVER_WEBHOOKS]


def test_event_that_nobody_wants_rings_nobody(happened, django_capture_on_commit_callbacks):
    with django_capture_on_commit_callbacks() as callbacks:
        happened()
    assert callbacks == []


@pytest.mark.parametrize("status", [301, 302, 400, 401, 404, 500, 503])
def test_refused_event_is_repeated_with_the_same_bytes_and_id(
    receiver, endpoint, happened, all_due, status
):
    elsewhere = {"Location": f"{receiver.address}/elsewhere"}
    receiver.script.answers = [Answer(status, b"no", elsewhere)]
    happened()
    before = timezone.now()

    deliver_due_webhooks()
    delivery = the_delivery()
    assert (delivery.state, delivery.attempts) == (DeliveryState.QUEUED, 1)
    assert (delivery.response_status, delivery.response_body) == (status, "no")
    assert delivery.next_attempt_at - before > WEBHOOK_WAITS[0] * 0.8
    endpoint.refresh_from_db()
    assert endpoint.failing_since is not None

    all_due()
    deliver_due_webhooks()
    first, second = receiver.received
    assert (first.body, first.headers["webhook-id"]) == (second.body, second.headers["webhook-id"])
    assert second.path == "/hooks"
    assert the_delivery().state == DeliveryState.SENT
    endpoint.refresh_from_db()
    assert endpoint.failing_since is None


def test_repeat_carries_the_time_of_its_own_attempt(receiver, endpoint, happened, all_due):
    receiver.script.answers = [Answer(500)]
    happened()
    with time_machine.travel(NOW, tick=False):
        deliver_due_webhooks()
    all_due()
    with time_machine.travel(NOW + timedelta(hours=1), tick=False):
        deliver_due_webhooks()
    first, second = [int(one.headers["webhook-timestamp"]) for one in receiver.received]
    assert (first, second - first) == (int(NOW.timestamp()), 3600)
    assert receiver.received[1].headers["webhook-signature"] == expected_signature(
        endpoint.secret, receiver.received[1]
    )


def test_retries_last_about_three_days():
    assert timedelta(days=3) <= sum(WEBHOOK_WAITS, timedelta()) < timedelta(days=3.5)


def test_event_refused_too_often_has_failed(receiver, endpoint, happened):
    happened()
    WebhookDelivery.objects.update(attempts=len(WEBHOOK_WAITS))
    receiver.script.answers = [Answer(500)]

    deliver_due_webhooks()

    assert the_delivery().state == DeliveryState.FAILED


def test_connection_lost_before_the_answer_is_flagged_and_repeated(
    receiver, endpoint, happened, all_due
):
    receiver.script.hang_up = 1
    happened()

    deliver_due_webhooks()
    assert (the_delivery().state, the_delivery().uncertain_attempts) == ("uncertain", 1)
    assert "ended before an answer" in the_delivery().answer

    all_due()
    deliver_due_webhooks()
    assert (the_delivery().state, the_delivery().uncertain_attempts) == ("sent", 1)
    assert len(set(receiver.ids)) == 1


def test_event_without_any_answer_is_not_repeated_for_ever(receiver, endpoint, happened, all_due):
    receiver.script.hang_up = 99
    happened()
    for _look in range(15):
        all_due()
        deliver_due_webhooks()
    delivery = the_delivery()
    assert (delivery.state, len(receiver.received)) == ("failed", len(WEBHOOK_WAITS) + 1)
    assert delivery.uncertain_attempts == len(WEBHOOK_WAITS) + 1


def test_silent_endpoint_is_given_up_in_time(receiver, endpoint, happened, monkeypatch):
    monkeypatch.setattr(requests, "STEP_SECONDS", 0.05)
    receiver.script.hold = True
    happened()

    deliver_due_webhooks()

    assert (the_delivery().state, the_delivery().answer) == (
        DeliveryState.UNCERTAIN,
        "No answer came in time.",
    )


def test_nobody_listens_is_a_plain_retry(endpoint, happened):
    WebhookEndpoint.objects.update(address="http://127.0.0.1:1/hooks")
    happened()

    deliver_due_webhooks()

    delivery = the_delivery()
    assert (delivery.state, delivery.attempts, delivery.uncertain_attempts) == ("queued", 1, 0)
    assert "could not connect" in delivery.answer


def test_endpoint_that_does_not_answer_rests_and_holds_up_nobody(receiver, happened, all_due):
    silent = make_endpoint("http://127.0.0.1:1/hooks")
    for _event in range(3):
        happened()
    other = make_endpoint(receiver.address)
    happened()

    deliver_due_webhooks()

    attempts = silent.deliveries.values_list("attempts", flat=True)
    assert sorted(attempts) == [0, 0, 0, 1]
    assert other.deliveries.get().state == DeliveryState.SENT
    all_due()
    deliver_due_webhooks()
    assert sorted(silent.deliveries.values_list("attempts", flat=True)) in (
        [0, 0, 0, 2],
        [0, 0, 1, 1],
    )


@pytest.mark.parametrize(
    ("retry_after", "seconds"),
    [
        ("7200", 7200),
        ("999999999999", 86400),
        ("0", 60),
        ("soon", 60),
        ("", 60),
        ("Wed, 01 Jan 2020 00:00:00 GMT", 60),
        ("Fri, 31 Dec 9999 23:59:59 GMT", 86400),
        ("Fri, 31 Dec 9999 23:59:59 -0000", 60),
    ],
)
@pytest.mark.parametrize("status", [429, 503])
def test_retry_after_is_honored_within_bounds(
    receiver, endpoint, happened, status, retry_after, seconds
):
    receiver.script.answers = [Answer(status, headers={"Retry-After": retry_after})]
    happened()
    before = timezone.now()

    deliver_due_webhooks()

    endpoint.refresh_from_db()
    rest = (endpoint.rest_until - before).total_seconds()
    assert seconds - 1 <= rest < seconds + 60
    happened()
    deliver_due_webhooks()
    assert len(receiver.received) == 1


def test_answer_gone_switches_the_endpoint_off(receiver, endpoint, happened):
    receiver.script.answers = [Answer(410)]
    happened()
    happened()

    deliver_due_webhooks()

    endpoint.refresh_from_db()
    assert not endpoint.is_active
    assert "410 Gone" in endpoint.switched_off_why
    assert {one.state for one in WebhookDelivery.objects.all()} == {DeliveryState.FAILED}
    assert len(receiver.received) == 1


def test_endpoint_failing_for_days_is_switched_off(receiver, endpoint, happened, caplog):
    receiver.script.answers = [Answer(500)]
    happened()
    WebhookEndpoint.objects.update(failing_since=timezone.now() - timedelta(days=5, minutes=1))

    deliver_due_webhooks()

    endpoint.refresh_from_db()
    assert not endpoint.is_active
    assert endpoint.switched_off_why == "Nothing could be delivered to it for 5 days."
    assert "switched off" in caplog.text


def test_endpoint_failing_for_hours_stays_on(receiver, endpoint, happened):
    receiver.script.answers = [Answer(500)]
    happened()
    WebhookEndpoint.objects.update(failing_since=timezone.now() - timedelta(days=4))
    deliver_due_webhooks()
    endpoint.refresh_from_db()
    assert endpoint.is_active


def test_huge_answer_is_read_in_part_and_kept_in_less(receiver, endpoint, happened):
    receiver.script.answers = [Answer(200, b"\0\xff" + b"x" * 5_000_000)]
    happened()

    deliver_due_webhooks()

    assert the_delivery().state == DeliveryState.SENT
    assert the_delivery().response_body == "��" + "x" * 1998


def test_failed_event_sent_again_is_the_same_event(receiver, endpoint, happened):
    happened()
    WebhookDelivery.objects.update(attempts=len(WEBHOOK_WAITS))
    receiver.script.answers = [Answer(500)]
    deliver_due_webhooks()

    send_again(delivery=the_delivery())
    deliver_due_webhooks()

    assert (the_delivery().state, the_delivery().attempts) == (DeliveryState.SENT, 1)
    first, second = receiver.received
    assert (first.body, first.headers["webhook-id"]) == (second.body, second.headers["webhook-id"])


def test_waiting_event_cannot_be_sent_again(endpoint, happened):
    happened()
    with pytest.raises(DeliveryNotResendable):
        send_again(delivery=the_delivery())


def test_nothing_is_sent_again_or_tested_while_the_endpoint_is_off(endpoint, happened):
    happened()
    WebhookDelivery.objects.update(state=DeliveryState.FAILED)
    WebhookEndpoint.objects.update(is_active=False)
    endpoint.refresh_from_db()
    with pytest.raises(EndpointOff):
        send_again(delivery=the_delivery())
    with pytest.raises(EndpointOff):
        send_test(endpoint=endpoint, now=NOW)


def test_test_event_goes_to_one_endpoint_only(receiver, endpoint):
    make_endpoint(receiver.address)
    send_test(endpoint=endpoint, now=NOW)
    deliver_due_webhooks()
    [posted] = receiver.received
    assert json.loads(posted.body)["type"] == "webhook.test"


def test_changed_secret_signs_together_with_the_former_one_for_a_day(receiver, endpoint, happened):
    former = endpoint.secret
    renew_secret(endpoint=endpoint, now=NOW)
    assert endpoint.secret != former
    for hours in (23, 25):
        happened()
        with time_machine.travel(NOW + timedelta(hours=hours), tick=False):
            deliver_due_webhooks()
    during, after = receiver.received
    assert during.headers["webhook-signature"].split() == [
        expected_signature(endpoint.secret, during),
        expected_signature(former, during),
    ]
    assert after.headers["webhook-signature"] == expected_signature(endpoint.secret, after)


@pytest.mark.parametrize("number", [1, 3])
def test_each_delivery_costs_its_two_marks_and_one_look_at_its_endpoint(
    receiver, endpoint, happened, django_assert_num_queries, number
):
    for _event in range(number):
        happened()
    with django_assert_num_queries(3 * number + 2 + 5 + 3):
        deliver_due_webhooks()

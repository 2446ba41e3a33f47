"""Queueing: one row per mail, in the caller's transaction, and waking a worker can do no harm."""

import socket
import threading
import time

import pytest
from django.db import transaction
from django.utils import timezone
from kombu import pools

from workflows.core import wakeup
from workflows.core.exceptions import UnknownMailKind
from workflows.core.states import MailState
from workflows.mail.delivery import deliver_due
from workflows.mail.outbox import NewMail, queue
from workflows.models import OutgoingMail


@pytest.mark.django_db
def test_mail_queued_twice_is_one_mail(queue_notice):
    first = queue_notice("Ann@example.org")
    second = queue_notice("ann@Example.org")

    assert first == second
    assert OutgoingMail.objects.count() == 1


@pytest.mark.django_db
def test_mail_of_another_occurrence_is_another_mail(queue_notice):
    queue_notice("ann@example.org", occurrence="1")
    queue_notice("ann@example.org", occurrence="2")

    assert OutgoingMail.objects.count() == 2


@pytest.mark.django_db
def test_suppressed_mail_is_recorded_with_its_reason_and_not_sent(smtp, queue_notice):
    [mail] = queue_notice("ann@example.org", suppressed="The address bounced.")

    deliver_due()

    mail.refresh_from_db()
    assert (mail.state, mail.answer) == (MailState.SUPPRESSED, "The address bounced.")
    assert smtp.received == []


@pytest.mark.django_db
def test_mail_of_unknown_kind_is_refused():
    mail = NewMail(kind="nobody_knows", to="ann@example.org", subject=None, occurrence="1")

    with pytest.raises(UnknownMailKind):
        queue(mail, now=timezone.now())


@pytest.mark.django_db
@pytest.mark.parametrize("number", [1, 3])
def test_queueing_costs_the_same_for_any_number(queue_notice, django_assert_num_queries, number):
    queue_notice("warm@example.org")

    with django_assert_num_queries(3):
        queue_notice(*[f"person{n}@example.org" for n in range(number)])


@pytest.mark.django_db(transaction=True)
def test_rollback_takes_the_mail_back(queue_notice):
    with transaction.atomic():
        queue_notice("ann@example.org")
        transaction.set_rollback(True)

    assert not OutgoingMail.objects.exists()


@pytest.fixture(params=["refused", "half open"])
def dead_broker(request, settings, monkeypatch):
    """Nobody listens, or somebody takes the connection and never says a word."""
    from celery import current_app

    with socket.create_server(("127.0.0.1", 0)) as listener:
        url = f"redis://127.0.0.1:{listener.getsockname()[1]}/0"
        if request.param == "refused":
            listener.close()
        app = current_app._get_current_object()
        usual = app.conf.broker_url
        app.conf.broker_url = url
        forget_connections(app)
        yield listener
        app.conf.broker_url = usual
        forget_connections(app)


def forget_connections(app):
    """Kombu keeps a pool for each broker; a closed one would serve the next test, too."""
    pools.reset()
    app._pool = None
    app.amqp._producer_pool = None


def wait_for_the_wakeup():
    for thread in threading.enumerate():
        if thread.name == "wakeup":
            thread.join()


@pytest.mark.django_db(transaction=True)
def test_mail_queued_with_a_dead_broker_is_sent_at_the_next_look(
    smtp, queue_notice, dead_broker, settings, quiet_wakeup
):
    settings.AFFILIATE_WORKFLOWS = settings.AFFILIATE_WORKFLOWS | {"WAKEUP": True}

    with transaction.atomic():
        queue_notice("ann@example.org")
    wait_for_the_wakeup()
    assert wakeup._silent_until > time.monotonic(), "waking was tried and failed"
    deliver_due()

    assert smtp.recipients == {"ann@example.org": 1}


def test_bell_is_left_alone_after_a_failure(dead_broker, settings, quiet_wakeup, monkeypatch):
    settings.AFFILIATE_WORKFLOWS = {"WAKEUP": True, "WAKEUP_PAUSE_SECONDS": 1000}
    assert not wakeup.wake(wakeup.DELIVER_MAIL)

    monkeypatch.setattr("workflows.core.wakeup.current_app", None)  # touching it would now fail
    assert not wakeup.wake(wakeup.DELIVER_MAIL)
    until = wakeup._silent_until
    assert not wakeup.wake(wakeup.DELIVER_MAIL)
    assert wakeup._silent_until == until


@pytest.mark.django_db(transaction=True)
def test_bell_that_nobody_answers_keeps_nobody_waiting(queue_notice, settings, monkeypatch):
    """Not even for the second that a half-open broker takes."""
    settings.AFFILIATE_WORKFLOWS = {"WAKEUP": True}
    broker_answers = threading.Event()
    woken = []

    def wake(task):
        woken.append(threading.current_thread().name)
        assert broker_answers.wait(60)

    monkeypatch.setattr(wakeup, "_silent_until", 0.0)
    monkeypatch.setattr(wakeup, "wake", wake)
    for name in ("ann", "bob", "cy"):
        queue_notice(f"{name}@example.org")  # would never return if it waited
    broker_answers.set()
    wait_for_the_wakeup()

    assert set(woken) == {"wakeup"}
    assert 2 <= len(woken) <= 3, "what was queued during a wake-up has one after it"


@pytest.mark.django_db(transaction=True)
def test_bell_woken_once_per_transaction(queue_notice, monkeypatch):
    woken = []
    monkeypatch.setattr(wakeup, "wake_soon", woken.append)

    with transaction.atomic():
        queue_notice("ann@example.org")
        with transaction.atomic():
            queue_notice("bob@example.org")
        assert woken == []

    assert woken == [wakeup.DELIVER_MAIL]

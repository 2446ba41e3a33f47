"""Workers that die, that are slow, and that work at the same time."""

import threading
import uuid

import pytest
from django.db import connections

from workflows.core.exceptions import LeaseLost
from workflows.core.states import MailState
from workflows.leases import services
from workflows.mail.delivery import deliver_due
from workflows.mail.marks import can_pass_on
from workflows.mail.transport import SmtpTransport
from workflows.models import OutgoingMail

DRAIN = ("site/manage.py", "drain_outbox")

KILLED_AT = """
import os, django
django.setup()
from workflows.leases import services as leases
from workflows.mail import delivery, transport

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
delivery.deliver_due()
"""

BEFORE_TRANSPORT = [
    "die_before(leases, 'claim')",
    "die_after(leases, 'claim')",
    "die_before(leases, 'start')",
]
DURING_TRANSPORT = [
    "die_after(leases, 'start')",
    "die_before(transport, 'with_end_of_data')",
]
AFTER_TRANSPORT = ["die_before(leases, 'finish')"]
if can_pass_on():
    DURING_TRANSPORT.append("die_after(delivery, 'pass_on')")
    AFTER_TRANSPORT.append("die_before(delivery, 'pass_on')")


@pytest.fixture
def killed_at(other_process, frozen_mails):
    def run(point):
        frozen_mails(3)
        process = other_process("-c", KILLED_AT.format(point=point))
        output, _ = process.communicate()
        assert process.returncode == 9, output

    return run


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("point", BEFORE_TRANSPORT)
def test_worker_killed_before_transport_repeats_nothing(smtp, killed_at, lease_runs_out, point):
    killed_at(point)
    lease_runs_out()

    deliver_due()

    assert set(smtp.recipients.values()) == {1}
    assert_all_sent(uncertain=0)


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("point", DURING_TRANSPORT)
def test_worker_killed_during_transport_loses_nothing(smtp, killed_at, lease_runs_out, point):
    killed_at(point)
    lease_runs_out()

    deliver_due()

    assert set(smtp.recipients.values()) == {1}
    assert_all_sent(uncertain=1)


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("point", AFTER_TRANSPORT)
def test_worker_killed_after_transport_repeats_one_and_flags_it(
    smtp, killed_at, lease_runs_out, point
):
    killed_at(point)
    lease_runs_out()

    deliver_due()

    assert sorted(smtp.recipients.values()) == [1, 1, 2]
    [repeated] = OutgoingMail.objects.filter(uncertain_attempts=1)
    first, second = [one for one in smtp.received if one.recipient == repeated.recipient]
    assert first.message == second.message
    assert repeated.message_id.encode() in first.message
    assert_all_sent(uncertain=1)


@pytest.mark.django_db(transaction=True)
def test_worker_killed_while_the_server_is_silent_loses_nothing(
    smtp, other_process, frozen_mails, lease_runs_out
):
    frozen_mails(3)
    smtp.script.hold = True
    process = other_process(*DRAIN)
    assert smtp.holding.wait(60)
    process.kill()
    process.wait()
    smtp.script.hold = False
    smtp.release.set()

    deliver_due()
    assert len(smtp.received) == 1, "the lease still runs"
    lease_runs_out()
    deliver_due()

    assert sorted(smtp.recipients.values()) == [1, 1, 2]
    assert_all_sent(uncertain=1)


def assert_all_sent(*, uncertain):
    mails = OutgoingMail.objects.all()
    assert {mail.state for mail in mails} == {MailState.SENT}
    assert sum(mail.uncertain_attempts for mail in mails) == uncertain
    assert {mail.lease_token for mail in mails} == {None}


@pytest.mark.django_db(transaction=True)
def test_workers_at_once_send_each_mail_once(smtp, frozen_mails, settings):
    settings.AFFILIATE_WORKFLOWS = settings.AFFILIATE_WORKFLOWS | {"BATCH_SIZE": 7}
    frozen_mails(200)

    in_threads(2, deliver_due)

    assert len(smtp.received) == 200
    assert set(smtp.recipients.values()) == {1}
    assert smtp.connections == 2
    assert_all_sent(uncertain=0)


@pytest.mark.django_db(transaction=True)
def test_claimers_at_once_never_share_a_mail(frozen_mails):
    frozen_mails(60)
    claimed = []

    def claim_all():
        while mails := services.claim(token=uuid.uuid4(), limit=3):
            claimed.extend(mail.pk for mail in mails)

    in_threads(6, claim_all)

    assert len(claimed) == len(set(claimed)) == 60


def in_threads(number, work):
    """Start together, so that they meet; each with a database connection of its own."""
    together = threading.Barrier(number)
    errors = []

    def run():
        together.wait()
        try:
            work()
        except Exception as error:
            errors.append(error)
        finally:
            connections.close_all()

    threads = [threading.Thread(target=run) for _ in range(number)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert errors == []


@pytest.mark.django_db
def test_slow_worker_changes_nothing_once_its_lease_is_lost(frozen_mails, lease_runs_out):
    frozen_mails(1)
    slow, quick = uuid.uuid4(), uuid.uuid4()
    [mail] = services.claim(token=slow, limit=1)
    services.start(mail, token=slow)
    lease_runs_out()
    services.recover()
    assert services.claim(token=quick, limit=1) == [mail]

    with pytest.raises(LeaseLost):
        services.finish(mail, token=slow, state=MailState.SENT, next_attempt_at=None)
    assert not services.start(mail, token=slow)

    mail.refresh_from_db()
    assert (mail.state, mail.lease_token) == (MailState.SENDING, quick)


@pytest.mark.django_db
def test_lease_lost_while_sending_raises_an_alarm(
    smtp, frozen_mails, lease_runs_out, caplog, monkeypatch
):
    frozen_mails(1)
    send = SmtpTransport.send

    def send_too_slowly(transport, mail):
        outcome = send(transport, mail)
        lease_runs_out()
        services.recover()
        return outcome

    monkeypatch.setattr(SmtpTransport, "send", send_too_slowly)
    done = deliver_due(should_stop=lambda: bool(smtp.received))

    assert done.counts["lease lost"] == 1
    assert "taken over by another worker" in caplog.text
    assert OutgoingMail.objects.get().state == MailState.UNCERTAIN


@pytest.mark.django_db(transaction=True)
def test_mail_that_a_worker_lost_while_sending_does_not_hold_up_the_next(
    smtp, frozen_mails, caplog, monkeypatch
):
    """The mark of the one and the start of the other are one statement."""
    frozen_mails(2)
    send = SmtpTransport.send

    def lose_the_first(transport, mail):
        outcome = send(transport, mail)
        if len(smtp.received) == 1:
            OutgoingMail.objects.filter(pk=mail.pk).update(lease_token=uuid.uuid4())
        return outcome

    monkeypatch.setattr(SmtpTransport, "send", lose_the_first)
    done = deliver_due()

    assert done.counts == {"lease lost": 1, "sent": 1}
    assert "taken over by another worker" in caplog.text
    assert sorted(smtp.recipients.values()) == [1, 1]


@pytest.mark.django_db(transaction=True)
def test_mail_that_was_taken_back_before_its_turn_is_not_sent(smtp, frozen_mails, monkeypatch):
    """As when a person's data are erased while a worker holds emails to this person."""
    frozen_mails(3)
    send = SmtpTransport.send

    def erase_the_next(transport, mail):
        others = OutgoingMail.objects.exclude(pk=mail.pk)
        others.filter(recipient="person1@example.org").update(
            **services.FREE, state=MailState.SUPPRESSED
        )
        return send(transport, mail)

    monkeypatch.setattr(SmtpTransport, "send", erase_the_next)
    done = deliver_due()

    assert done.counts == {"left to another worker": 1, "sent": 2}
    assert set(smtp.recipients) == {"person0@example.org", "person2@example.org"}


@pytest.mark.django_db
def test_lease_is_renewed_for_each_mail(frozen_mails, lease_runs_out):
    frozen_mails(1)
    token = uuid.uuid4()
    [mail] = services.claim(token=token, limit=1)
    lease_runs_out()

    assert services.start(mail, token=token)
    services.recover()

    mail.refresh_from_db()
    assert mail.lease_token == token

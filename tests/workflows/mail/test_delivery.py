"""What happens to one mail after the other, against a real SMTP server."""

from dataclasses import replace
from email import message_from_bytes, policy

import pytest
from django.contrib.contenttypes.models import ContentType
from django.db import transaction
from django.utils import timezone

from workflows.core.exceptions import MailNotResendable
from workflows.core.retry import WAITS
from workflows.core.states import MailState
from workflows.leases import batches
from workflows.mail import kinds
from workflows.mail.delivery import deliver_due
from workflows.mail.marks import can_pass_on
from workflows.mail.outbox import NewMail, queue, send_again
from workflows.mail.reading import read_mail
from workflows.mail.transport import SmtpTransport
from workflows.models import MailWording, OutgoingMail

pytestmark = pytest.mark.django_db


def test_mail_accepted_is_sent_with_the_servers_words(smtp, queue_notice):
    [mail] = queue_notice("ann@example.org")

    deliver_due()

    mail.refresh_from_db()
    assert (mail.state, mail.answer) == (MailState.SENT, "250 2.0.0 taken")
    assert mail.sent_at is not None
    assert mail.lease_token is None
    assert smtp.recipients == {"ann@example.org": 1}


def test_mail_arrives_byte_for_byte_as_frozen(smtp, queue_notice):
    [mail] = queue_notice("ann@example.org")

    deliver_due()

    mail.refresh_from_db()
    assert smtp.received[0].message == bytes(mail.message)
    assert mail.message_id.encode() in bytes(mail.message)


def test_mails_of_one_look_share_one_connection(smtp, queue_notice, settings):
    settings.AFFILIATE_WORKFLOWS = settings.AFFILIATE_WORKFLOWS | {"BATCH_SIZE": 2}
    queue_notice(*[f"person{n}@example.org" for n in range(5)])

    deliver_due()

    assert (len(smtp.received), smtp.connections) == (5, 1)


def test_urgent_mail_goes_before_older_ones(smtp, queue_notice):
    queue_notice("first@example.org", "second@example.org")
    [urgent] = queue_notice("urgent@example.org")
    OutgoingMail.objects.filter(pk=urgent.pk).update(priority=1)

    deliver_due()

    assert smtp.received[0].recipient == "urgent@example.org"


@pytest.mark.parametrize("step", ["at_recipient", "at_data", "at_mail"])
def test_mail_refused_for_now_is_repeated_with_the_same_bytes(smtp, queue_notice, all_due, step):
    [mail] = queue_notice("ann@example.org")
    setattr(smtp.script, step, ["451 4.3.0 try again later"])

    before = timezone.now()
    deliver_due()
    mail.refresh_from_db()
    assert (mail.state, mail.attempts) == (MailState.QUEUED, 1)
    assert mail.answer == "451 4.3.0 try again later"
    assert mail.next_attempt_at - before > WAITS[0] * 0.8
    frozen = bytes(mail.message)

    all_due()
    deliver_due()
    mail.refresh_from_db()
    assert mail.state == MailState.SENT
    assert mail.uncertain_attempts == 0
    assert smtp.received[0].message == frozen


def test_mail_refused_too_often_has_failed(smtp, queue_notice, all_due):
    [mail] = queue_notice("ann@example.org")
    OutgoingMail.objects.update(attempts=len(WAITS))
    smtp.script.at_recipient = ["451 4.3.0 try again later"]

    deliver_due()

    mail.refresh_from_db()
    assert mail.state == MailState.FAILED


@pytest.mark.parametrize("step", ["at_recipient", "at_data"])
def test_mail_refused_for_good_has_failed_and_the_next_is_sent(smtp, queue_notice, step):
    mail, _other = queue_notice("gone@example.org", "ann@example.org")
    setattr(smtp.script, step, ["550 5.1.1 nobody of this name"])

    deliver_due()

    mail.refresh_from_db()
    assert (mail.state, mail.answer) == (MailState.FAILED, "550 5.1.1 nobody of this name")
    assert smtp.recipients == {"ann@example.org": 1}
    assert smtp.connections == 1


@pytest.mark.parametrize("pipelining", [True, False])
@pytest.mark.parametrize(
    ("step", "answer"),
    [
        ("at_mail", "452 4.3.1 no room"),
        ("at_recipient", "550 5.1.1 nobody of this name"),
        ("at_recipient", "450 4.2.0 later"),
        ("at_data", "554 5.7.1 not this"),
    ],
)
def test_commands_in_one_write_end_as_one_by_one(smtp, queue_notice, pipelining, step, answer):
    """Where a server offers it, three commands go out at once (RFC 2920)."""
    smtp.script.pipelining = pipelining
    refused, _other = queue_notice("gone@example.org", "ann@example.org")
    setattr(smtp.script, step, [answer])

    deliver_due()

    refused.refresh_from_db()
    assert refused.answer == answer
    assert smtp.recipients == {"ann@example.org": 1}
    assert smtp.connections == 1


@pytest.mark.parametrize("answer", ["530 5.7.0 log in first", "550 5.7.1 not from this sender"])
def test_mail_refused_for_our_set_up_waits_instead_of_failing(smtp, queue_notice, answer):
    [mail] = queue_notice("ann@example.org")
    smtp.script.at_mail = [answer]

    deliver_due()

    mail.refresh_from_db()
    assert (mail.state, mail.answer) == (MailState.QUEUED, answer)


@pytest.mark.parametrize("address", ["no-at-sign", "sp ace@example.org", "jürgen@example.org"])
def test_mail_to_impossible_address_fails_and_the_next_is_sent(smtp, queue_notice, address):
    mail, _other = queue_notice(address, "ann@example.org")

    deliver_due()

    mail.refresh_from_db()
    assert mail.state == MailState.FAILED
    assert address in mail.answer
    assert smtp.recipients == {"ann@example.org": 1}


def test_international_domain_goes_out_in_ascii(smtp, queue_notice):
    queue_notice("ann@müller.example")

    deliver_due()

    assert smtp.recipients == {"ann@xn--mller-kva.example": 1}


@pytest.fixture
def international(smtp, settings):
    """Site and mail server take addresses of RFC 6531."""
    settings.AFFILIATE_WORKFLOWS = settings.AFFILIATE_WORKFLOWS | {"SMTPUTF8": True}
    smtp.script.smtputf8 = True
    return smtp


@pytest.mark.parametrize("pipelining", [True, False])
def test_international_address_arrives_as_it_is(international, queue_notice, pipelining):
    international.script.pipelining = pipelining
    queue_notice("jürgen@bücher.example", to_name="Jürgen 李")

    deliver_due()

    [arrived] = international.received
    assert arrived.recipient == "jürgen@xn--bcher-kva.example"
    assert {"SMTPUTF8", "BODY=8BITMIME"} <= set(arrived.options)
    to = message_from_bytes(arrived.message, policy=policy.SMTPUTF8)["To"]
    assert "<jürgen@xn--bcher-kva.example>".encode() in arrived.message
    assert to.addresses[0].display_name == "Jürgen 李"
    [(_name, shown)] = [header for header in read_mail(arrived.message).headers if "To" in header]
    assert shown == "Jürgen 李 <jürgen@xn--bcher-kva.example>"


def test_mail_in_ascii_asks_nothing_of_an_international_server(international, queue_notice):
    queue_notice("ann@example.org")

    deliver_due()

    [arrived] = international.received
    assert "SMTPUTF8" not in arrived.options
    assert arrived.message.isascii()


def test_server_that_takes_no_international_address_fails_that_mail_alone(
    international, queue_notice, all_due
):
    """It can be sent again once there is another server; the address is not to blame."""
    international.script.smtputf8 = False
    mail, _other = queue_notice("jürgen@example.org", "ann@example.org")

    deliver_due()
    all_due()
    deliver_due()

    mail.refresh_from_db()
    assert (mail.state, mail.attempts) == (MailState.FAILED, 1)
    assert "letters such as ü" in mail.answer
    assert "jürgen@example.org" in mail.answer
    assert international.recipients == {"ann@example.org": 1}
    assert international.connections == 1

    international.script.smtputf8 = True
    send_again(mail=mail)
    deliver_due()
    assert international.recipients == {"ann@example.org": 1, "jürgen@example.org": 1}


def test_mail_from_an_international_address_waits_for_a_server_that_takes_it(
    international, queue_notice, settings
):
    """It is our set-up that is wrong, not the email."""
    settings.DEFAULT_FROM_EMAIL = "büro@example.org"
    international.script.smtputf8 = False
    [mail] = queue_notice("ann@example.org")

    deliver_due()

    mail.refresh_from_db()
    assert (mail.state, international.received) == (MailState.QUEUED, [])
    assert "büro@example.org" in mail.answer


def test_connection_lost_before_the_end_is_a_plain_retry(smtp, queue_notice):
    [mail] = queue_notice("ann@example.org")
    smtp.script.hang_up_at = ["mail"]

    deliver_due()

    mail.refresh_from_db()
    assert (mail.state, mail.attempts, mail.uncertain_attempts) == (MailState.QUEUED, 1, 0)


def test_connection_lost_before_the_answer_is_flagged_and_repeated(smtp, queue_notice, all_due):
    [mail] = queue_notice("ann@example.org")
    smtp.script.hang_up_at = ["accepted"]

    deliver_due()
    mail.refresh_from_db()
    assert (mail.state, mail.uncertain_attempts) == (MailState.UNCERTAIN, 1)

    all_due()
    deliver_due()
    mail.refresh_from_db()
    assert (mail.state, mail.uncertain_attempts) == (MailState.SENT, 1)
    first, second = smtp.received
    assert first.message == second.message


def test_mail_without_any_answer_is_not_repeated_for_ever(smtp, queue_notice, all_due):
    [mail] = queue_notice("ann@example.org")
    smtp.script.hang_up_at = ["accepted"] * 9

    for _look in range(9):
        all_due()
        deliver_due()

    mail.refresh_from_db()
    assert (mail.state, len(smtp.received)) == (MailState.FAILED, 5)


def test_connection_lost_after_a_mail_does_not_hold_up_the_next(smtp, queue_notice):
    queue_notice("ann@example.org")
    deliver_due()
    queue_notice("bob@example.org", "cid@example.org", "dan@example.org")
    smtp.script.at_recipient = ["250 2.0.0 taken", "421 4.7.0 enough for one connection"]

    deliver_due()

    assert set(smtp.recipients) == {"ann@example.org", "bob@example.org", "dan@example.org"}
    assert OutgoingMail.objects.get(recipient="cid@example.org").state == MailState.QUEUED


def test_unreachable_server_postpones_all_and_blames_none(smtp, queue_notice):
    smtp.stop()
    queue_notice("ann@example.org", "bob@example.org")

    done = deliver_due()

    assert "refused" in done.unreachable
    mails = OutgoingMail.objects.all()
    assert {(mail.state, mail.attempts) for mail in mails} == {(MailState.QUEUED, 0)}
    assert all(mail.next_attempt_at > timezone.now() for mail in mails)


def test_mail_no_longer_owed_is_not_sent(smtp, queue_notice, owed):
    [mail] = queue_notice("ann@example.org")
    owed["paid"].add("ann@example.org")

    deliver_due()

    mail.refresh_from_db()
    assert mail.state == MailState.OBSOLETE
    assert smtp.received == []


def test_mail_that_cannot_be_written_waits_and_the_next_is_sent(smtp, queue_notice):
    broken, _other = queue_notice("ann@example.org", "bob@example.org")
    OutgoingMail.objects.filter(pk=broken.pk).update(kind="nobody_knows")

    deliver_due()

    broken.refresh_from_db()
    assert (broken.state, broken.attempts) == (MailState.QUEUED, 1)
    assert "nobody_knows" in broken.answer
    assert smtp.recipients == {"bob@example.org": 1}


def test_look_told_to_stop_gives_back_what_it_did_not_begin(smtp, queue_notice):
    queue_notice("ann@example.org", "bob@example.org", "cid@example.org")

    done = deliver_due(should_stop=lambda: len(smtp.received) == 1)

    assert done.stopped
    assert len(smtp.received) == 1
    waiting = OutgoingMail.objects.filter(state=MailState.QUEUED, lease_token=None)
    assert waiting.count() == 2


def test_failed_mail_sent_again_is_the_same_mail(smtp, queue_notice):
    [mail] = queue_notice("ann@example.org")
    smtp.script.at_recipient = ["550 5.1.1 nobody of this name"]
    deliver_due()
    mail.refresh_from_db()
    frozen = bytes(mail.message)

    send_again(mail=mail)
    deliver_due()

    mail.refresh_from_db()
    assert (mail.state, mail.attempts) == (MailState.SENT, 1)
    assert smtp.received[0].message == frozen


def test_sent_mail_cannot_be_sent_again(smtp, queue_notice):
    [mail] = queue_notice("ann@example.org")
    deliver_due()

    with pytest.raises(MailNotResendable):
        send_again(mail=mail)


@pytest.mark.parametrize("number", [1, 3])
def test_each_mail_costs_one_mark(smtp, frozen_mails, django_assert_num_queries, number):
    """The mark of one that is sent is that of the next one that leaves."""
    frozen_mails(number)

    with django_assert_num_queries(marks(number) + OVERHEAD):
        deliver_due()


def marks(number):
    """SQLite cannot write two in one statement."""
    return number + 1 if can_pass_on() else 2 * number


OVERHEAD = 2 + 5 + 3
"""Freeing run-out leases; one full claim with its savepoint; one claim that finds nothing."""


@pytest.mark.django_db(transaction=True)
def test_delivery_inside_a_transaction_is_refused(smtp):
    with pytest.raises(RuntimeError), transaction.atomic():
        deliver_due()


def test_urgent_mail_overtakes_a_batch_that_a_worker_has_begun(
    smtp, settings, queue_notice, notice, monkeypatch
):
    """A confirmation that is queued while a long batch is being sent does not wait for its end."""
    settings.AFFILIATE_WORKFLOWS = {**settings.AFFILIATE_WORKFLOWS, "URGENT_LOOK_SECONDS": 0}
    urgent = replace(notice, name="test_urgent", priority=10)
    monkeypatch.setitem(kinds._kinds, urgent.name, urgent)
    MailWording.objects.create(kind=urgent.name, language="en", subject="Now", text="At once")

    def sent_while_the_first_is_on_its_way(mail):
        new = NewMail(kind=urgent.name, to="new@example.org", subject=None, occurrence="1")
        queue(new, now=timezone.now())
        return True

    slow = replace(notice, still_owed=sent_while_the_first_is_on_its_way)
    monkeypatch.setitem(kinds._kinds, notice.name, slow)
    people = [f"person{number}@example.org" for number in range(4)]
    queue_notice(*people)

    done = deliver_due()

    assert [one.recipient for one in smtp.received] == [people[0], "new@example.org", *people[1:]]
    assert done.counts == {"sent": 5}
    assert set(OutgoingMail.objects.values_list("attempts", "lease_token")) == {(1, None)}


def test_wording_changed_while_a_batch_goes_out_is_used_for_the_rest(
    smtp, settings, queue_notice, monkeypatch
):
    """What is fetched for a batch is used for a few seconds only."""
    settings.AFFILIATE_WORKFLOWS = {**settings.AFFILIATE_WORKFLOWS, "URGENT_LOOK_SECONDS": 0}
    monkeypatch.setattr(batches, "FRESH_SECONDS", 0)
    queue_notice(*[f"person{number}@example.org" for number in range(3)])
    send = SmtpTransport.send

    def send_and_edit(transport, mail):
        MailWording.objects.update(text="Something else")
        return send(transport, mail)

    monkeypatch.setattr(SmtpTransport, "send", send_and_edit)
    deliver_due()

    texts = [b"Something else" in one.message for one in smtp.received]
    assert texts == [False, True, True]


def test_kind_whose_rows_cannot_be_fetched_together_does_not_block_the_others(
    smtp, queue_notice, notice, monkeypatch, caplog
):
    monkeypatch.setitem(kinds._kinds, notice.name, replace(notice, related=("no_such_thing",)))
    [mail] = queue_notice("ann@example.org")
    about = ContentType.objects.get_for_model(MailWording)
    wording = MailWording.objects.get()
    OutgoingMail.objects.update(content_type=about, object_id=str(wording.pk))

    deliver_due()

    mail.refresh_from_db()
    assert mail.state == MailState.SENT
    assert "could not be prepared together" in caplog.text

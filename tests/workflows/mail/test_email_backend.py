"""Every other mail of the site goes through the outbox, too."""

import email
import email.policy

import pytest
from django.core.mail import EmailMessage, EmailMultiAlternatives, send_mail
from django.core.mail.backends.locmem import EmailBackend as MemoryBackend
from django.db import transaction

from workflows.core.states import MailState
from workflows.mail.backend import OutboxBackend
from workflows.mail.delivery import deliver_due
from workflows.mail.transport import BackendTransport, Result
from workflows.models import OutgoingMail

pytestmark = pytest.mark.django_db


def read(message):
    return email.message_from_bytes(message, policy=email.policy.default)


def test_site_mail_is_queued_and_arrives(smtp):
    assert send_mail("Grüße", "Schöne Grüße\n.\n", "Büro <office@example.org>", ["ann@e.org"]) == 1
    assert smtp.received == []
    queued = OutgoingMail.objects.get()

    deliver_due()

    [received] = smtp.received
    assert received.message.isascii()
    assert received.message == bytes(queued.message)
    assert read(received.message)["Subject"] == "Grüße"
    assert read(received.message).get_content().strip().startswith("Schöne Grüße")
    assert received.sender == "office@example.org"


def test_each_recipient_gets_a_mail_and_bcc_stays_secret(smtp):
    message = EmailMultiAlternatives(
        "Hello",
        "Hello",
        to=["Ann <ann@example.org>", "ann@example.org"],
        cc=["bob@example.org"],
        bcc=["secret@example.org"],
    )
    message.attach_alternative("<p>Hello</p>", "text/html")
    message.attach("list.csv", "name\nAnn", "text/csv")
    assert message.send() == 1

    deliver_due()

    assert smtp.recipients == {
        "ann@example.org": 1,
        "bob@example.org": 1,
        "secret@example.org": 1,
    }
    assert not any(b"secret" in one.message for one in smtp.received)
    [attachment] = read(smtp.received[0].message).iter_attachments()
    assert attachment.get_filename() == "list.csv"


def test_rollback_takes_site_mail_back(smtp):
    with transaction.atomic():
        send_mail("Hello", "Hello", None, ["ann@example.org"])
        transaction.set_rollback(True)

    assert not OutgoingMail.objects.exists()


def test_mail_to_nobody_counts_as_none(smtp):
    assert OutboxBackend().send_messages([EmailMessage("Hello", "Hello")]) == 0


def test_message_that_cannot_be_written_is_refused_unless_silent(smtp):
    message = EmailMessage("Hello\nBcc: all@example.org", "Hello", to=["ann@example.org"])

    assert OutboxBackend(fail_silently=True).send_messages([message]) == 0
    with pytest.raises(ValueError, match=r"[Hh]eader"):
        OutboxBackend().send_messages([message])
    assert not OutgoingMail.objects.exists()


class Provider(MemoryBackend):
    """A backend that takes parts of a message, as mail providers' do, and may refuse."""

    taken = None
    error = None

    def send_messages(self, messages):
        if self.error:
            raise self.error
        [self.taken] = messages
        return 1


@pytest.fixture
def provider(smtp):
    message = EmailMultiAlternatives(
        "Grüße", "Text", "Office <office@example.org>", ["ann@example.org"], headers={"X-One": "1"}
    )
    message.attach_alternative("<p>HTML</p>", "text/html")
    message.attach("list.csv", "name", "text/csv")
    message.send()
    return BackendTransport(Provider())


def test_other_backend_gets_frozen_bytes_and_their_parts(provider):
    mail = OutgoingMail.objects.get()

    assert provider.send(mail).result is Result.ACCEPTED

    taken = provider.backend.taken
    assert taken.message().as_bytes() == bytes(mail.message)
    assert (taken.subject, taken.body.strip()) == ("Grüße", "Text")
    assert taken.to == ["ann@example.org"]
    assert taken.alternatives[0][0].strip() == "<p>HTML</p>"
    assert taken.extra_headers["X-One"] == "1"
    assert taken.extra_headers["Message-ID"] == mail.message_id
    assert taken.attachments[0][0] == "list.csv"


@pytest.mark.parametrize(
    ("status", "result"),
    [
        (422, Result.REFUSED),
        (401, Result.LATER),
        (429, Result.LATER),
        (503, Result.LATER),
        (None, Result.UNCERTAIN),
    ],
)
def test_other_backends_error_tells_what_to_do(provider, status, result):
    provider.backend.error = ProviderError("no")
    provider.backend.error.status_code = status

    outcome = provider.send(OutgoingMail.objects.get())

    assert (outcome.result, outcome.answer) == (result, "ProviderError: no")


class ProviderError(Exception):
    status_code = None


def test_site_mail_is_ready_before_anybody_looks(smtp):
    send_mail("Hello", "Hello", None, ["ann@example.org"])

    mail = OutgoingMail.objects.get()
    assert (mail.state, mail.subject_line) == (MailState.QUEUED, "Hello")
    assert mail.message_id.encode() in bytes(mail.message)

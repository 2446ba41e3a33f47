from datetime import timedelta

import pytest
from django.db.models.functions import Now
from django.utils import timezone

from tests.factories.users import UserFactory
from tests.http_server import WebhookReceiver
from tests.workflows.deadlines.matters import LEA, ROBIN, Matters
from tests.workflows.webhooks.webhooks import HAPPENED, ON_LOOPBACK, make_endpoint
from workflows.deadlines import policies
from workflows.mail import kinds
from workflows.mail.kinds import MailKind
from workflows.mail.outbox import NewMail, queue
from workflows.models import MailWording, OutgoingMail, WebhookDelivery, WebhookEndpoint
from workflows.webhooks import events
from workflows.webhooks.services import emit


@pytest.fixture
def matters(monkeypatch):
    """Promises that only tests know: Robin holds them, and Lea is told if they are late."""
    known = Matters(helpers=[ROBIN], leaders=[LEA])
    monkeypatch.setitem(policies._policies, known.policy.kind, known.policy)
    return known


@pytest.fixture
def owed():
    """Addresses whose mails are no longer owed."""
    return {"paid": set()}


@pytest.fixture
def notice(monkeypatch, owed):
    """A kind of mail that only tests know. Its wording stands in the database."""
    kind = MailKind(
        name="test_notice",
        templates="affiliate_workflows/mail",
        label="Notice",
        sent_when="A test wants it.",
        placeholders=(),
        context=lambda mail: {},
        still_owed=lambda mail: mail.recipient not in owed["paid"],
    )
    monkeypatch.setitem(kinds._kinds, kind.name, kind)
    return kind


@pytest.fixture
def queue_notice(notice):
    def queue_notices(*addresses, occurrence="1", **fields):
        MailWording.objects.get_or_create(
            kind=notice.name,
            language="en",
            defaults={"subject": "A notice", "text": "Hello\n\n.a line that begins with a dot"},
        )
        mails = [
            NewMail(
                kind=notice.name,
                to=address,
                subject=None,
                occurrence=occurrence,
                language="en",
                **fields,
            )
            for address in addresses
        ]
        return queue(*mails, now=timezone.now())

    return queue_notices


@pytest.fixture
def frozen_mails():
    """Mails that need no rendering, also for processes that do not know the tests' kind."""

    def make(number, prefix="person"):
        message = b"Subject: Hello\r\nMessage-ID: <%d@example.org>\r\n\r\nHello\r\n"
        OutgoingMail.objects.bulk_create(
            OutgoingMail(
                key=f"message/{prefix}/{n}",
                kind="message",
                recipient=f"{prefix}{n}@example.org",
                envelope_sender="office@example.org",
                message=message % n,
                message_id=f"<{n}@example.org>",
                next_attempt_at=Now(),  # by the database's clock: SQLite's counts milliseconds
            )
            for n in range(number)
        )

    return make


@pytest.fixture
def lease_runs_out():
    """Time passes for every lease, by the database's clock."""

    def run_out():
        long_ago = timezone.now() - timedelta(days=1)
        for model in (OutgoingMail, WebhookDelivery):
            model.objects.exclude(leased_until=None).update(leased_until=long_ago)

    return run_out


@pytest.fixture
def all_due():
    """The next attempt of all that waits is due."""

    def make_due():
        long_ago = timezone.now() - timedelta(days=1)
        for model in (OutgoingMail, WebhookDelivery):
            model.objects.exclude(next_attempt_at=None).update(next_attempt_at=long_ago)
        WebhookEndpoint.objects.exclude(rest_until=None).update(rest_until=long_ago)

    return make_due


@pytest.fixture
def happened(monkeypatch):
    """An event that only tests know. Calling it lets it happen to somebody."""
    monkeypatch.setitem(events._events, HAPPENED.name, HAPPENED)

    def happen(data=HAPPENED.example, **options):
        person = options.pop("to", None) or UserFactory()
        emit(HAPPENED.name, person, data, **{"now": timezone.now(), **options})
        return person

    return happen


@pytest.fixture
def receiver(settings):
    """A real web server, and the site set up to send webhooks to this machine."""
    settings.AFFILIATE_WORKFLOWS = {
        **getattr(settings, "AFFILIATE_WORKFLOWS", {}),
        **ON_LOOPBACK,
        "WAKEUP": False,
    }
    with WebhookReceiver().running() as receiver:
        yield receiver


@pytest.fixture
def endpoint(receiver, db):
    return make_endpoint(receiver.address)

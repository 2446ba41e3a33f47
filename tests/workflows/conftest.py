import contextlib
import os
import signal
import subprocess
import sys
from datetime import timedelta
from pathlib import Path

import pytest
from django.db import connection
from django.utils import timezone

from workflows import doorbell, mail_kinds
from workflows.mail_kinds import MailKind
from workflows.models import MailWording, OutgoingMail
from workflows.services.outbox import NewMail, queue

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture
def quiet_bell(monkeypatch):
    """The breaker is closed at first, and forgets what the test did to it."""
    monkeypatch.setattr(doorbell, "_silent_until", 0.0)


@pytest.fixture
def owed():
    """Addresses whose mails are no longer owed."""
    return {"paid": set()}


@pytest.fixture
def notice(monkeypatch, owed):
    """A kind of mail that only tests know. Its wording stands in the database."""
    kind = MailKind(
        name="test_notice",
        app="affiliate_workflows",
        label="Notice",
        sent_when="A test wants it.",
        placeholders=(),
        context=lambda mail: {},
        still_owed=lambda mail: mail.recipient not in owed["paid"],
    )
    monkeypatch.setitem(mail_kinds._kinds, kind.name, kind)
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
            )
            for n in range(number)
        )

    return make


@pytest.fixture
def other_process(smtp):
    """Run Python in another process with the tests' database, mail server and broker."""
    processes = []

    def start(*command, **environment):
        process = subprocess.Popen(
            [sys.executable, *command],
            cwd=ROOT,
            env={
                **os.environ,
                "DJANGO_SETTINGS_MODULE": "program_site.settings.test",
                "PYTHONPATH": f"{ROOT}{os.pathsep}{ROOT / 'site'}",
                "DATABASE_URL": database_url(),
                "EMAIL_URL": f"smtp://127.0.0.1:{smtp.port}",
                **environment,
            },
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            start_new_session=True,
        )
        processes.append(process)
        return process

    yield start
    for process in processes:
        with contextlib.suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)  # a worker's children, too
        process.wait()
        process.stdout.close()


def database_url():
    settings = connection.settings_dict
    if connection.vendor == "sqlite":
        return f"sqlite:///{settings['NAME']}"
    place = f"{settings['HOST']}:{settings['PORT']}/{settings['NAME']}"
    return f"postgres://{settings['USER']}:{settings['PASSWORD']}@{place}"


@pytest.fixture
def lease_runs_out():
    """Time passes for every lease, by the database's clock."""

    def run_out():
        long_ago = timezone.now() - timedelta(days=1)
        OutgoingMail.objects.exclude(leased_until=None).update(leased_until=long_ago)

    return run_out


@pytest.fixture
def all_due():
    """The next attempt of every waiting mail is due."""

    def make_due():
        long_ago = timezone.now() - timedelta(days=1)
        OutgoingMail.objects.exclude(next_attempt_at=None).update(next_attempt_at=long_ago)

    return make_due

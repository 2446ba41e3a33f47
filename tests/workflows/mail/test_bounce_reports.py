"""Mails that come back later, as mail servers report them (RFC 3464, RFC 6533)."""

import io
import sys

import pytest
from django.core.management import call_command

from workflows.models import OutgoingMail
from workflows.signals import mail_bounced

REPORT = """\
From: MAILER-DAEMON@mx.example.net
To: program@example.org
Subject: Undelivered Mail Returned to Sender
MIME-Version: 1.0
Content-Type: multipart/report; report-type=delivery-status; boundary="b1"

--b1
Content-Type: text/plain

I'm sorry to have to inform you that your message could not be delivered.

--b1
Content-Type: message/delivery-status

Reporting-MTA: dns; mx.example.net

Final-Recipient: rfc822; {recipient}
Action: {action}
Status: {status}
Diagnostic-Code: smtp; 550 {status} no

--b1
Content-Type: {attached}

Message-ID: {message_id}
Subject: A short update, please

{body}
--b1--
"""


@pytest.fixture
def sent(db):
    return OutgoingMail.objects.create(
        key="k", kind="update_ask", recipient="Kim@group.example", message_id="<one@example.org>"
    )


@pytest.fixture
def heard():
    addresses = []

    def hear(address, **_kwargs):
        addresses.append(address)

    mail_bounced.connect(hear)
    yield addresses
    mail_bounced.disconnect(hear)


def note(monkeypatch, **changes):
    values = {
        "recipient": "kim@group.example",
        "action": "failed",
        "status": "5.1.1",
        "message_id": "<one@example.org>",
        "attached": "message/rfc822",
        "body": "Hello",
    } | changes
    message = io.TextIOWrapper(io.BytesIO(REPORT.format(**values).encode()))
    monkeypatch.setattr(sys, "stdin", message)
    told = io.StringIO()
    call_command("note_bounce", stdout=told)
    return told.getvalue().strip()


@pytest.mark.parametrize("attached", ["message/rfc822", "text/rfc822-headers"])
def test_report_about_our_mail_is_heard(monkeypatch, sent, heard, attached):
    assert note(monkeypatch, attached=attached) == "Kim@group.example"
    assert heard == ["Kim@group.example"]
    sent.refresh_from_db()
    assert "came back" in sent.answer


@pytest.mark.parametrize(
    ("status_type", "attached"),
    [
        ("message/delivery-status", "message/rfc822"),
        ("message/global-delivery-status", "message/global"),
        ("message/global-delivery-status", "message/global-headers"),
    ],
)
@pytest.mark.parametrize(
    "written",
    [
        "utf-8; jürgen@bücher.example",
        "utf-8;jürgen@xn--bcher-kva.example",
        r"utf-8; j\x{FC}rgen@b\x{FC}cher.example",
    ],
)
def test_report_about_an_international_address_is_heard(
    monkeypatch, sent, heard, written, status_type, attached
):
    OutgoingMail.objects.update(recipient="jürgen@xn--bcher-kva.example")
    report = REPORT.replace("message/delivery-status", status_type)
    monkeypatch.setitem(globals(), "REPORT", report.replace("rfc822; {recipient}", "{recipient}"))
    assert note(monkeypatch, recipient=written, attached=attached) == (
        "jürgen@xn--bcher-kva.example"
    )
    assert heard == ["jürgen@xn--bcher-kva.example"]


@pytest.mark.parametrize(
    "changes",
    [
        {"action": "delayed"},
        {"status": "5.7.1"},
        {"status": "4.4.1"},
        {"message_id": "<another@example.org>"},
        {"recipient": "somebody.else@group.example"},
        {"attached": "text/plain"},
    ],
    ids=lambda changes: next(iter(changes.values())),
)
def test_other_reports_change_nothing(monkeypatch, sent, heard, changes):
    assert note(monkeypatch, **changes) == "No email of ours came back."
    assert heard == []


@pytest.mark.parametrize("message", [b"", b"\xff\xfe\x00", b"Subject: Hello\n\nHi", b"--b1\n"])
def test_what_is_no_report_changes_nothing(monkeypatch, sent, heard, message):
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(message)))
    call_command("note_bounce", stdout=io.StringIO())
    assert heard == []

"""The demo's mailbox, and the health check."""

from datetime import timedelta

import pytest
from django.utils import timezone

from workflows.core.states import MailState
from workflows.models import OutgoingMail

MESSAGE = (
    "Subject: Your application\r\nTo: ada@example.org\r\nMessage-ID: <1@example.org>\r\n"
    "MIME-Version: 1.0\r\nContent-Type: multipart/alternative; boundary=b\r\n\r\n"
    "--b\r\nContent-Type: text/plain; charset=utf-8\r\n\r\nSee https://example.org/status/\r\n"
    "--b\r\nContent-Type: text/html; charset=utf-8\r\n\r\n"
    "<html><head></head><body>Hello <b>Ada</b></body></html>\r\n--b--\r\n"
)


@pytest.fixture(autouse=True)
def demo_urls(settings):
    settings.ROOT_URLCONF = "program_site.demo_urls"


@pytest.fixture
def sent(db):
    def make(number=1):
        return OutgoingMail.objects.create(
            key=f"notice/{number}",
            kind="notice",
            recipient="ada@example.org",
            message=MESSAGE.encode(),
            state=MailState.SENT,
            sent_at=timezone.now(),
        )

    return make


def test_mailbox_without_mails_says_so(db, client):
    assert "No email has been sent yet" in client.get("/mailbox/").content.decode()


def test_mailbox_shows_text_headers_and_html_as_sent(sent, client):
    mail = sent()
    page = client.get("/mailbox/").content.decode()
    assert "Your application" in page
    assert '<a href="https://example.org/status/"' in page
    assert "&lt;1@example.org&gt;" in page
    assert f'src="/mailbox/{mail.pk}/html/"' in page


def test_mailbox_html_part_runs_no_scripts_and_may_be_framed_by_the_site(sent, client):
    answer = client.get(f"/mailbox/{sent().pk}/html/")
    assert "Hello <b>Ada</b>" in answer.content.decode()
    assert answer["X-Frame-Options"] == "SAMEORIGIN"
    assert "default-src 'none'" in answer["Content-Security-Policy"]


def test_mailbox_says_that_mails_wait(db, client):
    OutgoingMail.objects.create(key="waits", kind="notice", recipient="ada@example.org")
    page = client.get("/mailbox/").content.decode()
    assert "1 mail is still waiting to be sent" in page
    assert "notice/" not in page


def test_mailbox_does_not_promise_in_seconds_what_waits_for_tomorrow(db, client):
    OutgoingMail.objects.create(
        key="waits",
        kind="notice",
        recipient="ada@example.org",
        next_attempt_at=timezone.now() + timedelta(hours=9),
    )
    assert "still waiting" not in client.get("/mailbox/").content.decode()


def test_mailbox_asks_the_database_as_often_for_three_mails_as_for_one(
    sent, client, django_assert_num_queries
):
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    sent(1)
    client.get("/mailbox/")
    with CaptureQueriesContext(connection) as for_one:
        client.get("/mailbox/")
    sent(2)
    sent(3)
    with django_assert_num_queries(len(for_one)):
        client.get("/mailbox/")


def test_mailbox_is_not_part_of_the_site(db, client, settings):
    settings.ROOT_URLCONF = "program_site.urls"
    assert client.get("/mailbox/").status_code == 404


def test_health_check_answers_when_the_database_does(db, client):
    assert client.get("/healthz").content == b"ok"

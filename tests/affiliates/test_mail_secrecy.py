"""Who may read which emails in the admin, and what becomes of the private links in them."""

import json
import zipfile
from datetime import timedelta
from email import message_from_bytes, policy

import pytest
import time_machine
from django.core.mail import send_mail
from django.core.management import call_command
from django.urls import reverse
from django.utils import timezone

from affiliates.affiliations.mails.links import affiliate_link
from affiliates.core.exceptions import LinkExpired
from affiliates.links.tokens import read_token
from affiliates.privacy.search import as_text, find_person
from affiliates.updates.mails.asking import UPDATE_REMINDER, update_requested
from tests.factories.affiliations import UpdateRequestFactory, affiliation
from tests.factories.applications import submitted
from tests.factories.pages import ProgramPageFactory
from tests.factories.users import GroupFactory, UserFactory
from tests.standing import stands
from workflows.core.secrets import blot_out
from workflows.core.states import MailState
from workflows.deadlines.digests import WAITING_FOR_YOU
from workflows.mail.delivery import deliver_due
from workflows.mail.outbox import NewMail, queue
from workflows.models import OutgoingMail
from workflows.tasks import blot_out_secrets

pytestmark = pytest.mark.django_db

RESET = (
    "http://localhost:8000/admin/password_reset/confirm/MQ/d6xk1f-0123456789abcdef0123456789abcdef/"
)


@stands()
def two_programs(program):
    """Each with a review group, an application, and an affiliate who asked for a link."""
    other = ProgramPageFactory(title="Canada", slug="canada")
    now = timezone.now()
    for number, each in enumerate((program, other)):
        each.review_group = GroupFactory(name=f"Reviewers {number}")
        each.save()
        submitted(each, name=f"Applicants {number}", contact_email=f"new{number}@example.org")
        group = affiliation(each, title=f"G{number}", contact__email=f"old{number}@example.org")
        queue(affiliate_link(group, group.primary_contact, now=now), now=now)
    return program, other


def mail_reader(*groups, **fields):
    permissions = ["wagtailadmin.access_admin", "affiliate_workflows.view_outgoingmail"]
    permissions += fields.pop("permissions", [])
    return UserFactory(groups=groups, permissions=permissions, **fields)


def pages_of(client, mail):
    """What the list, the page and the download of an email say; None if they are closed."""
    names = {"inspect": [mail.pk], "download": [mail.pk], "index": []}
    found = {
        name: client.get(reverse(f"outgoing_mail:{name}", args=args))
        for name, args in names.items()
    }
    return {
        name: page.content.decode() if page.status_code == 200 else None
        for name, page in found.items()
    }


def seen_by(client, user):
    client.force_login(user)
    page = client.get(reverse("outgoing_mail:index"), {"per_page": 50}).content.decode()
    return {mail.recipient for mail in OutgoingMail.objects.all() if mail.recipient in page}


def test_reviewers_see_the_mails_of_their_own_program_only(client, two_programs, smtp):
    deliver_due()
    for number in (0, 1):
        own = {f"new{number}@example.org", f"old{number}@example.org"}
        assert seen_by(client, mail_reader(f"Reviewers {number}")) == own
        for mail in OutgoingMail.objects.all():
            pages = pages_of(client, mail)
            assert (pages["inspect"] is not None) == (mail.recipient in own)
            assert (pages["download"] is not None) == (mail.recipient in own)


def test_mails_are_sent_again_by_people_of_the_same_program_only(client, two_programs):
    OutgoingMail.objects.update(state=MailState.FAILED)
    client.force_login(
        mail_reader("Reviewers 0", permissions=["affiliate_workflows.change_outgoingmail"])
    )
    for mail in OutgoingMail.objects.all():
        client.post(reverse("outgoing_mail:send_again", args=[mail.pk]))
    queued = OutgoingMail.objects.filter(state=MailState.QUEUED)
    assert {mail.recipient for mail in queued} == {"new0@example.org", "old0@example.org"}


@pytest.mark.parametrize(
    ("permission", "seen"),
    [
        ("view_application", {"new0@example.org", "new1@example.org"}),
        ("view_affiliation", {"old0@example.org", "old1@example.org"}),
    ],
)
def test_who_sees_all_records_sees_all_mails_about_them(client, two_programs, permission, seen):
    assert seen_by(client, mail_reader(permissions=[f"affiliates.{permission}"])) == seen


def test_list_for_a_reviewer_costs_the_same_for_more_mails(
    client, two_programs, django_assert_num_queries, django_assert_max_num_queries
):
    client.force_login(mail_reader("Reviewers 0"))
    url = reverse("outgoing_mail:index")
    client.get(url)
    with django_assert_max_num_queries(100) as two:
        client.get(url)
    submitted(two_programs[0], name="Third", contact_email="third@example.org")
    with django_assert_num_queries(len(two)):
        client.get(url)


def test_private_links_are_for_the_recipient_and_superusers(client, program, smtp, tmp_path):
    group = affiliation(program, contact__email="old@example.org")
    now = timezone.now()
    queue(affiliate_link(group, group.primary_contact, now=now), now=now)
    deliver_due()
    mail = OutgoingMail.objects.get(recipient="old@example.org")
    nonce = group.primary_contact.link_nonce
    everything = ["affiliates.view_affiliation", "affiliates.view_application"]

    client.force_login(mail_reader(permissions=everything))
    pages = pages_of(client, mail)
    assert not any(nonce in page for page in pages.values())
    assert "/join/link/…/" in pages["inspect"]
    text = message_from_bytes(pages["download"].encode(), policy=policy.default)
    assert "/join/link/…/" in text.get_body(("plain",)).get_content()
    assert text["Message-ID"] == mail.message_id

    client.force_login(UserFactory(is_superuser=True))
    assert f"~{nonce}~" in pages_of(client, mail)["inspect"]

    export = as_text(find_person("old@example.org"), now=now)
    assert "/join/link/…/" in export
    assert f"~{nonce}~" not in export
    call_command("export_everything", str(tmp_path / "all.zip"))
    with zipfile.ZipFile(tmp_path / "all.zip") as archive:
        [line] = archive.read("affiliate_workflows.outgoingmail.jsonl").splitlines()
    assert json.loads(line)["fields"]["message"]["base64"]
    assert OutgoingMail.objects.get().message == mail.message, "looking changes nothing"


def test_mail_that_other_code_wrote_is_for_superusers_until_it_is_sent(client, smtp):
    send_mail("Reset", f"Press {RESET}", None, ["root@example.org"])
    mail = OutgoingMail.objects.get()
    client.force_login(mail_reader())
    pages = pages_of(client, mail)
    assert "root@example.org" in pages["index"]
    assert "Only superusers" in pages["inspect"]
    assert "Press" not in pages["inspect"]
    assert pages["download"] is None
    client.force_login(UserFactory(is_superuser=True))
    assert RESET in pages_of(client, mail)["inspect"]

    deliver_due()

    assert RESET.encode() in smtp.received[0].message.replace(b"=\r\n", b"")
    mail.refresh_from_db()
    assert (mail.state, mail.message) == (MailState.SENT, None)
    assert "was deleted" in pages_of(client, mail)["inspect"]


def test_list_of_open_tasks_is_for_its_recipient(client):
    digest = NewMail(kind=WAITING_FOR_YOU, to="lea@example.org", subject=None, occurrence="1")
    queue(digest, now=timezone.now())
    OutgoingMail.objects.update(message=b"Subject: Tasks\r\n\r\nOhio Parents\r\n")
    client.force_login(mail_reader())
    pages = pages_of(client, OutgoingMail.objects.get())
    assert pages["download"] is None
    assert "Ohio Parents" not in pages["inspect"]


def test_links_are_blotted_out_when_they_have_expired_and_the_text_stays(program, smtp):
    now = timezone.now()
    group = affiliation(program, contact__email="old@example.org")
    asked = UpdateRequestFactory(affiliation=group)
    queue(*update_requested(asked, UPDATE_REMINDER, step="1"), now=now)
    deliver_due()
    mail = OutgoingMail.objects.get(recipient="old@example.org")
    before = bytes(mail.message)
    token = f"{group.primary_contact.link_nonce}~".encode()
    assert token in before.replace(b"=\r\n", b"")

    for days, gone in ((364, False), (366, True)):
        with time_machine.travel(now + timedelta(days=days)):
            blot_out_secrets()
        mail.refresh_from_db()
        after = bytes(mail.message)
        assert (token not in after.replace(b"=\r\n", b"")) == gone
        assert (after == before) != gone
    message = message_from_bytes(after, policy=policy.default)
    assert message["Message-ID"] == mail.message_id
    assert blot_out(message["List-Unsubscribe"]) == message["List-Unsubscribe"]
    assert program.title in message.get_body(("plain",)).get_content()


@pytest.mark.parametrize("state", [MailState.UNCERTAIN, MailState.FAILED])
def test_mail_that_may_still_go_out_never_goes_out_blotted(program, smtp, state):
    now = timezone.now()
    group = affiliation(program, contact__email="old@example.org")
    queue(affiliate_link(group, group.primary_contact, now=now), now=now)
    deliver_due()
    OutgoingMail.objects.update(state=state, next_attempt_at=now)
    with time_machine.travel(now + timedelta(days=366)):
        blot_out_secrets()
        OutgoingMail.objects.update(state=MailState.QUEUED)
        deliver_due()
        sent = message_from_bytes(smtp.received[-1].message, policy=policy.default)
        text = sent.get_body(("plain",)).get_content()
        token = text.partition("/join/link/")[2].partition("/")[0]
        if state == MailState.FAILED:
            assert read_token(token).nonce == group.primary_contact.link_nonce
        else:
            with pytest.raises(LinkExpired):
                read_token(token)


def test_server_that_quotes_a_link_does_not_store_it(program, smtp):
    submitted(program)
    nonce = program.applications.get().link_nonce
    token = f"status~{program.applications.get().reference}~{nonce}~1vXyZa~signature"
    smtp.script.at_data = [f"550 5.7.1 We do not like https://example.org/link/{token}/"]
    deliver_due()
    mail = OutgoingMail.objects.get()
    assert mail.answer.endswith("https://example.org/link/…/")

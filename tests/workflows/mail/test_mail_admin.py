import html

import pytest
from django.contrib.auth.models import Permission
from django.urls import reverse
from django.utils import timezone
from wagtail.models import ModelLogEntry

from tests.factories.users import UserFactory
from workflows.core.states import MailState
from workflows.models import MailWording, OutgoingMail

pytestmark = pytest.mark.django_db

MESSAGE = (
    b"From: us@example.org\r\nTo: kim@example.org\r\nSubject: News\r\nMIME-Version: 1.0\r\n"
    b'Content-Type: multipart/alternative; boundary="b"\r\n\r\n'
    b"--b\r\nContent-Type: text/plain; charset=utf-8\r\n\r\nThe text of it\r\n"
    b"--b\r\nContent-Type: text/html; charset=utf-8\r\n\r\n"
    b'<html><head></head><body><script>alert(1)</script><b class="x">Bold</b></body></html>\r\n'
    b"--b--\r\n"
)
EDIT = ("mail_wording:edit", ["draft_saved", "en"])
RESET = ("mail_wording:reset", ["draft_saved", "en"])


def person_with(*permissions):
    names = [f"affiliate_workflows.{name}" for name in permissions]
    return UserFactory(permissions=["wagtailadmin.access_admin", *names])


@pytest.fixture
def postmaster(client):
    user = person_with("view_outgoingmail", "change_outgoingmail", "change_mailwording")
    client.force_login(user)
    return client


def make_mail(number=1, **fields):
    values = {
        "key": f"message/{number}",
        "kind": "draft_saved",
        "recipient": f"kim{number}@example.org",
        "state": MailState.SENT,
        "subject_line": f"News {number}",
        "message": MESSAGE,
        **fields,
    }
    return OutgoingMail.objects.create(**values)


def url_of(mail, view="inspect"):
    return reverse(f"outgoing_mail:{view}", args=[mail.pk])


def list_page(client, **query):
    return client.get(reverse("outgoing_mail:index"), query).content.decode()


def test_list_shows_every_mail_with_recipient_and_state(postmaster):
    make_mail(1, state=MailState.FAILED)
    make_mail(2, kind="never_heard_of", subject_line="")
    page = list_page(postmaster)
    for shown in ("News 1", "kim1@example.org", "Failed", "kim2@example.org", "Other email"):
        assert shown in page


@pytest.mark.parametrize("words", ["kim2@", "News 2", "<id2@", "message/2"])
def test_list_is_searched_by_recipient_subject_message_id_and_key(postmaster, words):
    for number in (1, 2):
        make_mail(number, message_id=f"<id{number}@example.org>")
    page = list_page(postmaster, q=words)
    assert "kim2@example.org" in page
    assert "kim1@example.org" not in page


@pytest.mark.parametrize(
    "query",
    [{"state": "failed"}, {"kind": "draft_saved"}, {"created_at_from": "2020-01-01"}],
)
def test_list_is_filtered_by_state_kind_and_day(postmaster, query):
    make_mail(1, state=MailState.FAILED)
    other = make_mail(2, kind="application_received")
    OutgoingMail.objects.filter(pk=other.pk).update(created_at=timezone.now().replace(year=2019))
    page = list_page(postmaster, **query)
    assert "kim1@example.org" in page
    assert "kim2@example.org" not in page


def test_list_costs_the_same_for_more_mails_and_loads_no_messages(
    postmaster, django_assert_num_queries, django_assert_max_num_queries
):
    make_mail(1)
    list_page(postmaster)
    with django_assert_max_num_queries(100) as one:
        list_page(postmaster)
    make_mail(2)
    make_mail(3)
    with django_assert_num_queries(len(one)) as three:
        list_page(postmaster)
    assert not any('mail"."message"' in query["sql"] for query in three.captured_queries)


def test_mail_is_shown_as_sent(postmaster):
    mail = make_mail(1, state=MailState.FAILED, answer="550 User unknown")
    page = postmaster.get(url_of(mail)).content.decode()
    for shown in ("550 User unknown", "The text of it", "us@example.org", "Send again"):
        assert shown in page
    assert "<script>alert(1)" not in page
    frame = page.partition("<iframe")[2].partition("</iframe>")[0]
    assert "sandbox srcdoc=" in frame
    assert 'class="x"' in html.unescape(frame)
    assert "default-src 'none'" in html.unescape(frame)


def test_mail_that_is_not_written_yet_says_so(postmaster):
    mail = make_mail(1, state=MailState.QUEUED, message=None, subject_line="")
    page = postmaster.get(url_of(mail)).content.decode()
    assert "not written yet" in page
    assert postmaster.get(url_of(mail, "download")).status_code == 404


def test_download_is_the_exact_bytes(postmaster):
    response = postmaster.get(url_of(make_mail(), "download"))
    assert response.content == MESSAGE
    assert response["Content-Type"] == "message/rfc822"
    assert "attachment" in response["Content-Disposition"]


def test_failed_mail_is_sent_again_after_a_confirmation(postmaster):
    mail = make_mail(1, state=MailState.FAILED, attempts=9, next_attempt_at=None)
    assert "Yes, send again" in postmaster.get(url_of(mail, "send_again")).content.decode()
    mail.refresh_from_db()
    assert mail.state == MailState.FAILED
    postmaster.post(url_of(mail, "send_again"))
    mail.refresh_from_db()
    assert mail.state == MailState.QUEUED
    assert mail.next_attempt_at is not None
    assert bytes(mail.message) == MESSAGE
    assert ModelLogEntry.objects.get(action="affiliate_workflows.send_again").object_id == str(
        mail.pk
    )


def test_sent_mail_is_not_sent_again(postmaster):
    mail = make_mail(1, state=MailState.SENT)
    assert "Send again" not in postmaster.get(url_of(mail)).content.decode()
    response = postmaster.post(url_of(mail, "send_again"), follow=True)
    assert "Only a failed email can be sent again" in response.content.decode()
    mail.refresh_from_db()
    assert mail.state == MailState.SENT


@pytest.mark.parametrize("view", ["index", "inspect", "download", "send_again"])
def test_mails_are_closed_to_people_without_permission(client, view):
    mail = make_mail(1, state=MailState.FAILED)
    client.force_login(person_with("change_mailwording"))
    url = reverse("outgoing_mail:index") if view == "index" else url_of(mail, view)
    assert client.get(url).status_code == 302
    client.post(url_of(mail, "send_again"))
    mail.refresh_from_db()
    assert mail.state == MailState.FAILED


def test_seeing_mails_is_not_sending_them(client):
    mail = make_mail(1, state=MailState.FAILED)
    client.force_login(person_with("view_outgoingmail"))
    page = client.get(url_of(mail))
    assert page.status_code == 200
    assert "Send again" not in page.content.decode()
    client.post(url_of(mail, "send_again"))
    mail.refresh_from_db()
    assert mail.state == MailState.FAILED


def post_wording(client, subject="Ours {reference}", text="Go on:\n{draft_url}", button="save"):
    data = {"subject": subject, "text": text, button: ""}
    return client.post(reverse(EDIT[0], args=EDIT[1]), data)


def test_wordings_list_says_which_are_own(postmaster):
    page = postmaster.get(reverse("mail_wording:index")).content.decode()
    assert "Draft saved" in page
    assert "Own wording" not in page
    post_wording(postmaster)
    assert "Own wording" in postmaster.get(reverse("mail_wording:index")).content.decode()


def test_wordings_list_costs_the_same_with_own_wordings(
    postmaster, django_assert_num_queries, django_assert_max_num_queries
):
    url = reverse("mail_wording:index")
    postmaster.get(url)
    with django_assert_max_num_queries(100) as none:
        postmaster.get(url)
    for kind in ("draft_saved", "application_received", "application_withdrawn"):
        MailWording.objects.create(kind=kind, language="en", subject="x", text="y")
    with django_assert_num_queries(len(none)):
        postmaster.get(url)


def test_saved_wording_is_kept_and_logged(postmaster):
    post_wording(postmaster)
    wording = MailWording.objects.get()
    assert (wording.subject, wording.text) == ("Ours {reference}", "Go on:\n{draft_url}")
    assert ModelLogEntry.objects.filter(action="wagtail.create").exists()
    page = postmaster.get(reverse(EDIT[0], args=EDIT[1])).content.decode()
    assert "Ours {reference}" in page
    assert "{last_day}" in page
    assert "Back to default" in page


@pytest.mark.parametrize("field", ["subject", "text"])
@pytest.mark.parametrize("typo", ["{refrence}", "{{ 7*7 }}", "{0.__class__}"])
def test_unknown_placeholder_is_refused_beside_its_field_and_the_text_kept(postmaster, field, typo):
    response = post_wording(postmaster, **{field: f"Hello {typo}"})
    assert not MailWording.objects.exists()
    (message,) = response.context["form"].errors[field]
    assert f"“{typo}”" in message
    assert "{reference}" in message
    assert html.escape(f"Hello {typo}") in response.content.decode()


def test_preview_shows_the_mail_with_examples_and_saves_nothing(postmaster):
    response = post_wording(postmaster, text="Hi, go on:\n{draft_url}\n", button="preview")
    page = html.unescape(response.content.decode())
    assert not MailWording.objects.exists()
    assert "Ours K7M-4QX" in page
    assert "https://example.org/join/link/draft~K7M-4QX/" in page
    assert "Hi, go on:\n{draft_url}" in page
    assert "sandbox srcdoc=" in page


def test_back_to_default_needs_a_post(postmaster):
    post_wording(postmaster)
    url = reverse(RESET[0], args=RESET[1])
    assert "Yes, back to default" in postmaster.get(url).content.decode()
    assert MailWording.objects.exists()
    postmaster.post(url)
    assert not MailWording.objects.exists()
    assert ModelLogEntry.objects.filter(action="wagtail.delete").exists()


@pytest.mark.parametrize(("name", "args"), [EDIT, RESET, ("mail_wording:index", [])])
def test_wordings_are_closed_to_people_without_permission(client, name, args):
    client.force_login(person_with("view_outgoingmail"))
    assert client.get(reverse(name, args=args)).status_code == 302
    post_wording(client)
    assert not MailWording.objects.exists()


@pytest.mark.parametrize("args", [["no_such_kind", "en"], ["draft_saved", "xx"]])
def test_wording_that_cannot_exist_is_not_found(postmaster, args):
    assert postmaster.get(reverse("mail_wording:edit", args=args)).status_code == 404


def test_permissions_can_be_given_to_groups(admin_client):
    page = admin_client.get(reverse("wagtailusers_groups:add"))
    codenames = {"view_outgoingmail", "change_outgoingmail", "change_mailwording"}
    wanted = Permission.objects.filter(codename__in=codenames)
    offered = page.content.decode()
    assert all(f'value="{permission.pk}"' in offered for permission in wanted)
    useless = Permission.objects.get(codename="delete_outgoingmail")
    assert f'name="permissions" value="{useless.pk}"' not in offered


LISTED = ("mail_wording:edit", ["waiting_for_you", "en"])


@pytest.mark.parametrize(
    ("subject", "text", "complaint"),
    [
        ("{waiting}", "{waiting}", "A list does not fit into a subject. Take out {waiting}."),
        ("Ours", "All: {waiting}", "{waiting} is a list. Put it on a line of its own."),
    ],
)
def test_list_in_the_wrong_place_is_refused_and_what_was_typed_stays(
    postmaster, subject, text, complaint
):
    page = postmaster.post(reverse(LISTED[0], args=LISTED[1]), {"subject": subject, "text": text})
    assert complaint in html.unescape(page.content.decode())
    assert text in page.content.decode()
    assert not MailWording.objects.exists()


def test_preview_of_a_list_shows_its_example_as_items(postmaster):
    data = {"subject": "Ours", "text": "All of it:\n{waiting}", "preview": "1"}
    page = postmaster.post(reverse(LISTED[0], args=LISTED[1]), data).content.decode()
    shown = html.unescape(page)
    assert "All of it:\n\n- Ohio Parents. Review: was due 2 days ago\n- Maine" in shown
    assert "<li" in shown.split("srcdoc=")[1]

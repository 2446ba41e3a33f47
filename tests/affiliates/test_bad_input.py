"""Bad input through the real form: e-mail, text, links. Files, API and import have tests of theirs.

Refused input gets a message beside its field, is shown again as typed, and leaves nothing stored.
Mended input is stored in its mended form, silently.
"""

import unicodedata
from html import unescape

import pytest
from django.test import Client
from django.utils import timezone
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from affiliates.models import Application, ApplicationQuestion
from tests.factories.applications import apply_url, posted
from tests.standing import stands
from workflows.core.states import MailState
from workflows.mail.reading import read_mail
from workflows.mail.rendering import render
from workflows.models import OutgoingMail

pytestmark = pytest.mark.django_db


def send(client, program, **changes):
    return client.post(apply_url(program), posted(program, **changes))


def refused(client, program, field, text, **changes):
    """The messages beside ``field``, after checking what holds for every refusal."""
    response = send(client, program, **{field: text, **changes})
    form, html = response.context["form"], unescape(response.content.decode())
    assert response.status_code == 422
    assert list(form.errors) == [field]
    assert form[field].value() == text
    assert f'id="id_{field}_error"' in html
    assert f'aria-describedby="id_{field}' in html
    assert form["summary"].value() in html
    assert not Application.objects.exists()
    assert not OutgoingMail.objects.exists()
    return form.errors[field]


def mended(client, program, **changes):
    response = send(client, program, **changes)
    errors = response.context["form"].errors if response.context else None
    assert response.status_code == 302, errors
    return Application.objects.get()


# E-mail


@pytest.mark.parametrize("field", ["contact_email", "alternate_email"])
@pytest.mark.parametrize(
    ("address", "says"),
    [
        ("a@[127.0.0.1]", "name on the internet"),
        ("a@[IPv6:::1]", "name on the internet"),
        ("a@localhost", "name on the internet"),
        ("a@127.0.0.1", "We cannot write"),
        ("x" * 65 + "@x.org", "64 characters"),
        ("a@" + "b" * 64 + ".org", "We cannot write"),
        ("a@" + ".".join(["b" * 60] * 5) + ".org", "We cannot write"),
        ("a@b.c, d@e.f", "one address only"),
        ("a@b.org; d@e.org", "one address only"),
        ("a@b.org d@e.org", "one address only"),
        ("a@b@c.org", "one address only"),
        ("a@b.org\nBcc: c@d.org", "one address only"),
        ("ü@x.org", "letters such as ü"),
        ("no at sign", "no @"),
        ("@x.org", "before the @"),
        ("a@", "name on the internet"),
        ("a..b@x.org", "We cannot write"),
        ("a@x..org", "We cannot write"),
        ("a b@x.org", "We cannot write"),
        ("a@example.test", "We cannot write"),
        ("<script>@x.org", "We cannot write"),
    ],
)
def test_address_that_cannot_be_written_to_is_refused(client, program, field, address, says):
    changes = {"alternate_name": "Jo Poe"} if field == "alternate_email" else {}
    assert says in refused(client, program, field, address, **changes)[0]


@pytest.mark.parametrize(
    ("typed", "stored"),
    [
        ("a@example.org\n", "a@example.org"),
        (" a@example.org ", "a@example.org"),
        ("a@example.org.", "a@example.org"),
        ("a@EXAMPLE.org", "a@example.org"),
        ("Ada Lovelace <a@example.org>", "a@example.org"),
        ("mailto:a@example.org", "a@example.org"),
        ("a\u200b@example.org", "a@example.org"),
        ("a@bücher.org", "a@xn--bcher-kva.org"),
        ("a＠example.org", "a@example.org"),
        ("ａ＠ｅｘａｍｐｌｅ．ｏｒｇ", "a@example.org"),
        ("a@xn--bcher-kva.org", "a@xn--bcher-kva.org"),
        ("+1@x.org", "+1@x.org"),
        ("o'neil+tag@x.org", "o'neil+tag@x.org"),
    ],
)
def test_address_is_mended_and_written_to(client, program, typed, stored):
    application = mended(client, program, contact_email=typed)
    assert application.contacts.get().email == stored
    assert OutgoingMail.objects.filter(recipient=stored).count() == 1


@pytest.mark.parametrize("name", ["Suharto", "李"])
def test_person_may_have_one_name(client, program, name):
    mended(client, program, contact_name=name)
    mail = render(OutgoingMail.objects.get(kind="application_received"))
    assert read_mail(mail.message).text.splitlines()[0] == f"Hello {name},"


def test_group_with_an_international_address_is_written_to(client, program, settings):
    settings.AFFILIATE_WORKFLOWS = settings.AFFILIATE_WORKFLOWS | {"SMTPUTF8": True}
    contact = mended(client, program, contact_email="Jürgen@example.org").contacts.get()
    assert (contact.email, contact.email_key) == ("jürgen@example.org",) * 2
    assert OutgoingMail.objects.filter(recipient="jürgen@example.org").count() == 1


@pytest.mark.parametrize(
    "variant", ["ROSA@saferschools.org", "ro.sa@saferschools.org", "rosa+new@saferschools.org"]
)
def test_variant_of_a_known_address_is_compared_as_the_same_but_used_as_typed(
    client, program, variant
):
    contact = mended(client, program, contact_email=variant).contacts.get()
    assert contact.email_key == "rosa@saferschools.org"
    assert contact.email == variant


def test_address_that_bounced_before_is_tried_again_and_tells_nobody(client, program):
    """People mend their mailboxes. The answer is the same as for an address nobody has seen."""
    mended(client, program).contacts.update(bounced_at=timezone.now())
    response = send(client, program, name="Another group")
    assert response.status_code == 302
    mails = OutgoingMail.objects.filter(kind="application_received")
    assert [mail.state for mail in mails] == [MailState.QUEUED, MailState.QUEUED]


# Text

LINE_FIELDS = ["name", "contact_name"]
TEXT_FIELDS = [*LINE_FIELDS, "summary"]


@pytest.mark.parametrize("field", TEXT_FIELDS)
@pytest.mark.parametrize(
    "nothing", ["", "   ", "\n\t", "\u200b\u200b", "\u2060\ufeff", "\u3164", "\u202e", "\0"]
)
def test_text_that_shows_nothing_counts_as_missing(client, program, field, nothing):
    response = send(client, program, **{field: nothing})
    assert "Please" in response.context["form"].errors[field][0]
    assert not Application.objects.exists()


@pytest.mark.parametrize("field", TEXT_FIELDS)
@pytest.mark.parametrize("length", [6_000, 1_000_000])
def test_too_long_a_text_is_refused_with_its_length(client, program, field, length):
    assert str(length) in refused(client, program, field, "x" * length)[0].replace(",", "")


@pytest.mark.parametrize(("field", "limit"), [("name", "255"), ("contact_name", "100")])
def test_name_of_300_characters_is_refused(client, program, field, limit):
    assert limit in refused(client, program, field, "x" * 300)[0]


@pytest.mark.parametrize("field", LINE_FIELDS)
@pytest.mark.parametrize("name", ["🎉🎉", "!!!", "👨‍👩‍👧", "…"])
def test_name_without_a_letter_is_refused(client, program, field, name):
    assert "letters or digits" in refused(client, program, field, name)[0]


@pytest.mark.parametrize("field", TEXT_FIELDS)
def test_hundreds_of_combining_marks_are_refused(client, program, field):
    assert "too many marks" in refused(client, program, field, "A" + "\u0301" * 400)[0]


@pytest.mark.parametrize(
    ("typed", "stored"),
    [
        ("Safe\0 Schools", "Safe Schools"),
        ("Safe\r\nBcc: x", "Safe Bcc: x"),
        ("Safe\u2028Schools", "Safe Schools"),
        ("Safe \u202eSchools", "Safe Schools"),
        ("Safe\u200bSchools", "SafeSchools"),
        ("Écoles", unicodedata.normalize("NFC", "E\u0301coles")),
        ("E\u0301coles", unicodedata.normalize("NFC", "Écoles")),
        ("Schools 🎉", "Schools 🎉"),
        ("<svg onload=alert(1)>", "<svg onload=alert(1)>"),
        ("{{ 7*7 }} {0.__class__} {name}", "{{ 7*7 }} {0.__class__} {name}"),
        ("=HYPERLINK(A1)", "=HYPERLINK(A1)"),
        ("\t=1+1", "=1+1"),
        ("@SUM(A1)", "@SUM(A1)"),
        ("x" * 100, "x" * 100),
    ],
)
@pytest.mark.parametrize("field", LINE_FIELDS)
def test_line_is_stored_clean_and_means_nothing_else(client, program, field, typed, stored):
    application = mended(client, program, **{field: typed})
    found = application.name if field == "name" else application.contacts.get().name
    assert found == stored


@pytest.mark.parametrize(
    ("typed", "stored"),
    [("Safe\r\nBcc: x@y.org", "Safe Bcc: x@y.org"), ("x" * 255, "x" * 255)],
)
def test_name_of_a_group_may_be_longer_and_hold_an_address(client, program, typed, stored):
    assert mended(client, program, name=typed).name == stored


@pytest.mark.parametrize("text", ["<svg onload=alert(1)>", "{{ 7*7 }}", "</textarea><script>"])
def test_markup_is_shown_again_as_text(client, program, text):
    html = send(client, program, summary=text, name="").content.decode()
    assert "<svg onload" not in html
    assert "</textarea><script>" not in html
    assert ">49<" not in html


def test_paragraphs_keep_their_lines(client, program):
    assert mended(client, program, summary="One\r\n\r\n\r\n\r\nTwo").summary == "One\n\nTwo"


@pytest.mark.parametrize("phone", ["12", "call me", "x" * 50])
def test_phone_without_a_number_is_refused(client, program, phone):
    refused(client, program, "contact_phone", phone)


# Links


@pytest.mark.parametrize(
    ("field", "link"),
    [
        ("link_youtube", "https://www.youtube.com/channel/"),
        ("link_website", "javascript:alert(1)"),
        ("link_website", "ftp://x.org/"),
        ("link_website", "data:text/html,x"),
        ("link_website", "http://a:b@x.org"),
        ("link_website", "http://x.org\\@evil.org"),
        ("link_website", "http://169.254.169.254/"),
        ("link_website", "http://localhost:6379"),
        ("link_website", "http://[::ffff:7f00:1]/"),
        ("link_website", "http://[::1"),
        ("link_website", "http://2130706433/"),
        ("link_website", "http://0x7f.1/"),
        ("link_website", "http://printer.local/"),
        ("link_website", "not a link"),
        ("link_website", "https://" + "x" * 600 + ".org"),
        ("link_instagram", "https://www.facebook.com/group"),
        ("link_website", "https://www.facebook.com/group"),
        ("link_facebook", "https://x.org/"),
        ("link_twitter", "@"),
    ],
)
def test_link_that_leads_nowhere_or_elsewhere_is_refused(client, program, field, link):
    refused(client, program, field, link)


@pytest.mark.parametrize(
    ("network", "typed", "stored"),
    [
        ("website", "example.org", "https://example.org"),
        ("website", " https://example.org/a?b=c ", "https://example.org/a?b=c"),
        ("website", "https://example.org/./a/../b/?c=../d", "https://example.org/b/?c=../d"),
        ("website", "https://example.org/a/%2E%2e/../b", "https://example.org/b"),
        ("website", "https://example.org//x/../y", "https://example.org//y"),
        ("facebook", "https://facebook.com/groups/../safer/.", "https://facebook.com/safer/"),
        ("facebook", "m.facebook.com/safer", "https://www.facebook.com/safer"),
        ("facebook", "https://de-de.facebook.com/safer", "https://www.facebook.com/safer"),
        ("instagram", "@safer", "https://www.instagram.com/safer"),
        ("twitter", "safer", "https://x.com/safer"),
        ("youtube", "@safer", "https://www.youtube.com/@safer"),
    ],
)
def test_link_is_mended(client, program, network, typed, stored):
    application = mended(client, program, **{"link_website": "", f"link_{network}": typed})
    assert application.links == [{"network": network, "url": stored}]


def test_link_to_a_page_that_dots_lead_away_from_is_refused(client, program):
    refused(client, program, "link_youtube", "https://www.youtube.com/@safer/../watch")


def test_same_link_twice_is_told_once(client, program):
    """Two fields can only hold the same link if one of them is wrong, which the network tells."""
    link = "https://www.facebook.com/safer"
    response = send(client, program, link_facebook=link, link_website=link)
    assert list(response.context["form"].errors) == ["link_website"]


# Form


@pytest.mark.parametrize("field", ["name", "region", "scope", "contact_email"])
def test_fields_that_do_not_arrive_count_as_missing(client, program, field):
    response = send(client, program, **{field: None})
    assert field in response.context["form"].errors


@pytest.mark.parametrize("field", ["region", "scope"])
@pytest.mark.parametrize("value", ["\0", "US-XX", "state; drop", "x" * 100_000])
def test_choice_that_was_not_offered_is_refused(client, program, field, value):
    response = send(client, program, **{field: value})
    assert field in response.context["form"].errors
    assert not Application.objects.exists()


@pytest.mark.parametrize("language", ["xx", "\0", "en-GB-x-long" * 100, ""])
def test_language_that_is_not_offered_becomes_the_sites(client, program, language):
    assert mended(client, program, language=language).language == "en"


def test_fields_of_the_row_cannot_be_set_from_outside(client, program):
    application = mended(
        client, program, state="approved", reference="AAA-AAA", submitted_at="2000-01-01", id="1"
    )
    assert application.state == "submitted"
    assert application.reference != "AAA-AAA"


def test_form_in_another_charset_gets_a_page_that_helps(client, program):
    """One that writes characters as escapes can write what no database keeps."""
    typed = {**posted(program), "name": "A\\ud800B", "save": "1"}
    part = '--x\r\nContent-Disposition: form-data; name="{}"\r\n\r\n{}\r\n'
    body = "".join(part.format(name, value) for name, value in typed.items()) + "--x--\r\n"
    content_type = "multipart/form-data; charset=unicode_escape; boundary=x"
    response = client.generic("POST", apply_url(program), body.encode(), content_type)
    assert response.status_code == 400
    assert "<h1>" in response.content.decode()
    assert not Application.objects.exists()


@pytest.mark.parametrize(
    ("body", "content_type"),
    [
        (b"--x\r\nbroken", "multipart/form-data; boundary=x"),
        (b"x", "multipart/form-data"),
        (b"a=b", "application/x-www-form-urlencoded; charset=nonsense"),
        (b"{}", "application/json"),
        (b"\xff\xfe\x00", "application/x-www-form-urlencoded"),
        (b"&".join(b"a%d=" % n for n in range(20_000)), "application/x-www-form-urlencoded"),
    ],
)
def test_garbled_form_gets_a_page_that_helps(client, program, body, content_type):
    response = client.generic("POST", apply_url(program), body, content_type=content_type)
    assert response.status_code in (400, 413, 422)
    assert "<h1>" in response.content.decode()
    assert not Application.objects.exists()


def test_form_in_chunks_gets_a_page_that_helps(client, program):
    """Django reads a body without a length as empty."""
    headers = {"Transfer-Encoding": "chunked"}
    response = client.post(apply_url(program), posted(program), headers=headers)
    assert response.status_code == 411
    assert "Nothing was saved" in response.content.decode()


ANY_FIELD = st.sampled_from(
    [
        *("name", "region", "scope", "locality", "summary", "subject", "language", "save"),
        *("contact_name", "contact_email", "contact_phone", "alternate_email", "form_token"),
        *("link_website", "link_facebook", "link_youtube", "proof", "q_day", "q_moment", "q_many"),
        *("q_picks", "q_number"),
    ]
)


@stands()
def program_with_questions(program):
    kinds = {
        "day": "date",
        "moment": "datetime",
        "many": "multiline",
        "picks": "checkboxes",
        "number": "number",
    }
    for label, kind in kinds.items():
        ApplicationQuestion.objects.create(
            program=program, label=label, field_type=kind, choices="a,b", required=False
        )
    return program


@settings(
    max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(changes=st.dictionaries(ANY_FIELD, st.text(max_size=60), max_size=6))
def test_whatever_is_typed_never_breaks_the_form(program_with_questions, changes):
    response = Client().post(
        apply_url(program_with_questions), posted(program_with_questions, **changes)
    )
    assert response.status_code in (302, 422, 429)


@settings(
    max_examples=100, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(body=st.binary(max_size=300))
def test_whatever_bytes_are_posted_never_break_the_form(program_with_questions, body):
    response = Client().post(
        apply_url(program_with_questions),
        body,
        content_type="application/x-www-form-urlencoded",
    )
    assert response.status_code in (400, 422)


@settings(
    max_examples=100, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(token=st.text(min_size=1, max_size=60))
def test_whatever_stands_in_a_link_never_breaks_it(program, token):
    response = Client().generic("GET", f"/join/link/{token}/")
    assert response.status_code in (301, 302, 400, 404, 405)

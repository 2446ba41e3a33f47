import dataclasses
from datetime import UTC, datetime
from email import message_from_bytes, policy
from html.parser import HTMLParser

import pytest
from wagtail.models import Site

from workflows.core.exceptions import BadAddress, UnknownMailKind
from workflows.mail import kinds
from workflows.mail.kinds import ListItem, MailKind, Placeholder
from workflows.mail.rendering import render
from workflows.models import MailWording, OutgoingMail

pytestmark = pytest.mark.django_db

SUBJECT = "Hello {name}"
TEXT = """Hello {name},

This is the news.

- first
- for {name}

Look at it:
{url}

{note}

Bye
The team
"""

KIND = MailKind(
    name="parcel_sent",
    templates="workflows/mail",
    label="Parcel sent",
    sent_when="When a parcel leaves.",
    placeholders=(
        Placeholder("name", "Who gets it.", "Kim"),
        Placeholder("url", "Where it is.", "https://post.example/1", is_link=True),
        Placeholder("note", "What else.", ""),
    ),
    context=lambda mail: {"name": "Kim", "url": "https://post.example/1", "note": ""},
    reply_to=lambda mail: "help@bücher.example",
    headers=lambda mail: {"X-Parcel": "1\r\nBcc: spy@example.org"},
    why="You ordered a parcel.",
)


@pytest.fixture
def kind(monkeypatch):
    monkeypatch.setattr(kinds, "_kinds", dict(kinds._kinds))
    kinds.register(KIND)
    MailWording.objects.create(kind=KIND.name, language="en", subject=SUBJECT, text=TEXT)
    return KIND


def mail_to(recipient="kim@example.org", name="", **fields):
    return OutgoingMail(kind=KIND.name, recipient=recipient, recipient_name=name, **fields)


def parsed(mail, **options):
    message = message_from_bytes(render(mail, **options).message, policy=policy.default)
    assert not [defect for part in message.walk() for defect in part.defects]
    return message


def text_of(message):
    return message.get_body(("plain",)).get_content().replace("\r\n", "\n")


def html_of(message):
    return message.get_body(("html",)).get_content()


def use_values(**values):
    kinds.register(dataclasses.replace(KIND, context=lambda mail: values))


def test_mail_has_the_headers_that_receivers_need(kind, settings):
    settings.DEFAULT_FROM_EMAIL = "Example Alliance <mail@alliance.example>"
    message = parsed(mail_to(name="Kim Lee"), now=datetime(2026, 11, 23, 9, 30, tzinfo=UTC))
    assert message["From"] == "Example Alliance <mail@alliance.example>"
    assert message["To"] == "Kim Lee <kim@example.org>"
    assert message["Subject"] == "Hello Kim"
    assert message["Date"].datetime == datetime(2026, 11, 23, 9, 30, tzinfo=UTC)
    assert message["Auto-Submitted"] == "auto-generated"
    assert message["Message-ID"].endswith("@alliance.example>")
    assert message["Reply-To"] == "help@xn--bcher-kva.example"


def test_sender_setting_goes_before_the_default(kind, settings):
    settings.AFFILIATE_WORKFLOWS = {"SENDER": "Us <us@ours.example>", "SENDER_DOMAIN": "id.example"}
    rendered = render(mail_to())
    assert rendered.envelope_sender == "us@ours.example"
    assert rendered.message_id.endswith("@id.example>")
    assert f"Message-ID: {rendered.message_id}\r\n".encode() in rendered.message


def test_each_rendering_has_its_own_message_id(kind):
    assert render(mail_to()).message_id != render(mail_to()).message_id


def test_text_and_html_say_the_same(kind):
    message = parsed(mail_to())
    text, html = text_of(message), html_of(message)
    assert text.startswith(
        "Hello Kim,\n\nThis is the news.\n\n- first\n- for Kim\n\n"
        "Look at it:\nhttps://post.example/1\n\nBye\nThe team\n"
    )
    assert "<li" in html
    assert "for Kim" in html
    assert 'href="https://post.example/1"' in html
    assert "Look at it</a>" in html
    assert "Bye<br>The team" in html


def test_foot_says_who_writes_why_and_whom_to_ask(kind):
    Site.objects.update(site_name="Example Alliance")
    message = parsed(mail_to())
    for body in (text_of(message), html_of(message)):
        assert "Example Alliance" in body
        assert "You ordered a parcel." in body
        assert "help@bücher.example" in body


def test_mail_is_seven_bit_clean_with_short_lines(kind):
    use_values(name="Ünal " * 300, url="https://post.example/" + "a" * 900, note="الاسم")
    message = render(mail_to(name="Ü" * 250)).message
    assert message.isascii()
    lines = message.split(b"\r\n")
    assert max(map(len, lines)) <= 78
    assert not any(b"\n" in line or b"\r" in line for line in lines)


def test_long_text_arrives_unchanged(kind):
    use_values(name="Ünal=3D " + "x" * 500, url="https://post.example/?a=1&b=2", note=".")
    text = text_of(parsed(mail_to()))
    assert "Ünal=3D " + "x" * 500 in text
    assert "https://post.example/?a=1&b=2" in text
    assert "\n.\n" in text


@pytest.mark.parametrize(
    "hostile",
    [
        "{{ 7*7 }}",
        "{0.__class__}",
        "{reference}",
        "{url}",
        "[[subject]] [[href]]",
        "%(x)s %s",
        "<svg onload=alert(1)>",
        "</title><script>alert(1)</script>",
        '"><img src=https://spy.example/x.png>',
    ],
)
def test_what_an_applicant_typed_comes_out_as_typed(kind, hostile):
    use_values(name=hostile, url="https://post.example/1", note=hostile)
    message = parsed(mail_to(name=hostile))
    assert message["Subject"] == f"Hello {hostile}"
    assert f"Hello {hostile},\n" in text_of(message)
    html = html_of(message)
    assert "<svg" not in html
    assert "<script" not in html
    assert "<img" not in html
    assert html.count("https://post.example/1") == html_of_harmless(kind).count(
        "https://post.example/1"
    )


def html_of_harmless(kind):
    use_values(name="Kim", url="https://post.example/1", note="x")
    return html_of(parsed(mail_to()))


@pytest.mark.parametrize("end", ["\r\n", "\n", "\r", "\x0b", "\x85", "\u2028", "\u2029"])
def test_line_end_in_a_value_adds_no_header_and_no_paragraph(kind, end):
    evil = f"Kim{end}Bcc: spy@example.org{end}{end}- item{end}Press:{end}https://evil.example/"
    use_values(name=evil, url="https://post.example/1", note="")
    message = parsed(mail_to(name=evil))
    assert message["Bcc"] is None
    assert "Hello Kim Bcc: spy@example.org - item Press: https://evil.example/," in text_of(message)
    assert 'href="https://evil.example/' not in html_of(message)


def test_header_of_a_kind_stays_one_header(kind):
    message = parsed(mail_to())
    assert message["X-Parcel"] == "1 Bcc: spy@example.org"
    assert message["Bcc"] is None


def test_value_that_is_a_link_becomes_no_button_unless_it_is_ours(kind):
    wording = MailWording.objects.get(kind=KIND.name)
    wording.text = "Press this:\n{name}"
    wording.save()
    use_values(name="https://evil.example/", url="", note="")
    assert 'href="https://evil.example/"' not in html_of(parsed(mail_to()))


def test_paragraphs_lines_and_buttons_without_value_vanish(kind):
    use_values(name="", url="", note="")
    text = text_of(parsed(mail_to()))
    assert text.startswith("Hello,\n\nThis is the news.\n\n- first\n- for\n\nBye\n")


@pytest.mark.parametrize(
    ("name", "shown"),
    [
        ('Kim, "the" Lee <x@y>', 'Kim, "the" Lee <x@y>'),
        ("Zoë Müller", "Zoë Müller"),
        ("Kim\u202eeeL", "KimeeL"),
        ("\x00Kim\x07", "Kim"),
        ("  Kim \t Lee ", "Kim Lee"),
    ],
)
def test_name_of_the_recipient_is_only_a_name(kind, name, shown):
    (address,) = parsed(mail_to(name=name))["To"].addresses
    assert address.display_name == shown
    assert address.addr_spec == "kim@example.org"


@pytest.mark.parametrize("domain", ["bücher.example", "BÜCHER.example", "xn--bcher-kva.example"])
def test_international_domain_is_encoded(kind, domain):
    (address,) = parsed(mail_to(f"kim@{domain}"))["To"].addresses
    assert address.addr_spec == "kim@xn--bcher-kva.example"


@pytest.mark.parametrize(
    "address", ["ü@example.org", "a b@example.org", "example.org", "a@\u0301.example", "a@x>y.org"]
)
def test_address_that_no_server_takes_is_refused(kind, address):
    with pytest.raises(BadAddress):
        render(mail_to(address))


def test_html_is_readable_without_pictures_and_loads_nothing(kind):
    html = html_of(parsed(mail_to()))
    assert '<html lang="en" dir="ltr"' in html
    assert "<title>Hello Kim</title>" in html
    for loading in ("<img", "<link", "@import", "url(", "<script", "src="):
        assert loading not in html
    assert "This is the news.</div>" in html  # the preview line of a mailbox


LEAST_CONTRAST = 4.5  # WCAG 2.2, 1.4.3
LEAST_DISTANCE = 12  # SpamAssassin's HTML_FONT_LOW_CONTRAST, which looks at hidden text, too


def test_all_letters_stand_out_from_what_is_behind_them(kind):
    text = ColoredText()
    text.feed(html_of(parsed(mail_to())))
    assert {"Hello Kim,", "Look at it"} <= {words for words, _, _ in text.found}
    for words, letters, behind in text.found:
        assert contrast(letters, behind) >= LEAST_CONTRAST, words
        weighted = zip((0.2126, 0.7152, 0.0722), rgb(letters), rgb(behind), strict=True)
        distance = sum((weight * (a - b)) ** 2 for weight, a, b in weighted) ** 0.5
        assert distance >= LEAST_DISTANCE, words


class ColoredText(HTMLParser):
    """All text with its color and that behind it, as a filter of spam reads them."""

    def __init__(self):
        super().__init__()
        self.open, self.found = [("", "#000000", "#ffffff")], []

    def handle_starttag(self, tag, attrs):
        _, letters, behind = self.open[-1]
        named = dict(attrs)
        style = dict(one.split(":", 1) for one in (named.get("style") or "").split(";") if one)
        letters = style.get("color", letters)
        behind = style.get(
            "background-color", style.get("background", named.get("bgcolor", behind))
        )
        if tag not in ("meta", "br"):
            self.open.append((tag, letters, behind))

    def handle_startendtag(self, tag, attrs):
        """It holds no text."""

    def handle_endtag(self, tag):
        while self.open.pop()[0] != tag:
            pass

    def handle_data(self, data):
        if data.strip() and self.open[-1][0] not in ("style", "title"):
            self.found.append((data.strip(), *self.open[-1][1:]))


def rgb(color):
    return [int(color[place : place + 2], 16) for place in (1, 3, 5)]


def contrast(one, other):
    lighter, darker = sorted(map(luminance, (one, other)), reverse=True)
    return (lighter + 0.05) / (darker + 0.05)


def luminance(color):
    shares = [part / 255 for part in rgb(color)]
    linear = [s / 12.92 if s <= 0.04045 else ((s + 0.055) / 1.055) ** 2.4 for s in shares]
    return sum(weight * s for weight, s in zip((0.2126, 0.7152, 0.0722), linear, strict=True))


def test_right_to_left_language_turns_the_layout(kind, settings):
    settings.LANGUAGES = [("en", "English"), ("ar", "Arabic")]
    settings.WAGTAIL_CONTENT_LANGUAGES = settings.LANGUAGES
    MailWording.objects.create(kind=KIND.name, language="ar", subject="مرحبا", text="مرحبا {name}")
    html = html_of(parsed(mail_to(language="ar")))
    assert '<html lang="ar" dir="rtl"' in html
    assert "text-align:right" in html


LISTING = dataclasses.replace(
    KIND,
    placeholders=(
        *KIND.placeholders,
        Placeholder("parcels", "All parcels.", "One\nTwo", is_list=True),
    ),
)


def use_list(text, *items):
    values = {"name": "Kim", "parcels": items}
    kinds.register(dataclasses.replace(LISTING, context=lambda mail: values))
    MailWording.objects.update(text=text)
    return parsed(mail_to())


def test_list_stands_in_text_and_html_with_links_and_details(kind):
    message = use_list(
        "Here:\n{parcels}\nBye",
        ListItem("A <book>", "https://post.example/7", ("Due today.", "", "Ring\ntwice.")),
        ListItem("- {name}"),
    )
    assert text_of(message).startswith(
        "Here:\n\n- A <book>\n  Due today.\n  Ring twice.\n  https://post.example/7\n\n"
        "- - {name}\n\nBye\n"
    )
    items = html_of(message).split("<ul")[1].split("</ul>")[0].split("<li")[1:]
    assert [item.split(">", 1)[1] for item in items] == [
        '<a href="https://post.example/7" class="link">A &lt;book&gt;</a>'
        "<br>Due today.<br>Ring twice.</li>",
        "- {name}</li>",
    ]


def test_list_of_short_items_needs_no_empty_lines(kind):
    text = text_of(use_list("{parcels}", ListItem("One"), ListItem("Two")))
    assert text.startswith("- One\n- Two\n\n")


def test_empty_list_leaves_nothing_behind(kind):
    message = use_list("Hello\n\n{parcels}\n\nBye")
    assert text_of(message).startswith("Hello\n\nBye\n")
    assert "<ul" not in html_of(message)


def test_link_of_a_list_leads_to_the_web_only(kind):
    message = use_list("{parcels}", ListItem("One", "javascript:alert(1)"))
    assert "javascript" not in html_of(message) + text_of(message)


def test_unknown_kind_is_said_so(db):
    with pytest.raises(UnknownMailKind):
        render(OutgoingMail(kind="no_such_kind", recipient="kim@example.org"))


def test_rendering_asks_the_database_no_more_than_for_wording_and_name(
    kind, django_assert_num_queries
):
    render(mail_to())
    with django_assert_num_queries(2):
        render(mail_to())

"""Our bytes say what Django's own message would, whatever is in them, and keep to the standards."""

import re
from email import message_from_bytes, policy
from email.header import decode_header, make_header
from email.utils import parseaddr

import pytest
from django.core.mail import EmailMultiAlternatives

from workflows.mail import kinds
from workflows.mail.kinds import MailKind, Placeholder
from workflows.mail.rendering import compose, render
from workflows.mail.transport import with_end_of_data
from workflows.mail.wordings import wording_for
from workflows.models import MailWording, OutgoingMail

LONGEST_LINE = 78
LONGEST_ENCODED_WORD = 75  # RFC 2047, 2
NASTY = {
    "umlauts": "Zoë Müller ‑ ß",
    "far from ASCII": "日本語の名前 " * 12,
    "beyond 16 bits": "🏳️‍🌈 pride " * 20,
    "right to left": "مرحبا بكم في برنامجنا " * 8,
    "like an encoded word": "=?utf-8?q?Hello?= =41 a=\tb",
    "signs of headers": 'Kim, "the" Lee; <x@y> (z): \\',
    "one long word": "x" * 900,
    "one long word of umlauts": "ü" * 400,
    "dots": "...\n.\n..a\n.",
    "From at the start": "From here\nFrom there",
    "spaces at the ends": "a  \n  b\t\n c",
    "a dash that ends": "--\n-- \n--=_",
    "markup": "<b>&amp;</b> [[subject]] {name}",
}


@pytest.fixture
def kind(monkeypatch, db):
    """Its recipient's name is its only value."""
    kind = MailKind(
        name="note",
        templates="workflows/mail",
        label="Note",
        sent_when="When somebody leaves a note.",
        placeholders=(
            Placeholder("name", "Who left it.", "Kim"),
            Placeholder("note", "What it says.", "Hello", multiline=True),
        ),
        context=lambda mail: {"name": mail.recipient_name, "note": mail.recipient_name},
        headers=lambda mail: {"List-Unsubscribe": f"<https://example.org/{'a' * 200}/>"},
    )
    monkeypatch.setitem(kinds._kinds, kind.name, kind)
    text = "Hello {name},\n\n{note}\n\nBye"
    MailWording.objects.create(kind=kind.name, language="en", subject="From {name}", text=text)
    return kind


def mail_with(note):
    return OutgoingMail(kind="note", recipient="kim@example.org", recipient_name=note)


@pytest.mark.parametrize("note", NASTY.values(), ids=NASTY)
def test_bytes_are_read_like_those_of_djangos_message(kind, note):
    mail = mail_with(note)
    content = compose(kind, wording_for(kind, "en"), kind.context(mail))
    django = EmailMultiAlternatives(content.subject, content.text, to=["kim@example.org"])
    django.attach_alternative(content.html, "text/html")

    ours = parsed(render(mail).message)
    theirs = parsed(django.message().as_bytes())

    # Django's own is read otherwise where it looks like an encoded word.
    assert unfolded(ours["Subject"]) == content.subject
    for subtype in ("plain", "html"):
        assert text_of(ours, subtype) == text_of(theirs, subtype)
    assert recipient_of(ours) == (" ".join(note.split()), "kim@example.org")


@pytest.mark.parametrize("note", NASTY.values(), ids=NASTY)
def test_bytes_keep_to_the_standards(kind, note):
    message = render(mail_with(note)).message

    assert message.isascii()
    assert not re.search(rb"\r(?!\n)|(?<!\r)\n|\0", message)
    too_long = [line for line in message.split(b"\r\n") if len(line) > LONGEST_LINE]
    assert all(line.startswith(b"List-Unsubscribe: <") for line in too_long)
    words = re.findall(rb"=\?utf-8\?\S*?\?\S*?\?=", message)
    assert all(len(word) <= LONGEST_ENCODED_WORD for word in words)
    assert not [defect for part in parsed(message).walk() for defect in part.defects]
    unsubscribe = parsed(message)["List-Unsubscribe"]
    assert unsubscribe == f"<https://example.org/{'a' * 200}/>"


@pytest.mark.parametrize("text", [b".\r\n..\r\na.b\r\n.", b"a\r\n.\r\n", b".a\r\n\r\n.\r\n"])
def test_dots_of_a_message_arrive(text):
    """What a server does at the end of data (RFC 5321, 4.5.2)."""
    sent = with_end_of_data(text)
    assert sent.count(b"\r\n.\r\n") == 1
    received = re.sub(rb"(?m)^\.", b"", sent.removesuffix(b".\r\n"))
    assert received.removesuffix(b"\r\n") == text.removesuffix(b"\r\n")


def parsed(message):
    return message_from_bytes(message, policy=policy.default)


def recipient_of(message):
    """Read by Python's older parser: the newer one leaves spaces between encoded words."""
    name, address = parseaddr(re.sub(r"\r\n", "", dict(message.raw_items())["To"]))
    return str(make_header(decode_header(name))), address


def unfolded(subject):
    return " ".join(subject.split())


def text_of(message, subtype):
    text = message.get_body((subtype,)).get_content().replace("\r\n", "\n")
    return text.rstrip("\n")

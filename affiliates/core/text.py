"""Text: cleaned on input, folded for searching, and written out as HTML.

Cleaning fixes what needs no guessing and otherwise raises ``ValidationError``. Text that shows
nothing becomes ``""``. Markup and formulas stay: templates, mails and exports escape them.
"""

import re
import unicodedata
from collections.abc import Callable
from urllib.parse import urlsplit

from django.conf import settings
from django.core.exceptions import ValidationError
from django.utils import translation
from django.utils.html import escape, format_html
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

LINE_LENGTH = 255
TEXT_LENGTH = 5000

MARKS_PER_LETTER = 8
"""Hebrew with vowels and cantillation needs four; Unicode's own limit (UAX #15) is 30."""

_LINE_BREAK = re.compile(r"\r\n|[\n\r\v\f\x85\u2028\u2029]")
_SPACE = re.compile(r"[^\S\n]+")
_BLANK_LINES = re.compile(r"\n{3,}")

_UNWANTED = re.compile(
    "["
    "\x00-\x08\x0e-\x1b\x7f-\x84\x86-\x9f"  # control characters (C0 and C1) that are no space
    "\u00ad\u200b\u2060-\u2064\ufeff"  # zero width; joiners stay: emoji and Persian need them
    "\u202a-\u202e\u2066-\u206f"  # bidi overrides, embeddings and isolates; plain marks stay
    "\u115f\u1160\u3164\uffa0\u2800"  # Hangul fillers and the empty Braille cell: look like spaces
    "\ud800-\udfff\ufdd0-\ufdef\ufff9-\ufffb\ufffe\uffff"  # surrogates, annotations, no characters
    "\U000e0000-\U000e0fff"  # tags: text that no one sees
    "]"
)

_NOT_STORABLE = re.compile("[\x00\ud800-\udfff]")


def storable(value: str) -> str:
    """Drop what no database stores: NUL and lone surrogates."""
    return _NOT_STORABLE.sub("", value)


def clean_line(value: str, *, max_length: int = LINE_LENGTH) -> str:
    """A line in NFC with single spaces. Raises ``ValidationError`` (``max_length``, ``marks``)."""
    return _checked(" ".join(_readable(value).split()), max_length)


def clean_text(value: str, *, max_length: int = TEXT_LENGTH) -> str:
    """Lines in NFC, at most one blank. Raises ``ValidationError`` (``max_length``, ``marks``)."""
    lines = (line.strip() for line in _SPACE.sub(" ", _readable(value)).split("\n"))
    return _checked(_BLANK_LINES.sub("\n\n", "\n".join(lines)).strip(), max_length)


def clean_name(value: str, *, max_length: int = LINE_LENGTH) -> str:
    """A line with a letter or digit: people say and sort names. Raises ``ValidationError``."""
    name = clean_line(value, max_length=max_length)
    if name and not any(map(str.isalnum, name)):
        raise ValidationError(
            _("Please write the name with letters or digits, so that people can say it."),
            code="no_letters",
        )
    return name


def name_key(value: str) -> str:
    """Key for comparing names: ignores case, accents' encoding and punctuation."""
    folded = unicodedata.normalize("NFKC", unicodedata.normalize("NFKC", value).casefold())
    return " ".join(re.findall(r"\w+", folded))


def _readable(value: str) -> str:
    text = _UNWANTED.sub("", _LINE_BREAK.sub("\n", value))
    if _longest_run_of_marks(text) > MARKS_PER_LETTER:
        # Checked before normalizing, which takes quadratic time for a long run of marks.
        raise ValidationError(
            _("A letter in this text carries too many marks. Please type the text again."),
            code="marks",
        )
    return unicodedata.normalize("NFC", text)


def _longest_run_of_marks(text: str) -> int:
    if text.isascii():
        return 0
    longest = run = 0
    for character in text:
        is_mark = unicodedata.category(character) in ("Mn", "Me")
        run = run + 1 if is_mark or unicodedata.combining(character) else 0
        longest = max(longest, run)
    return longest


def _checked(text: str, max_length: int) -> str:
    if len(text) > max_length:
        raise ValidationError(
            ngettext(
                "Please shorten this to %(limit)d character. It has %(length)d.",
                "Please shorten this to %(limit)d characters. It has %(length)d.",
                max_length,
            ),
            code="max_length",
            params={"limit": max_length, "length": len(text)},
        )
    return text if any(map(_shows, text)) else ""


def _shows(character: str) -> bool:
    return unicodedata.category(character)[0] in "LNPS" or unicodedata.category(character) == "Co"


_STROKES = str.maketrans(
    {"ł": "l", "ø": "o", "đ": "d", "ð": "d", "þ": "th", "æ": "ae", "œ": "oe", "ı": "i", "ŧ": "t"}
)
"""Letters that Unicode does not decompose."""

_INSIDE_WORDS = re.compile(r"['’ʼ`´.]")
_BETWEEN_WORDS = re.compile(r"[\W_]+")


def fold(text: str) -> str:
    """Text for search and sorting, without case, accents and punctuation. Idempotent.

    ``Portes-Ouvertes, Montréal`` becomes ``portes ouvertes montreal``. Apostrophes and periods join
    (``U.S.`` becomes ``us``); all else but letters and digits separates words.
    """
    letters = text.lower() if text.isascii() else _without_accents(text)
    return _BETWEEN_WORDS.sub(" ", _INSIDE_WORDS.sub("", letters)).strip()


def _without_accents(text: str) -> str:
    # Without its marks, since ordering a long run of them takes quadratic time.
    plain = "".join(filter(_is_no_mark, text.casefold()))
    apart = unicodedata.normalize("NFKD", unicodedata.normalize("NFKD", plain).casefold())
    return "".join(filter(_is_no_mark, apart)).translate(_STROKES)


def words(text: str) -> list[str]:
    return list(dict.fromkeys(fold(text).split()))


def _is_no_mark(character: str) -> bool:
    return not unicodedata.combining(character) and unicodedata.category(character) != "Mn"


MOST_WORDS = 10
"""Words of a search that are used. Each adds a condition to the query."""


_ADDRESS = re.compile(r"https?://[^\s<>\"'`\\^{}|]+", re.IGNORECASE)
_AFTER_AN_ADDRESS = ".,;:!?)]’”»…"
_PARAGRAPHS = re.compile(r"\n{2,}")


def as_html(text: str) -> SafeString:
    """Plain text, escaped, as paragraphs, lines and links that search engines do not follow."""
    paragraphs = _PARAGRAPHS.split(text.replace("\r\n", "\n").strip())
    html = "\n".join(f"<p>{_with_links(part)}</p>" for part in paragraphs if part)
    return mark_safe(html)  # noqa: S308 (made of escaped parts)


def _with_links(text: str) -> str:
    parts, end = [], 0
    for found in _ADDRESS.finditer(text):
        address = found[0].rstrip(_AFTER_AN_ADDRESS)
        parts += [escape(text[end : found.start()]), _link(address)]
        end = found.start() + len(address)
    return "".join([*parts, escape(text[end:])]).replace("\n", "<br>")


def _link(address: str) -> str:
    if not _is_plain(address):
        return escape(address)
    return format_html('<a href="{0}" rel="nofollow ugc noopener">{0}</a>', address)


def _is_plain(address: str) -> bool:
    """Require a public host name without user info, which can hide where a link leads."""
    try:
        parts = urlsplit(address)
        port_is_number = parts.port is None or parts.port > 0
    except ValueError:
        return False
    host = parts.hostname or ""
    return port_is_number and "." in host and "@" not in parts.netloc and not host[-1].isdigit()


def for_staff(say: Callable[[], str]) -> str:
    """Call ``say`` in the site's language, which staff read, whatever the current language is."""
    with translation.override(settings.LANGUAGE_CODE):
        return say()

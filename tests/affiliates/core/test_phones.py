"""Phone numbers as people write them, and where a link calls."""

import pytest
from django.core.exceptions import ValidationError

from affiliates.core.phones import clean_phone, phone_html


@pytest.mark.parametrize(
    ("typed", "countries", "calls"),
    [
        ("517 555 0123", "US CA", ["+1-517-555-0123"]),
        ("(614) 555-0142 ext. 5", "US", ["+1-614-555-0142;ext=5"]),
        ("614-555-0142 x5", "US", ["+1-614-555-0142;ext=5"]),
        ("514 555 0142 poste 12", "CA", ["+1-514-555-0142;ext=12"]),
        ("514 555 0142, POSTE. 12", "CA", ["+1-514-555-0142;ext=12"]),
        ("+44 20 7946 0018", "US", ["+44-20-7946-0018"]),
        ("+44 (0)20 7946 0018", "DE", ["+44-20-7946-0018"]),
        ("011 44 20 7946 0018", "US", ["+44-20-7946-0018"]),
        ("00 44 20 7946 0018", "DE", ["+44-20-7946-0018"]),
        ("030 123456", "DE", ["+49-30-123456"]),
        ("06 12 34 56 78", "FR", ["+33-6-12-34-56-78"]),
        ("٠٧١٢ ٣٤٥٦٧٨", "KE", ["+254-712-345678"]),
        ("51 83 21", "GL", ["+299-51-83-21"]),
        ("614 555 0142, evenings", "US", ["+1-614-555-0142"]),
        ("614 555 0142 / 614 555 0143", "US", ["+1-614-555-0142", "+1-614-555-0143"]),
        ("<b>614 555 0142", "US", ["+1-614-555-0142"]),
        # Not understood: half a number, words, one from elsewhere, two meanings, no country.
        ("555 0123", "US", []),
        ("call me", "US", []),
        ("020 7946 0018", "IE", []),
        ("4061 2345", "NO DK", []),
        ("614 555 0142", "XX", []),
        ("614 555 0142", "", []),
        ("9" * 40, "US", []),
        ("<script>", "US", []),
    ],
)
def test_number_is_shown_as_typed_with_links_where_it_is_understood(typed, countries, calls):
    parts = str(phone_html(typed, countries.split())).split('<a href="tel:')
    assert [part.partition('"')[0] for part in parts[1:]] == calls
    seen = parts[0] + "".join(part.partition(">")[2] for part in parts[1:])
    assert seen.replace("</a>", "").replace("&lt;", "<").replace("&gt;", ">") == typed
    assert "<b>" not in "".join(parts)


@pytest.mark.parametrize(
    ("typed", "countries"),
    [
        ("555 0123", "US"),
        ("51234", "FK"),
        ("51 83 21", "GL"),
        ("51 83 21", "US GL"),
        ("51234", ""),
        ("", "US"),
    ],
)
def test_number_is_kept_as_typed(typed, countries):
    assert clean_phone(typed, countries.split()) == typed


@pytest.mark.parametrize(
    ("typed", "countries", "example"),
    [
        ("51234", "US", "555-0123"),
        ("512", "KE", "020 2012345"),
        ("51234", "GL", "32 10 00"),
        ("1234", "", "517 555 0123"),
        ("call me", "XX", "517 555 0123"),
    ],
)
def test_number_with_fewer_digits_than_any_has_there_is_refused(typed, countries, example):
    with pytest.raises(ValidationError, match=f"area code.*{example}"):
        clean_phone(typed, countries.split())

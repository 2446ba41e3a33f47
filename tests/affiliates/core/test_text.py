"""Text at intake: the "Text" family of bad input, and what must survive untouched."""

import unicodedata

import pytest
from django.core.exceptions import ValidationError
from hypothesis import given
from hypothesis import strategies as st

from affiliates.core.text import clean_line, clean_name, clean_text, name_key

JUNK = st.text(
    st.one_of(st.characters(), st.sampled_from("\x00\r\n\u2028\u200b\u202e\u0301\u3164\ufeff \t"))
)


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("  Safe \t Schools ", "Safe Schools"),
        ("Safe\x00 Schools", "Safe Schools"),
        ("Safe\x07\x1b Schools\x9f", "Safe Schools"),
        ("Safe\r\nBcc: x@y.org", "Safe Bcc: x@y.org"),
        ("Safe\u2028Schools\u2029", "Safe Schools"),
        ("Safe\x85Schools\x0b\x0cNow", "Safe Schools Now"),
        ("Safe \u202eslohcS", "Safe slohcS"),
        ("Safe\u2066 Schools\u2069", "Safe Schools"),
        ("Safe\ufeff Sch\u200bools\u00ad", "Safe Schools"),
        ("Safe\u00a0Schools", "Safe Schools"),
        ("Safe\ud800 Schools\ufffe", "Safe Schools"),
        ("Safe\U000e0041\U000e0042 Schools", "Safe Schools"),
    ],
)
def test_line_with_unseen_characters_is_mended(typed, kept):
    assert clean_line(typed) == kept


@pytest.mark.parametrize(
    "nothing",
    [
        "",
        "   ",
        "\u200b\u200b",
        "\u200d\u200c\ufeff",
        "\u3164",
        "\u2800 \u115f",
        "\ufe0f",
        "\u0301",
        "\u034f",
        "\u202e",
        "\r\n\r\n",
        "\x00",
    ],
)
@pytest.mark.parametrize("clean", [clean_line, clean_text, clean_name])
def test_text_that_shows_nothing_is_empty(clean, nothing):
    assert clean(nothing) == ""


@pytest.mark.parametrize(
    "plain",
    [
        "<svg onload=alert(1)>",
        "{{ 7*7 }} and {0.__class__}",
        '=HYPERLINK("http://x.org")',
        "@SUM(A1)",
        "O’Brien – Zoë & sons, №1",
        "می‌خواهم",
        "👩‍👩‍👧 Families ❤️",
        "שָׁלוֹם",
    ],
)
def test_line_of_visible_text_is_kept_as_typed(plain):
    assert clean_line(plain) == plain


def test_line_in_nfd_becomes_the_same_in_nfc():
    assert clean_line(unicodedata.normalize("NFD", "Zoë Ångström")) == "Zoë Ångström"


def test_tab_before_a_formula_goes_like_any_other_space():
    assert clean_line("\t=1+1") == "=1+1"


def test_text_keeps_paragraphs_and_mends_line_breaks():
    assert clean_text(" One \r\nTwo\u2028Three\r\n\r\n\r\n\r\nFour\t5 \n") == (
        "One\nTwo\nThree\n\nFour 5"
    )


@pytest.mark.parametrize("clean", [clean_line, clean_text, clean_name])
def test_letter_under_hundreds_of_marks_is_refused(clean):
    with pytest.raises(ValidationError) as refusal:
        clean("Z" + "\u0301" * 300)
    assert refusal.value.code == "marks"


def test_text_of_a_million_marks_is_refused_before_it_is_normalised():
    with pytest.raises(ValidationError) as refusal:
        clean_text("a" + "\u0315\u0300" * 500_000)
    assert refusal.value.code == "marks"


def test_name_of_300_letters_is_refused_with_both_numbers():
    with pytest.raises(ValidationError) as refusal:
        clean_name("x" * 300)
    assert refusal.value.messages == ["Please shorten this to 255 characters. It has 300."]


def test_name_of_255_letters_between_spaces_is_kept():
    assert clean_name(f"  {'x' * 255}  ") == "x" * 255


def test_megabyte_in_one_field_is_refused():
    with pytest.raises(ValidationError) as refusal:
        clean_text("word " * 200_000)
    assert refusal.value.code == "max_length"


def test_limit_is_counted_in_the_text_that_is_kept():
    assert clean_line("e\u0301" * 5 + "\u200b" * 50, max_length=5) == "é" * 5


@pytest.mark.parametrize("name", ["🎉🎉", "❤️", "---", "…"])
def test_name_without_a_letter_is_refused(name):
    with pytest.raises(ValidationError) as refusal:
        clean_name(name)
    assert refusal.value.code == "no_letters"


@pytest.mark.parametrize("name", ["Kids ❤️", "50501", "子どもの家", "Ω"])
def test_name_in_any_script_is_kept(name):
    assert clean_name(name) == name


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Keep All Students Safe – NY", "keep all students safe - ny"),
        ("Zoë", unicodedata.normalize("NFD", "ZOË")),
        ("Justice, for  Our Angels!", "Justice For Our Angels"),
        ("Straße", "STRASSE"),
    ],
)
def test_names_that_people_take_for_the_same_have_one_key(one, other):
    assert name_key(one) == name_key(other)


def test_names_that_differ_have_two_keys():
    assert name_key("Safe Schools Ohio") != name_key("Safe Schools Iowa")


@given(JUNK)
@pytest.mark.parametrize("clean", [clean_line, clean_text, clean_name])
def test_cleaning_twice_is_cleaning_once(clean, typed):
    try:
        once = clean(typed)
    except ValidationError:
        return
    assert clean(once) == once
    once.encode()


@given(JUNK)
def test_line_never_breaks(typed):
    try:
        line = clean_line(typed)
    except ValidationError:
        return
    assert len(line.splitlines()) <= 1
    assert "\x00" not in line

"""Names of regions as people write them."""

import pytest
from django.core.exceptions import ValidationError
from django.utils import translation

from affiliates.core.regions import country_of, region_name
from affiliates.core.regions.coverage import NORTH_AMERICA, Coverage
from affiliates.core.regions.reading import read_region
from tests.affiliates.core.region_spellings import IN_NORTH_AMERICA, IN_THE_WORLD

WORLD = Coverage(
    (
        *((country, "large") for country in ("DE", "AT", "CH", "FR", "NL", "IN", "ZA", "MX")),
        *((country, "large") for country in ("ES", "AU", "US")),
        *((country, "small") for country in ("IE", "BE")),
        *((country, "none") for country in ("GB", "GE", "CZ")),
    )
)


def refusal(text, coverage=NORTH_AMERICA):
    with pytest.raises(ValidationError) as refused:
        read_region(text, coverage)
    return refused.value.code, refused.value.messages[0]


def test_there_are_many_spellings():
    assert len(IN_NORTH_AMERICA) + len(IN_THE_WORLD) > 350


@pytest.mark.parametrize(("text", "code"), IN_NORTH_AMERICA)
def test_region_of_the_us_and_canada_is_read_as_it_is_written(text, code):
    assert read_region(text, NORTH_AMERICA) == code


@pytest.mark.parametrize(("text", "code"), IN_THE_WORLD)
def test_region_of_the_world_is_read_as_it_is_written(text, code):
    assert read_region(text, WORLD) == code


@pytest.mark.parametrize("code", NORTH_AMERICA.codes)
def test_region_is_found_by_code_letters_and_name(code):
    name = region_name(code)
    for spelling in (code, code.lower(), code[3:], name, f" {name.upper()} "):
        assert read_region(spelling, NORTH_AMERICA) == code


def test_every_region_is_found_by_its_own_name_and_country():
    for code in WORLD.codes:
        assert read_region(region_name(code), WORLD.only(country_of(code))) == code
        if code != "GE":  # Georgia, Georgia
            text = f"{region_name(code)}, {region_name(country_of(code))}"
            assert read_region(text, WORLD) == code


@pytest.mark.parametrize(
    ("text", "near"),
    [
        ("Ohoi", "“Ohio”"),
        ("Missisippi", "“Mississippi”"),
        ("Massachusets", "“Massachusetts”"),
        ("Pensylvania", "“Pennsylvania”"),
        ("Calfornia", "“California”"),
        ("Britsh Columbia", "“British Columbia”"),
        ("Carolina", "“North Carolina” or “South Carolina”"),
        ("Ohio and Indianna", "“Indiana”"),
        ("Oklahooma, Texas", "“Oklahoma”"),
    ],
)
def test_nearest_names_are_offered(text, near):
    code, message = refusal(text)
    assert code == "unknown"
    assert message == f"We do not know the state or province “{text}”. Did you mean {near}?"


@pytest.mark.parametrize(
    "text", ["Atlantis", "US-XX", "\x00", "--", "12345", "Xx", "?", "x" * 10_000]
)
def test_what_is_like_no_region_gets_no_suggestion(text):
    code, message = refusal(text)
    assert (code, "Did you mean" in message) == ("unknown", False)
    assert len(message) < 150


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("TX / OK", "Texas, Oklahoma"),
        ("Ohio and Indiana", "Ohio, Indiana"),
        ("OHIO AND INDIANA", "Ohio, Indiana"),
        ("Ohio & Indiana", "Ohio, Indiana"),
        ("OH, IN", "Ohio, Indiana"),
        ("NY NJ CT", "New York, New Jersey, Connecticut"),
        ("Ohio; Michigan", "Ohio, Michigan"),
        ("Ontario, California", "Ontario, California"),
        ("Ontario et Québec", "Ontario, Quebec"),
        ("Ontario, United States", "Ontario, United States"),
    ],
)
def test_several_regions_in_one_cell_are_said(text, names):
    assert refusal(text) == (
        "several",
        f"“{text}” names more than one: {names}. Please choose one for each group.",
    )


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("Georgia", "“Georgia (the country)” or “Georgia (United States)”"),
        ("Limburg", "“Limburg (Belgium)” or “Limburg (Netherlands)”"),
    ],
)
def test_names_that_two_regions_share_are_said(text, names):
    assert refusal(text, WORLD) == (
        "ambiguous",
        f"“{text}” can mean {names}. Please add the country.",
    )


def test_what_a_name_means_depends_on_the_countries_of_the_program():
    assert read_region("Georgia", Coverage((("GE", "none"),))) == "GE"
    assert read_region("Limburg", Coverage((("NL", "large"),))) == "NL-LI"
    assert read_region("Limburg", Coverage((("BE", "small"),))) == "BE-VLI"
    assert read_region("Limburg", Coverage((("BE", "large"),))) == "BE-VLG"
    assert read_region("DE", Coverage((("DE", "none"),))) == "DE"


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("Bavaria", "“Bavaria” (Germany): the program does not work there."),
        ("Mexico", "The program does not work in this country: Mexico."),
        ("Deutschland", "“Deutschland” (Germany): the program does not work there."),
        (
            "Dublin, Ireland",
            "“Dublin, Ireland” (Ireland): the program does not work there.",
        ),
    ],
)
def test_regions_of_other_countries_are_said(text, message):
    assert refusal(text) == ("elsewhere", message)


def test_region_that_is_larger_than_those_to_choose_is_said():
    code, message = refusal("Leinster", WORLD)
    assert code == "larger"
    assert message == (
        "“Leinster” has several parts here. Please choose one, such as “Carlow”, “Dublin” or"
        " “Kildare”."
    )


def test_answers_are_in_the_words_of_the_program():
    of_counties = Coverage((("IE", "small"),))
    assert refusal("Dubln", of_counties)[1] == (
        "We do not know the county “Dubln”. Did you mean “Dublin”?"
    )


def test_reading_does_not_depend_on_the_language_of_the_page():
    with translation.override("de"):
        assert read_region("Bavaria", WORLD) == read_region("Bayern", WORLD) == "DE-BY"

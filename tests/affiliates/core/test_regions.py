import pycountry
import pytest

from affiliates.core.regions import (
    COUNTRIES,
    REGION_CHOICES,
    REGIONS,
    country_of,
    region_code,
    region_name,
)


def test_table_has_the_regions_of_iso_3166_2():
    known = {
        item.code
        for country in COUNTRIES
        for item in pycountry.subdivisions.get(country_code=country)
    }
    assert set(REGIONS) == known


def test_names_are_those_of_iso_3166_2():
    expected = {code: pycountry.subdivisions.get(code=code).name for code in REGIONS}
    differing = {code: name for code, name in REGIONS.items() if name != expected[code]}
    # ISO writes the country into this one, and Quebec's accent is French.
    assert set(differing) <= {"US-VI", "CA-QC"}


def test_there_are_57_and_13_regions():
    assert [len(regions) for _country, regions in REGION_CHOICES] == [57, 13]


@pytest.mark.parametrize("code", REGIONS)
def test_region_is_found_by_code_letters_and_name(code):
    for spelling in (code, code.lower(), code[3:], REGIONS[code], f" {REGIONS[code].upper()} "):
        assert region_code(spelling) == code


@pytest.mark.parametrize(
    ("text", "code"), [("Québec", "CA-QC"), ("D.C.", "US-DC"), ("us virgin islands", "US-VI")]
)
def test_region_is_found_in_other_spellings(text, code):
    assert region_code(text) == code


@pytest.mark.parametrize("text", ["", "Atlantis", "US", "USA", "US-XX", "\x00"])
def test_what_is_no_region_has_no_code(text):
    assert region_code(text) is None


def test_unknown_code_is_its_own_name():
    assert (region_name("US-MI"), region_name("XX-YY")) == ("Michigan", "XX-YY")


def test_country_of_a_region_is_the_first_part():
    assert country_of("CA-ON") == "CA"

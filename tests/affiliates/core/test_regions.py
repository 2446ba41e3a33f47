import pycountry
import pytest
from django.utils import translation

from affiliates.core import regions
from affiliates.core.regions import country_of, region_name
from affiliates.core.regions.coverage import NORTH_AMERICA, Coverage
from affiliates.core.regions.words import word_for


def known_to_iso(country):
    return {item.code for item in pycountry.subdivisions.get(country_code=country)}


def test_table_has_the_countries_of_iso_3166_1():
    assert set(regions.countries()) == {item.alpha_2 for item in pycountry.countries}


def test_table_has_the_regions_of_iso_3166_2():
    known = {item.code for item in pycountry.subdivisions}
    assert {code for code in regions.all_codes() if "-" in code} == known


def test_regions_stand_below_those_that_iso_3166_2_says():
    parents = {item.code: item.parent_code or item.country_code for item in pycountry.subdivisions}
    differing = {code for code in parents if regions.parent_of(code) != parents[code]}
    # ISO has moved these two into Alsace, CLDR keeps them beside it.
    assert differing == {"FR-67", "FR-68"}


def test_names_of_the_us_and_canada_are_those_of_iso_3166_2():
    expected = {code: pycountry.subdivisions.get(code=code).name for code in NORTH_AMERICA.codes}
    differing = {code for code, name in expected.items() if region_name(code) != name}
    # ISO writes the country into this one, and Quebec's accent is French.
    assert differing <= {"US-VI", "CA-QC"}


def test_each_region_has_a_name_in_each_language():
    for language in ("en", "es", "fr", "de", "it", "nl", "pt", "ja"):
        with translation.override(language):
            assert all(region_name(code) not in ("", code) for code in regions.all_codes())


@pytest.mark.parametrize(
    ("language", "code", "name"),
    [
        ("en", "CA-BC", "British Columbia"),
        ("fr", "CA-BC", "Colombie-Britannique"),
        ("fr-ca", "CA-QC", "Québec"),
        ("es", "US-NY", "Nueva York"),
        ("es", "DE", "Alemania"),
        ("de", "DE-BY", "Bayern"),
        ("ja", "DE-BY", "Bavaria"),
    ],
)
def test_names_are_in_the_language_of_the_page(language, code, name):
    with translation.override(language):
        assert region_name(code) == name


def test_unknown_code_is_its_own_name_and_no_code_has_none():
    assert (region_name("US-MI"), region_name("XX-YY")) == ("Michigan", "XX-YY")
    assert region_name("") == ""


def test_country_of_a_region_is_the_first_part():
    assert (country_of("CA-ON"), country_of("CA"), country_of("")) == ("CA", "CA", "")


def test_there_are_57_and_13_regions():
    assert [len(NORTH_AMERICA.within(country)) for country in ("US", "CA")] == [57, 13]
    assert set(NORTH_AMERICA.codes) == known_to_iso("US") | known_to_iso("CA")


def covering(**countries):
    return Coverage(tuple(countries.items()))


@pytest.mark.parametrize(
    ("coverage", "number", "word"),
    [
        (NORTH_AMERICA, 70, "state or province"),
        (covering(US="large"), 57, "state"),
        (covering(DE="large"), 16, "state"),
        (covering(IE="large"), 4, "province"),
        (covering(IE="small"), 26, "county"),
        (covering(IE="none"), 1, "country"),
        (covering(IE="none", GB="none"), 2, "country"),
        (covering(GB="large"), 4, "country"),
        (covering(FR="small", BE="small"), 122, "department or province"),
        (covering(DE="large", IE="small", NL="large"), 60, "region"),
        (covering(AI="large"), 1, "country"),
        (Coverage((("DE", "large"),), "Bundesland"), 16, "Bundesland"),
    ],
)
def test_program_has_the_regions_of_its_countries_and_their_word(coverage, number, word):
    assert (len(coverage.codes), coverage.word) == (number, word)


def test_label_begins_with_a_capital():
    assert (NORTH_AMERICA.label, covering(IE="small").label) == ("State or province", "County")


def test_choices_of_one_country_are_one_list_by_name_that_ends_with_the_country():
    choices = covering(DE="large").choices()
    assert [name for _code, name in choices[:2]] == ["Baden-Württemberg", "Bavaria"]
    assert choices[-1] == ("DE", "Germany as a whole")


def test_choices_of_several_countries_stand_below_their_names():
    choices = covering(IE="small", LU="none", GB="none").choices()
    assert [name for name, _regions in choices] == ["Ireland", "Other countries"]
    assert choices[1][1] == [("LU", "Luxembourg"), ("GB", "United Kingdom")]


def test_choices_of_whole_countries_are_one_list():
    assert covering(IE="none", AT="none").choices() == [("AT", "Austria"), ("IE", "Ireland")]


def test_choices_are_in_the_language_of_the_page():
    with translation.override("de"):
        assert covering(DE="large").choices()[1] == ("DE-BY", "Bayern")
    assert covering(DE="large").choices()[1] == ("DE-BY", "Bavaria")


def test_every_country_has_a_word():
    assert all(str(word_for(country)) for country in regions.countries())

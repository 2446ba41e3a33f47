"""Where a group works, as the form and the API ask for it in programs of any country."""

import pytest
from bs4 import BeautifulSoup
from jsonschema import Draft202012Validator

from affiliates.applications.api.json_schema import application_schema
from affiliates.applications.forms.application import ApplicationForm
from affiliates.models import Application
from tests.affiliates.api.calls import application, group, mistakes
from tests.affiliates.api.calls import send as send_by_api
from tests.factories.applications import apply_url, form_data, posted
from tests.factories.countries import program_in

NATIONAL, ONLINE = {"scope": "national"}, {"scope": "online"}


@pytest.fixture
def irish(db):
    return program_in(IE="small")


@pytest.fixture
def of_countries(db):
    return program_in(IE="none", LU="none")


def region_field(client, program):
    page = BeautifulSoup(client.get(apply_url(program)).content, "html.parser")
    return page, page.find(attrs={"name": "region"})


def region_of(program, **changes):
    form = ApplicationForm(program, form_data(program, **changes))
    assert form.is_valid(), form.errors
    return form.content().group["region"], form.content().group["scope"]


def errors(program, **changes):
    return ApplicationForm(program, form_data(program, **changes)).errors


def test_form_of_one_country_has_one_list_in_its_own_words(client, irish):
    page, field = region_field(client, irish)
    assert page.find("label", attrs={"for": "id_region"}).text.strip() == "County"
    assert field.find("optgroup") is None
    names = [option.text for option in field.find_all("option")]
    assert names[:3] == ["Please choose", "Carlow", "Cavan"]
    assert names[-1] == "Ireland as a whole"
    scopes = [item["value"] for item in page.find_all(attrs={"name": "scope"})]
    assert scopes == ["regional", "local", "national", "online"]
    assert page.find("label", attrs={"for": "id_scope_0"}).text.strip() == "County"


def test_form_of_two_countries_groups_their_regions(client, program):
    page, field = region_field(client, program)
    assert page.find("label", attrs={"for": "id_region"}).text.strip() == "State or province"
    assert [group["label"] for group in field.find_all("optgroup")] == ["United States", "Canada"]
    assert len(field.find_all("option")) == 1 + 57 + 13 + 2


def test_form_of_whole_countries_asks_for_the_country(client, of_countries):
    page, field = region_field(client, of_countries)
    assert page.find("label", attrs={"for": "id_region"}).text.strip() == "Country"
    names = [option.text for option in field.find_all("option")]
    assert names == ["Please choose", "Ireland", "Luxembourg"]


def test_form_of_one_whole_country_asks_for_no_region(client, db):
    program = program_in(IE="none")
    _page, field = region_field(client, program)
    assert (field["type"], field["value"]) == ("hidden", "IE")
    assert region_of(program, region=None, **NATIONAL) == ("IE", "national")


def test_word_of_the_program_stands_in_the_form_and_its_errors(client, db):
    program = program_in("Bundesland", DE="large")
    page, _field = region_field(client, program)
    assert page.find("label", attrs={"for": "id_region"}).text.strip() == "Bundesland"
    assert errors(program, region="", scope="regional")["region"] == [
        "Please choose your Bundesland."
    ]


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({"region": "US-OH", "scope": "state"}, ("US-OH", "state")),
        ({"region": "US", **NATIONAL}, ("US", "national")),
        ({"region": "US-OH", **NATIONAL}, ("US", "national")),
        ({"region": "", **ONLINE}, ("", "online")),
        ({"region": "US-OH", **ONLINE}, ("US-OH", "online")),
        ({"region": "Ontario, Canada", "scope": "provincial"}, ("CA-ON", "provincial")),
    ],
)
def test_region_goes_with_the_scope(program, changes, expected):
    assert region_of(program, **changes) == expected


def test_national_group_of_the_only_country_needs_no_region(irish):
    assert region_of(irish, region="", **NATIONAL) == ("IE", "national")


@pytest.mark.parametrize(
    ("changes", "field", "message"),
    [
        ({"region": ""}, "region", "Please choose your state or province."),
        ({"region": "", **NATIONAL}, "region", "Please choose your state or province."),
        ({"region": "US"}, "region", "The whole country is for national groups."),
        ({"region": "DE-BY"}, "region", "(Germany): the program does not work there"),
        ({"region": "Ohoi"}, "region", "Did you mean “Ohio”?"),
        ({"region": "TX / OK"}, "region", "names more than one"),
        ({"region": "CA-ON", "scope": "state"}, "scope", "This does not go with Ontario."),
        ({"region": "US-OH", "scope": "regional"}, "scope", "one of the answers shown"),
    ],
)
def test_what_does_not_go_together_is_told_beside_the_field(program, changes, field, message):
    found = errors(program, **changes)
    assert list(found) == [field]
    assert message in found[field][0]


def test_group_without_a_region_can_apply(client, program):
    client.post(apply_url(program), posted(program, region="", **ONLINE, send="1"))
    sent = Application.objects.get()
    assert (sent.region, sent.scope, sent.get_region_display()) == ("", "online", "")


def test_api_takes_the_name_of_a_region(client, program):
    body = application(program, group=group(region="Mass."))
    assert send_by_api(client, program, body).status_code == 201
    assert Application.objects.get().region == "US-MA"


def test_api_says_which_region_was_meant(client, program):
    body = application(program, group=group(region="Massachusets"))
    found = mistakes(send_by_api(client, program, body))[("group", "region")]
    assert found["message"].endswith("Did you mean “Massachusetts”?")
    assert found["code"] == "invalid_choice"


@pytest.mark.parametrize(
    ("changes", "is_valid"),
    [
        ({"region": "US-OH"}, True),
        ({"region": "US", **NATIONAL}, True),
        (ONLINE, True),
        ({}, False),
        (NATIONAL, False),
        ({"region": "IE-D"}, False),
    ],
)
def test_schema_of_the_form_asks_for_a_region_where_there_is_one(program, changes, is_valid):
    sent = group(**changes)
    if "region" not in changes:
        del sent["region"]
    schema = Draft202012Validator(application_schema(program))
    assert schema.is_valid(application(program, group=sent)) == is_valid

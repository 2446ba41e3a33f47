"""The application's JSON Schema: valid, whole, and of one mind with the server."""

import pytest
from jsonschema import Draft202012Validator

from affiliates.models import ApplicationQuestion
from tests.affiliates.api.calls import application, get, group, send
from tests.standing import stands

TYPES = (
    *("singleline", "multiline", "email", "number", "url", "checkbox", "checkboxes"),
    *("dropdown", "multiselect", "radio", "date", "datetime", "hidden"),
)


@stands()
def asking(program):
    """A program with questions of every kind, and one that has to be answered."""
    for name in TYPES:
        ApplicationQuestion.objects.create(
            program=program, label=name, field_type=name, choices="One\nTwo", required=False
        )
    ApplicationQuestion.objects.create(program=program, label="Members", field_type="number")
    return program


def schema(client, program):
    return get(client, f"programs/{program.slug}/application-form/").json()


def whole(program, **changes):
    return application(program, **{"answers": {"members": 12}, **changes})


def is_fine(client, program, body):
    return Draft202012Validator(schema(client, program)).is_valid(body)


def test_schema_is_valid_and_says_which_dialect_it_is(client, asking):
    found = schema(client, asking)
    Draft202012Validator.check_schema(found)
    assert found["$schema"] == "https://json-schema.org/draft/2020-12/schema"
    assert found["$id"].endswith(f"/programs/{asking.slug}/application-form/")


def test_schema_has_labels_choices_and_texts_to_show(client, asking):
    found = schema(client, asking)["properties"]
    assert found["group"]["properties"]["name"]["title"] == "Name of your group"
    assert "US-MI" in found["group"]["properties"]["region"]["enum"]
    assert found["answers"]["properties"]["members"]["title"] == "Members"
    assert found["answers"]["required"] == ["members"]
    texts = [one["description"] for one in found["accepted"]["items"]["anyOf"]]
    assert texts == [one.text for _kind, one in asking.statements_to_accept()]


ANSWERS = {
    "members": "12",
    "singleline": "x",
    "multiline": "x\ny",
    "email": "a@b.org",
    "number": 1.5,
    "url": "https://a.org/",
    "checkbox": True,
    "checkboxes": ["One"],
    "dropdown": "One",
    "multiselect": ["One", "Two"],
    "radio": "Two",
    "date": "2026-01-31",
    "hidden": "",
}

FINE = [
    {},
    {"answers": ANSWERS},
    {"answers": {"members": 0, "singleline": None, "date": None, "checkbox": False}},
    {"alternate_contact": {"name": "Jo Poe", "email": "jo@b.org", "phone": "614 555 0199"}},
    {"language": "en", "proof": ""},
    {"group": group(links=[])},
    {"group": group(scope="local", locality="Dayton")},
]


@pytest.mark.parametrize("changes", FINE)
def test_what_the_schema_takes_the_server_takes(client, asking, changes):
    body = whole(asking, **changes)
    assert is_fine(client, asking, body)
    response = send(client, asking, body)
    assert response.status_code == 201, response.content


BAD = [
    {"group": None},
    {"contact": None},
    {"accepted": None},
    {"accepted": []},
    {"answers": None},
    {"answers": {}},
    {"state": "approved"},
    {"group": group(name="")},
    {"group": group(name=" ")},
    {"group": group(region="US-ON")},
    {"group": group(scope="everywhere")},
    {"group": group(links=[{"network": "myspace", "url": "x"}])},
    {"group": group(links=[{"network": "website"}])},
    {"contact": {"name": "Rosa"}},
    {"alternate_contact": {}},
    {"alternate_contact": {"name": "", "email": ""}},
    *(
        {"answers": {"members": 1, name: value}}
        for name, value in (
            *(("nothing", "x"), ("dropdown", "Three"), ("radio", 1), ("checkboxes", ["Three"])),
            *(("checkboxes", "One"), ("checkbox", "yes"), ("singleline", 5), ("number", True)),
        )
    ),
]


@pytest.mark.parametrize("changes", BAD)
def test_what_the_schema_refuses_the_server_refuses(client, asking, changes):
    body = whole(asking, **changes)
    assert not is_fine(client, asking, body)
    assert send(client, asking, body).status_code == 422


def test_schema_asks_for_every_statement(client, asking):
    body = whole(asking)
    body["accepted"].pop()
    assert not is_fine(client, asking, body)
    body["accepted"].append("of another program")
    assert not is_fine(client, asking, body)


def test_statements_as_shown_fit_the_schema(client, asking):
    shown = get(client, f"programs/{asking.slug}/").json()
    body = whole(asking, accepted=[*shown["beliefs"], *shown["obligations"]])
    assert is_fine(client, asking, body)
    body["accepted"][0] = {**body["accepted"][0], "text": "Other words."}
    assert not is_fine(client, asking, body)


def test_program_that_asks_for_nothing_has_a_valid_schema(client, program):
    program.beliefs, program.obligations = [], []
    program.save()
    assert is_fine(client, program, application(program))
    assert not is_fine(client, program, {**application(program), "accepted": ["x"]})

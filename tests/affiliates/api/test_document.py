"""The OpenAPI document: valid, whole, and changed only on purpose."""

import json
import os
from pathlib import Path

import pytest
from openapi_spec_validator import OpenAPIV31SpecValidator

from affiliates.api.docs import document
from affiliates.api.problems import MEDIA_TYPE, TYPES
from affiliates.api_site import api
from tests.affiliates.api.calls import get

SNAPSHOT = Path(__file__).with_name("openapi.json")
HOW = (
    "The API's document has changed. If that is what you meant, write it down with "
    "RENEW_OPENAPI=1 .venv/bin/pytest tests/affiliates/api/test_document.py and look at the diff."
)


def operations():
    return [
        (f"{method.upper()} {path}", operation)
        for path, methods in document(api)["paths"].items()
        for method, operation in methods.items()
    ]


def descriptions(schema, place=""):
    """Each property of a schema, with what is said about it."""
    for name, property_ in schema.get("properties", {}).items():
        yield f"{place}.{name}", property_


def test_document_is_valid(client, db):
    served = get(client, "openapi.json").json()
    assert served["openapi"] == "3.1.0"
    assert list(OpenAPIV31SpecValidator(served).iter_errors()) == []


def test_document_is_as_it_was_written_down(client, db):
    served = get(client, "openapi.json").content.decode() + "\n"
    if os.environ.get("RENEW_OPENAPI"):
        SNAPSHOT.write_text(served, encoding="utf-8")
    assert json.loads(served) == json.loads(SNAPSHOT.read_text(encoding="utf-8")), HOW


def test_document_says_where_the_api_is(client, db):
    assert document(api)["servers"] == [{"url": "/api/affiliates/v1"}]


@pytest.mark.parametrize(("call", "operation"), operations(), ids=lambda value: str(value)[:50])
def test_every_call_is_explained_and_its_errors_are_problems(call, operation):
    assert operation["summary"]
    assert operation["description"]
    assert "_" not in operation["operationId"]
    responses = operation["responses"]
    assert "429" in responses
    assert ("{" in call) == ("404" in responses)
    assert operation["operationId"].endswith("ByHeader") == ("401" in responses)
    if call.startswith(("POST", "PUT")):
        assert responses.keys() >= {"400", "411", "413", "415", "422"}
    for status, response in responses.items():
        if int(status) >= 400:
            assert list(response["content"]) == [MEDIA_TYPE]
            kinds = [kind for kind in TYPES if kind.status == int(status)]
            assert any(kind.uri in response["description"] for kind in kinds)


def test_every_field_is_described(client, db):
    """By a description, a type of its own, or a name that says all."""
    bare = {"items", "links", "counts", "policy", "logo", "count", "width", "height"}
    bare |= {"submitted_at", "asked_at", "answer_due_on", "can_withdraw", "id", "text"}
    bare |= {"name", "region", "scope", "locality", "summary", "affiliates", "regions"}
    bare |= {"earlier_questions", "group", "affiliate"}
    missing = [
        place
        for name, schema in document(api)["components"]["schemas"].items()
        for place, found in descriptions(schema, name)
        if "description" not in found and place.rpartition(".")[2] not in bare
    ]
    assert missing == []


def test_problem_types_are_unique_and_stable():
    assert len({kind.uri for kind in TYPES}) == len(TYPES)
    assert all(kind.uri.startswith("urn:wagtail-affiliates:problem:") for kind in TYPES)

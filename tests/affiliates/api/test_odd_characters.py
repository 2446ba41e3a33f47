"""Every call, with characters in every text that no database keeps, is answered and not broken."""

import json
from functools import cache

import pytest

from affiliates.api.docs import document
from affiliates.api_site import api
from affiliates.links.tokens import Purpose, make_token, sign
from tests.affiliates.api.calls import ROOT
from tests.factories.affiliations import UpdateRequestFactory, affiliation
from tests.factories.applications import submitted
from tests.factories.own_groups import own_token

KEY = "8e03978e-40d5-43dd-bc93-6894a57f9324"


@cache
def whole():
    return document(api)


def calls_with_bodies():
    for path, methods in whole()["paths"].items():
        for method, operation in methods.items():
            if "requestBody" in operation:
                yield path, method, operation


def filled(schema, text):
    """A body of this schema with ``text`` wherever a text may stand."""
    schema = resolved(schema)
    for choice in schema.get("anyOf", []):
        if resolved(choice).get("type") != "null":
            return filled(choice, text)
    match schema.get("type"):
        case "object":
            parts = schema.get("properties", {})
            return {name: filled(part, text) for name, part in parts.items()}
        case "array":
            return [filled(schema.get("items", {}), text)]
        case "boolean":
            return True
        case "integer":
            return 1
    return text


def resolved(schema):
    name = schema.get("$ref", "").rpartition("/")[2]
    return whole()["components"]["schemas"][name] if name else schema


@pytest.fixture
def address(program):
    """Where a path of the document leads to, and the headers for it."""
    group = affiliation(program)
    asked = UpdateRequestFactory(affiliation=group)
    nonce = group.primary_contact.link_nonce
    tokens = {
        "/applications/": make_token(submitted(program), Purpose.STATUS),
        "/update-requests/": sign(asked.reference, nonce, Purpose.UPDATE),
        "/affiliations/": own_token(group),
    }

    def address_of(path):
        token = next((tokens[start] for start in tokens if path.startswith(start)), "")
        headers = {"Idempotency-Key": KEY}
        if "{" not in path and token:
            headers["Authorization"] = f"Bearer {token}"
        return ROOT + path.lstrip("/").format(slug=program.slug, token=token), headers

    return address_of


@pytest.mark.parametrize("text", ["\ud800", "a\0", "\udfff@example.org"])
def test_characters_that_no_database_keeps_break_no_call(client, address, text):
    called = 0
    for path, method, operation in calls_with_bodies():
        schema = operation["requestBody"]["content"]["application/json"]["schema"]
        body = json.dumps(filled(schema, text)).encode()
        place, headers = address(path)
        answer = client.generic(method.upper(), place, body, "application/json", headers=headers)
        assert answer.status_code < 500, path
        assert answer.status_code not in (401, 404, 405, 415), path
        called += 1
    assert called >= 20

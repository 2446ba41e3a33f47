"""Calling the API as a front end does."""

import json
from uuid import uuid4

from django.conf import settings

ROOT = "/api/affiliates/v1/"
PROBLEM = "application/problem+json"
NAMES = "urn:wagtail-affiliates:problem:"
STUCK = (".", ">", ")", "%20", "%0A", ".%3E", "%C2%A0", "%E2%80%9D")
"""What mail programs and people leave at the end of a token."""


def get(client, path, **headers):
    return client.get(ROOT + path, headers=headers)


def post(client, path, body=None, *, key=None, content_type="application/json", **headers):
    """``body``: bytes as they are, or what is written as JSON."""
    content = body if isinstance(body, bytes) else json.dumps(body).encode()
    if key:
        headers["Idempotency-Key"] = key
    return client.post(
        ROOT + path,
        b"" if body is None else content,
        content_type=content_type,
        headers=headers,
    )


def send(client, program, body, *, key=None, **kwargs):
    """Apply; with a new key, unless one is given."""
    path = f"programs/{program.slug}/applications/"
    return post(client, path, body, key=key or str(uuid4()), **kwargs)


def status_path(answer):
    """The path below the API's root where the application's status is."""
    return answer.json()["status_url"].removeprefix(settings.WAGTAILADMIN_BASE_URL + ROOT)


def problem(response):
    """The kind of error, after a look at what every error has."""
    found = response.json()
    assert response["Content-Type"] == PROBLEM
    assert found["status"] == response.status_code
    assert found["title"]
    assert found["detail"]
    return found["type"].removeprefix(NAMES)


def mistakes(response):
    """What is wrong, by its place in the request."""
    assert problem(response) == "invalid", response.content
    return {tuple(one["location"]): one for one in response.json()["errors"]}


def application(program, **changes):
    """A complete body. ``changes`` replace members; None takes one out."""
    body = {
        "group": group(),
        "contact": {"name": "Rosa Diaz", "email": "rosa@saferschools.org"},
        "accepted": [statement.id for _kind, statement in program.statements_to_accept()],
    }
    body.update(changes)
    return {name: value for name, value in body.items() if value is not None}


def group(**changes):
    return {
        "name": "Safer Schools Ohio",
        "region": "US-OH",
        "scope": "state",
        "summary": "Parents and teachers who work for safe schools.",
        "links": [{"network": "website", "url": "https://saferschools.org/"}],
        **changes,
    }


def put(client, path, body):
    return client.put(ROOT + path, json.dumps(body).encode(), content_type="application/json")


def delete(client, path):
    return client.delete(ROOT + path)

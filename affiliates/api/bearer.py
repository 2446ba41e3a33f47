"""The token of a mailed link in a header (RFC 6750), on the same paths without it.

Addresses get into the logs of servers and the histories of browsers; headers do not.
"""

from collections.abc import Callable
from copy import deepcopy
from functools import wraps
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.urls import URLPattern, path

from affiliates.api.problems import TOKEN_NEEDED, Problem

View = Callable[..., HttpResponse]
Json = dict[str, Any]

SCHEME = "bearer"


def with_header(found: URLPattern) -> URLPattern | None:
    """The pattern that takes the token from the header, if this one has it in its path."""
    route = str(found.pattern)
    if "<token>/" not in route:
        return None
    return path(
        route.replace("<token>/", ""), _from_header(found.callback), name=f"{found.name}_by_header"
    )


def _from_header(view: View) -> View:
    """What no token opens is 401 here, since it is the token that is missing or wrong."""

    @wraps(view)
    def wrapped(request: HttpRequest, **kwargs: Any) -> HttpResponse:
        scheme, _space, token = request.headers.get("Authorization", "").partition(" ")
        response = view(request, **kwargs, token=token if scheme.lower() == SCHEME else "")
        if response.status_code == 404:
            raise Problem(TOKEN_NEEDED, headers={"WWW-Authenticate": "Bearer"})
        return response

    return wrapped


def describe(document: Json) -> None:
    """Add these paths to an OpenAPI document."""
    paths = {
        place.replace("{token}/", ""): {call: _described(one) for call, one in calls.items()}
        for place, calls in document["paths"].items()
        if "{token}/" in place
    }
    document["paths"] |= paths
    about = {"type": "http", "scheme": SCHEME, "description": "The token of a mailed link."}
    document["components"]["securitySchemes"] = {"token": about}


def _described(operation: Json) -> Json:
    with_token = deepcopy(operation)
    problem = with_token["responses"].pop("404")
    problem["description"] = f"{TOKEN_NEEDED.title}: `{TOKEN_NEEDED.uri}`."
    problem["headers"] = {"WWW-Authenticate": {"schema": {"type": "string"}}}
    return {
        **with_token,
        "operationId": f"{operation['operationId']}ByHeader",
        "summary": f"{operation['summary']} (token in the header)",
        "parameters": [one for one in with_token["parameters"] if one["name"] != "token"],
        "responses": {"401": problem, **with_token["responses"]},
        "security": [{"token": []}],
    }

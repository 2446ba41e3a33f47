"""The OpenAPI document, and the page that shows it."""

import json
from typing import Any

from django.apps import apps
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from ninja import NinjaAPI
from ninja.decorators import decorate_view

from affiliates.api.bearer import describe as describe_bearer
from affiliates.api.problems import MEDIA_TYPE, TYPES
from affiliates.caching.answers import kept


def add_docs(api: NinjaAPI) -> None:
    @api.get("openapi.json", include_in_schema=False)
    @decorate_view(kept)
    def openapi(request: HttpRequest) -> HttpResponse:
        text = json.dumps(document(api), indent=2)
        return HttpResponse(text, content_type="application/json")

    api.get("docs/", include_in_schema=False)(docs)


def docs(request: HttpRequest) -> HttpResponse:
    """Render Swagger UI if ``ninja``, which ships it, is one of the ``INSTALLED_APPS``."""
    context = {
        "openapi_url": reverse("affiliates-api:openapi"),
        "has_swagger": apps.is_installed("ninja"),
    }
    return render(request, "affiliates/api/api_docs.html", context)


Json = dict[str, Any]

DESCRIPTION = (
    "Programs, their affiliates and their news, and applications to join them, for front ends"
    " of every kind."
    " No login is needed.\n\n"
    "Every address ends with a slash. Lists have `limit` (100 at most) and `offset`.\n\n"
    "Public answers have an ETag: send it back as `If-None-Match`, and the answer is 304 while"
    " nothing has changed.\n\n"
    "What is private is opened by the token of a mailed link, in the path or, so that no log keeps"
    " it, in the header `Authorization: Bearer …` of the same path without it.\n\n"
    "Errors are problem details (RFC 9457): `type` names the kind and never changes, `errors` says"
    " what is wrong at which place of the request."
)

HEADERS: Json = {
    "ETag": {"description": "Names this state of the answer.", "schema": {"type": "string"}},
    "Cache-Control": {"description": "How long it may be kept.", "schema": {"type": "string"}},
    "Retry-After": {
        "description": "Seconds after which the next request is answered.",
        "schema": {"type": "integer", "minimum": 0},
    },
}

PARAMETERS: Json = {
    "slug": {"description": "Names the program; see the list.", "example": "safe-schools"},
    "affiliate": {"description": "Names the group.", "example": "michigan-parents"},
    "token": {
        "description": "From an emailed link, or from the “status_url” of an answer.",
        "example": "status~K7M-4QX~…",
    },
}

ABOUT_TAGS = [
    {"name": "Programs", "description": "What a program believes, asks for and gives."},
    {"name": "Directory", "description": "The groups that joined."},
    {"name": "Updates", "description": "News that these groups share with everyone."},
    {"name": "Applying", "description": "What an application needs, and sending it."},
    {"name": "Your application", "description": "Private, by the token of a mailed link."},
    {"name": "Your update", "description": "Private, by the token of the mail that asks for it."},
    {"name": "Your group", "description": "Private, by the token of the link to its own page."},
    {"name": "New links", "description": "For anyone who lost one. They are emailed, never shown."},
]
PRIVATE_TAGS = ("Your application", "Your update", "Your group")


def document(api: NinjaAPI) -> Json:
    found: Json = dict(api.get_openapi_schema(path_prefix=""))
    found["info"]["description"] = DESCRIPTION
    found["servers"] = [{"url": reverse(f"{api.urls_namespace}:api-root").rstrip("/")}]
    found["tags"] = ABOUT_TAGS
    for path in found["paths"].values():
        for method, operation in path.items():
            operation["responses"] = _responses(method, operation)
            operation["parameters"] = [_parameter(one) for one in operation["parameters"]]
    describe_bearer(found)
    found["components"]["schemas"] = _referred_to(found)
    return found


def _parameter(parameter: Json) -> Json:
    """Drop the examples of JSON Schema; an OpenAPI parameter has one, or several by name."""
    parameter.pop("examples", None)
    return {**parameter, **PARAMETERS.get(parameter["name"], {})}


def _referred_to(found: Json) -> Json:
    """Drop the schemas that Ninja lists only as parts of query parameters."""
    whole = json.dumps(found)
    schemas = found["components"]["schemas"]
    return {name: schema for name, schema in schemas.items() if f'/{name}"' in whole}


def _responses(method: str, operation: Json) -> Json:
    """Merge Ninja's responses and our extra ones, with codes as text, as JSON has them."""
    is_public = method == "get" and operation["tags"][0] not in PRIVATE_TAGS
    responses: Json = {}
    for status, response in operation["responses"].items():
        responses.setdefault(str(status), {}).update(response)
    for status, response in responses.items():
        if int(status) >= 400:
            _as_problem(int(status), response, operation["operationId"])
    if is_public and operation["operationId"] != "getChallenge":
        responses["200"]["headers"] = _headers("ETag", "Cache-Control")
        responses["304"] = {
            "description": "Nothing has changed since the answer with the ETag that was sent.",
            "headers": _headers("ETag", "Cache-Control"),
        }
    return dict(sorted(responses.items()))


def _as_problem(status: int, response: Json, call: str) -> None:
    kinds = [kind for kind in TYPES if kind.status == status and call in (kind.calls or (call,))]
    schema = response.pop("content")["application/json"]["schema"]
    response["description"] = " ".join(f"{kind.title}: `{kind.uri}`." for kind in kinds)
    response["content"] = {MEDIA_TYPE: {"schema": schema}}
    if status == 429:
        response["headers"] = _headers("Retry-After")


def _headers(*names: str) -> Json:
    return {name: HEADERS[name] for name in names}

"""What the API says of itself: the OpenAPI document, and a page to read it and try it out."""

import json

from django.apps import apps
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from ninja import Router
from ninja.decorators import decorate_view

from affiliates.api.caching import kept
from affiliates.api.document import document

router = Router()

OPENAPI = "application/json"


@router.get("openapi.json", include_in_schema=False)
@decorate_view(kept)
def openapi(request: HttpRequest) -> HttpResponse:
    text = json.dumps(document(router.api), indent=2)
    return HttpResponse(text, content_type=OPENAPI)


@router.get("docs/", include_in_schema=False)
def docs(request: HttpRequest) -> HttpResponse:
    """Swagger UI comes with Ninja, and is there if ``ninja`` is one of the ``INSTALLED_APPS``."""
    context = {
        "openapi_url": reverse("affiliates-api:openapi"),
        "has_swagger": apps.is_installed("ninja"),
    }
    return render(request, "affiliates/api/api_docs.html", context)

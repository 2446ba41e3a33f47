"""The API put together."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from ninja import NinjaAPI
from ninja.parser import Parser

from affiliates.api import (
    application_schema,
    applications,
    directory,
    docs,
    drafts,
    new_links,
    own_applications,
    own_contacts,
    own_group,
    own_profile,
    own_updates,
    programs,
    updates,
)
from affiliates.api.bodies import read_json
from affiliates.api.problems import NOT_FOUND, Problem
from affiliates.api.refusals import explain_refusals

NAMESPACE = "affiliates-api"
VERSION = "1.0.0"


class StrictParser(Parser):
    def parse_body(self, request: HttpRequest) -> Any:
        return read_json(request.body)


api = NinjaAPI(
    title="wagtail-affiliates",
    version=VERSION,
    urls_namespace=NAMESPACE,
    parser=StrictParser(),
    openapi_url=None,
    docs_url=None,
)
explain_refusals(api)
for module in (
    *(programs, directory, updates),
    *(application_schema, applications, drafts, own_applications, own_updates),
    *(own_group, own_contacts, own_profile, new_links, docs),
):
    api.add_router("", module.router)


def nothing_here(request: HttpRequest, **_kwargs: str) -> HttpResponse:
    raise Problem(NOT_FOUND)

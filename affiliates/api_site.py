"""The API and its URLs. Include them anywhere before Wagtail's::

path("api/affiliates/v1/", include("affiliates.api_site"))
"""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.urls import URLPattern, include, path, re_path
from ninja import NinjaAPI
from ninja.operation import Operation
from ninja.parser import Parser

from affiliates.api.bearer import with_header
from affiliates.api.docs import add_docs
from affiliates.api.error_messages import register_error_handlers
from affiliates.api.gateway import gateway, read_json
from affiliates.api.problems import NOT_FOUND, Problem
from affiliates.applications.api import applying, json_schema, own
from affiliates.directory.api import affiliates, programs
from affiliates.portal.api import contacts, group, leaving
from affiliates.portal.api import requirements as own_requirements
from affiliates.updates.api import published, requests

NAMESPACE = "affiliates-api"
VERSION = "1.0.0"


class StrictParser(Parser):
    def parse_body(self, request: HttpRequest) -> Any:
        return read_json(request.body)


class SiteAPI(NinjaAPI):
    def get_openapi_operation_id(self, operation: Operation) -> str:
        """Named like the function: ``list_programs`` becomes ``listPrograms``."""
        first, *others = operation.view_func.__name__.split("_")
        return first + "".join(map(str.capitalize, others))


api = SiteAPI(
    title="wagtail-affiliates",
    version=VERSION,
    urls_namespace=NAMESPACE,
    parser=StrictParser(),
    openapi_url=None,
    docs_url=None,
)
register_error_handlers(api)
for module in (
    *(programs, affiliates, published),
    *(json_schema, applying, own, requests),
    *(group, own_requirements, contacts, leaving),
):
    api.add_router("", module.router)
add_docs(api)


def nothing_here(request: HttpRequest, **_kwargs: str) -> HttpResponse:
    raise Problem(NOT_FOUND)


ROOT = "api-root"
TAKE_APPLICATIONS = ("send_application", "save_draft_of")


def through_gateway(found: URLPattern) -> URLPattern:
    view = gateway(found.callback, takes_applications=found.name in TAKE_APPLICATIONS)
    return URLPattern(found.pattern, view, found.default_args, found.name)


calls = [one for one in api.urls[0] if isinstance(one, URLPattern) and one.name != ROOT]
# Those without a token first: else “applications/withdraw/” would be the token “withdraw”.
patterns = [through_gateway(one) for one in (*filter(None, map(with_header, calls)), *calls)]
nowhere = [re_path(r"", gateway(nothing_here))]
root = [path("", gateway(nothing_here), name=ROOT)]

urlpatterns = [path("", include(([*root, *patterns, *nowhere], NAMESPACE)))]

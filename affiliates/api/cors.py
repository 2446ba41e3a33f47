"""Which other sites' scripts may use the API: none, unless ``API_ALLOWED_ORIGINS`` says so.

Credentials are never allowed: nothing here is done by a cookie.
"""

from django.http import HttpRequest, HttpResponse
from django.utils.cache import patch_vary_headers

from affiliates.core.conf import settings

SENT = "Content-Type, Idempotency-Key, If-None-Match"
READ = "Allow, ETag, Retry-After"
REMEMBERED_SECONDS = 600


def share(request: HttpRequest, response: HttpResponse) -> None:
    """Let the script of an allowed origin read the answer."""
    origin = request.headers.get("Origin", "")
    allowed = settings.API_ALLOWED_ORIGINS
    if "*" in allowed:
        response["Access-Control-Allow-Origin"] = "*"
    elif allowed:
        patch_vary_headers(response, ["Origin"])
        if origin in allowed:
            response["Access-Control-Allow-Origin"] = origin
    if response.has_header("Access-Control-Allow-Origin"):
        response["Access-Control-Expose-Headers"] = READ


def answer_options(methods: str) -> HttpResponse:
    """To OPTIONS: which methods there are, for browsers that ask before a request (preflight)."""
    response = HttpResponse(
        status=204,
        headers={
            "Allow": methods,
            "Access-Control-Allow-Methods": methods,
            "Access-Control-Allow-Headers": SENT,
            "Access-Control-Max-Age": str(REMEMBERED_SECONDS),
        },
    )
    del response["Content-Type"]
    return response

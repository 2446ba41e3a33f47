"""What every API request passes through, in and out, from top to bottom."""

import json
import re
import time
from collections import Counter
from collections.abc import Callable
from functools import wraps
from typing import Any, NoReturn

from django.core.cache import cache
from django.http import HttpRequest, HttpResponse, HttpResponseNotAllowed
from django.utils.cache import patch_vary_headers
from django.utils.translation import gettext as _
from django.views.decorators.csrf import csrf_exempt

from affiliates.api.problems import (
    LENGTH,
    MEDIA,
    METHOD,
    TOO_LARGE,
    TOO_MANY,
    UNREADABLE,
    Problem,
)
from affiliates.core.conf import settings
from affiliates.core.responses import has_no_length
from affiliates.spam.client_networks import network_hash

View = Callable[..., HttpResponse]

WINDOW = 60
"""Seconds in which requests are counted."""

DEEPEST = 20
"""Levels of nested brackets. An application has four."""

_BRACKETS = re.compile(rb"[\[\]{}]")


def gateway(view: View, *, takes_applications: bool = False) -> View:
    """Exempt from CSRF checks, since cookies authorize nothing here."""

    @csrf_exempt
    @wraps(view)
    def wrapped(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        try:
            if request.method != "OPTIONS":
                admit(request)
                check_body(request, takes_applications=takes_applications)
            response = _answer(view, request, args, kwargs)
        except Problem as problem:
            response = problem.response()
        response.headers.setdefault("Cache-Control", "private, no-store")
        response["Referrer-Policy"] = "same-origin"
        response["X-Robots-Tag"] = "noindex"
        share(request, response)
        return response

    return wrapped


def _answer(view: View, request: HttpRequest, args: Any, kwargs: Any) -> HttpResponse:
    method = request.method
    if method == "HEAD":
        request.method = "GET"
    response = view(request, *args, **kwargs)
    if isinstance(response, HttpResponseNotAllowed):
        # Ninja refuses OPTIONS, and its refusal names the methods it knows.
        methods = _methods(response)
        if method == "OPTIONS":
            return answer_options(methods)
        raise Problem(METHOD, headers={"Allow": methods})
    if method == "HEAD":
        response["Content-Length"] = str(len(response.content))
        response.content = b""
    return response


def _methods(refusal: HttpResponse) -> str:
    known = set(refusal["Allow"].split(", "))
    return ", ".join(sorted(known | {"OPTIONS"} | ({"HEAD"} if "GET" in known else set())))


SENT = "Authorization, Content-Type, Idempotency-Key, If-None-Match"
READ = "Allow, ETag, Retry-After"
REMEMBERED_SECONDS = 600


def share(request: HttpRequest, response: HttpResponse) -> None:
    """Add CORS headers for ``API_ALLOWED_ORIGINS``. Credentials are never allowed."""
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
    """Answer OPTIONS, also sent by browsers before a request (preflight), with the methods."""
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


def admit(request: HttpRequest) -> None:
    """Count the request in the cache. Raises Problem if its network sent too many."""
    reads = request.method in ("GET", "HEAD")
    limit = settings.API_READS_PER_MINUTE if reads else settings.API_WRITES_PER_MINUTE
    if limit and _count(request, "read" if reads else "write") > limit:
        raise Problem(TOO_MANY, headers={"Retry-After": str(WINDOW - int(time.time()) % WINDOW)})


def _count(request: HttpRequest, kind: str) -> int:
    key = f"affiliates.api.{kind}.{network_hash(request)}.{int(time.time()) // WINDOW}"
    cache.add(key, 0, timeout=2 * WINDOW)
    try:
        return cache.incr(key)
    except ValueError:  # Evicted from a full cache in between.
        return 1


def check_body(request: HttpRequest, *, takes_applications: bool) -> None:
    """Raise Problem if the body has no length, is too large, or is not declared as JSON."""
    if has_no_length(request):
        raise Problem(LENGTH)
    length = request.META.get("CONTENT_LENGTH") or "0"
    limit = settings.API_APPLICATION_BYTES if takes_applications else settings.API_BODY_BYTES
    # A number of more than nine digits would be too large in any case.
    if not (length.isascii() and length.isdigit() and len(length) < 10) or int(length) > limit:
        raise Problem(TOO_LARGE)
    if int(length) and request.content_type != "application/json":
        raise Problem(MEDIA, headers={"Accept-Post": "application/json"})


def read_json(body: bytes) -> Any:
    """Parse the body. Raises Problem for duplicate names, numbers not in JSON, and deep nesting."""
    if _depth(body) > DEEPEST:
        raise _unreadable(_("It is nested too deeply."))
    try:
        return json.loads(
            body.decode("utf-8-sig"),
            object_pairs_hook=_object,
            parse_constant=_no_number,
            parse_float=_finite,
        )
    except ValueError:  # of the decoder, of the parser, and of integers with thousands of digits
        raise _unreadable() from None


def _depth(body: bytes) -> int:
    """Without the escapes, every second part between quotation marks is no string."""
    outside = b"".join(body.replace(b"\\\\", b"").replace(b'\\"', b"").split(b'"')[::2])
    deepest = depth = 0
    for bracket in _BRACKETS.findall(outside):
        depth += 1 if bracket in b"[{" else -1
        deepest = max(deepest, depth)
    return deepest


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) < len(pairs):
        [(twice, _times)] = Counter(name for name, _value in pairs).most_common(1)
        raise _unreadable(_("“%(name)s” appears in it twice.") % {"name": twice[:50]})
    return found


def _no_number(text: str) -> NoReturn:
    raise _unreadable(_("“%(text)s” is not a number in JSON.") % {"text": text})


def _finite(text: str) -> float:
    number = float(text)
    if number in (float("inf"), float("-inf")):
        raise _unreadable(_("The number “%(text)s” is too large.") % {"text": text[:50]})
    return number


def _unreadable(reason: str = "") -> Problem:
    return Problem(UNREADABLE, detail=f"{reason} {UNREADABLE.detail}".strip())

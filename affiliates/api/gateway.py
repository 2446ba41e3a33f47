"""What every request to the API passes on its way in and out, read from top to bottom."""

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.http import HttpRequest, HttpResponse, HttpResponseNotAllowed
from django.views.decorators.csrf import csrf_exempt

from affiliates.api.bodies import check_body
from affiliates.api.cors import answer_options, share
from affiliates.api.problems import METHOD, Problem
from affiliates.api.throttling import admit

View = Callable[..., HttpResponse]


def gateway(view: View) -> View:
    """No cookie gives any power here, so none of it needs a CSRF token."""

    @csrf_exempt
    @wraps(view)
    def wrapped(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        try:
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
    if request.method == "OPTIONS":
        return _options(view(request, *args, **kwargs))
    admit(request)
    check_body(request)
    if request.method == "HEAD":
        return _without_body(view(_as_get(request), *args, **kwargs))
    response = view(request, *args, **kwargs)
    if isinstance(response, HttpResponseNotAllowed):
        raise Problem(METHOD, headers={"Allow": _methods(response)})
    return response


def _options(refusal: HttpResponse) -> HttpResponse:
    """Ninja knows no OPTIONS, and its refusal names the methods that it knows."""
    if isinstance(refusal, HttpResponseNotAllowed):
        return answer_options(_methods(refusal))
    return refusal


def _methods(refusal: HttpResponse) -> str:
    known = set(refusal["Allow"].split(", "))
    return ", ".join(sorted(known | {"OPTIONS"} | ({"HEAD"} if "GET" in known else set())))


def _as_get(request: HttpRequest) -> HttpRequest:
    request.method = "GET"
    return request


def _without_body(response: HttpResponse) -> HttpResponse:
    if isinstance(response, HttpResponseNotAllowed):
        raise Problem(METHOD, headers={"Allow": _methods(response)})
    response["Content-Length"] = str(len(response.content))
    response.content = b""
    return response

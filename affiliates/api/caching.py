"""Caches public answers, with ETags made from their content, until a page changes.

``API_FRESH_SECONDS`` limits the age after unnoticed changes, as by SQL updates.
"""

import hashlib
from collections.abc import Callable
from functools import wraps
from typing import Any
from uuid import uuid4

from django.core.cache import cache
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.utils.cache import patch_cache_control
from django.utils.http import parse_etags
from django.utils.translation import get_language

from affiliates.core.conf import settings

Run = Callable[..., HttpResponse]

VERSION = "affiliates.api.version"
LONGEST_ADDRESS = 200
"""Longer addresses hold searches that hardly anyone repeats."""


def kept(run: Run) -> Run:
    """Cache the answers of a GET view of public data."""

    @wraps(run)
    def wrapped(request: HttpRequest, **kwargs: Any) -> HttpResponse:
        key = _key(request)
        found = cache.get_many([VERSION, f"{key}.tag"])
        version, tag = found.get(VERSION), found.get(f"{key}.tag")
        if version and tag and tag[0] == version:
            response = _from_kept(request, key, tag[1])
            if response is not None:
                return response
        version = version or _new_version()
        response = run(request, **kwargs)
        return _keep(request, key, version, response) if response.status_code == 200 else response

    return wrapped


def forget_answers() -> None:
    """Drop all cached answers now, and again after the transaction commits."""
    _new_version()
    transaction.on_commit(_new_version, robust=True)


def _from_kept(request: HttpRequest, key: str, etag: str) -> HttpResponse | None:
    if _is_known(request, etag):
        return _fresh(HttpResponse(status=304), etag)
    kept_answer = cache.get(f"{key}.body")
    if kept_answer is None or kept_answer[0] != etag:
        return None
    _etag, content_type, content = kept_answer
    return _fresh(HttpResponse(content, content_type=content_type), etag)


def _keep(request: HttpRequest, key: str, version: str, response: HttpResponse) -> HttpResponse:
    etag = f'"{hashlib.sha256(response.content).hexdigest()[:32]}"'
    seconds = settings.API_FRESH_SECONDS
    if seconds and len(request.get_full_path()) <= LONGEST_ADDRESS:
        body = (etag, response["Content-Type"], response.content)
        cache.set_many({f"{key}.body": body, f"{key}.tag": (version, etag)}, seconds)
    if _is_known(request, etag):
        return _fresh(HttpResponse(status=304), etag)
    return _fresh(response, etag)


def _fresh(response: HttpResponse, etag: str) -> HttpResponse:
    response["ETag"] = etag
    if response.status_code == 304:
        del response["Content-Type"]
    patch_cache_control(response, public=True, max_age=settings.API_FRESH_SECONDS)
    return response


def _is_known(request: HttpRequest, etag: str) -> bool:
    """Compare weakly (RFC 9110, section 13.1.2): compression makes ETags weak."""
    known = parse_etags(request.headers.get("If-None-Match", ""))
    return "*" in known or etag in (one.removeprefix("W/") for one in known)


def _key(request: HttpRequest) -> str:
    """Answers vary by address, host (the site) and language."""
    whole = f"{request.build_absolute_uri()} {get_language()}"
    return f"affiliates.api.{hashlib.sha256(whole.encode()).hexdigest()}"


def _new_version() -> str:
    version = uuid4().hex
    cache.set(VERSION, version, None)
    return version

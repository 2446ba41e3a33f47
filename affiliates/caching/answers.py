"""Whole answers: looked up by their address, kept under a version, compared by ETag (RFC 9110)."""

import hashlib
import time
from collections.abc import Callable
from dataclasses import dataclass
from functools import wraps
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.utils.cache import patch_cache_control
from django.utils.http import parse_etags
from django.utils.translation import get_language_from_request

from affiliates.caching import store
from affiliates.core.conf import settings

Make = Callable[[], HttpResponse]

LONGEST_ADDRESS = 200
"""Longer addresses hold searches that hardly anyone repeats."""

MOST_A_MINUTE = 500
"""So many new answers of one kind are kept a minute, however many addresses strangers think up."""

MAKING_SECONDS = 10
WAIT_SECONDS = 2
LOOK_SECONDS = 0.02

NOT_KEPT_HEADERS = frozenset({"content-length", "etag"})


@dataclass(frozen=True)
class Kind:
    """``seconds`` says how long an answer is kept, ``tell`` sets the headers for those who keep it
    elsewhere, ``is_public`` whether an answer may be kept at all.
    """

    name: str
    seconds: Callable[[], int]
    tell: Callable[[HttpRequest, HttpResponse], None]
    is_public: Callable[[HttpRequest, HttpResponse], bool]


@dataclass(frozen=True)
class Kept:
    version: str
    fresh_until: float
    etag: str
    headers: dict[str, str]
    content: bytes

    def is_fresh(self, version: str | None) -> bool:
        return self.version == version and time.time() < self.fresh_until


def answer(request: HttpRequest, make: Make, kind: Kind) -> HttpResponse:
    """The kept answer for this address, host and language; else that of ``make``, which is kept.
    Those who have it already get 304.
    """
    key = _key(request, kind)
    version, kept = _look_up(key)
    was_stale = kept is not None and not kept.is_fresh(version)
    if was_stale:
        version, kept = _wait_for_maker(key)
    if kept is None or not kept.is_fresh(version):
        version = version or store.first_version()
        try:
            response = make()
            kept = _keep(request, response, key, version, kind)
        finally:
            if was_stale:
                store.delete(f"{key}.making")
                # What can no longer be kept is not waited for either.
                if kept is None or kept.version != version:
                    store.delete(key)
        if kept is None:
            return response
    return _response(request, kept, kind)


def _look_up(key: str) -> tuple[str | None, Kept | None]:
    found = store.read(store.VERSION, key)
    parts = found.get(key)
    return found.get(store.VERSION), Kept(*parts) if parts else None


def _wait_for_maker(key: str) -> tuple[str | None, Kept | None]:
    """Until whoever makes a stale answer anew has done so, or it is our turn."""
    deadline = time.monotonic() + WAIT_SECONDS
    while True:
        is_ours = store.reserve(f"{key}.making", MAKING_SECONDS)
        version, kept = _look_up(key)
        is_fresh = kept is not None and kept.is_fresh(version)
        if is_ours and is_fresh:
            store.delete(f"{key}.making")
        if is_ours or is_fresh or kept is None or time.monotonic() > deadline:
            return version, kept
        time.sleep(LOOK_SECONDS)


def _keep(
    request: HttpRequest, response: HttpResponse, key: str, version: str, kind: Kind
) -> Kept | None:
    """None if the answer is not for everyone."""
    if response.status_code != 200 or not kind.is_public(request, response):
        return None
    seconds = kind.seconds()
    etag = f'"{hashlib.sha256(response.content).hexdigest()[:32]}"'
    headers = {k: v for k, v in response.items() if k.lower() not in NOT_KEPT_HEADERS}
    parts = (version, time.time() + seconds, etag, headers, response.content)
    is_short = len(request.get_full_path()) <= LONGEST_ADDRESS
    if seconds and is_short and store.count(kind.name, 60) <= MOST_A_MINUTE:
        store.write(key, parts, 2 * seconds)
    return Kept(*parts)


def _response(request: HttpRequest, kept: Kept, kind: Kind) -> HttpResponse:
    if is_known(request, kept.etag):
        headers = {k: v for k, v in kept.headers.items() if not k.lower().startswith("content-")}
        response = HttpResponse(status=304, headers=headers)
        del response["Content-Type"]
    else:
        response = HttpResponse(kept.content, headers=kept.headers)
        response["Content-Length"] = str(len(kept.content))
    response["ETag"] = kept.etag
    if not response.has_header("Cache-Control"):
        kind.tell(request, response)
    return response


def is_known(request: HttpRequest, etag: str) -> bool:
    """Compare weakly (RFC 9110, section 13.1.2): compression makes ETags weak."""
    known = parse_etags(request.headers.get("If-None-Match", ""))
    return "*" in known or etag in (one.removeprefix("W/") for one in known)


def _key(request: HttpRequest, kind: Kind) -> str:
    """By scheme, host, address and language. Wagtail also finds a site by its port."""
    parts = (request.build_absolute_uri(), request.get_port(), get_language_from_request(request))
    return f"affiliates.{kind.name}.{hashlib.sha256(' '.join(parts).encode()).hexdigest()}"


def _tell_of_api(_request: HttpRequest, response: HttpResponse) -> None:
    patch_cache_control(response, public=True, max_age=settings.API_FRESH_SECONDS)


API = Kind("api", lambda: settings.API_FRESH_SECONDS, _tell_of_api, lambda _request, _made: True)


def kept(run: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    """Keep the answers of the API's GET view of public data."""

    @wraps(run)
    def wrapped(request: HttpRequest, **kwargs: Any) -> HttpResponse:
        return answer(request, lambda: run(request, **kwargs), API)

    return wrapped

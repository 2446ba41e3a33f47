"""Answers with kept pages before anything else of the site is asked."""

from collections.abc import Callable

from django.conf import settings as django_settings
from django.http import HttpRequest, HttpResponse
from django.utils.cache import patch_cache_control

from affiliates.caching.answers import Kind, answer
from affiliates.core.conf import settings
from affiliates.core.responses import may_be_kept

VARIES_ON = {"accept-language", "accept-encoding", "cookie"}
"""What an answer that is kept by language, for readers without a session, may vary on."""

NOT_SHARED = ("private", "no-store", "no-cache")


class KeptPages:
    """Keeps the pages that say so by ``PublicPage``, for readers who have no session.

    ``add_affiliates`` puts it before ``SessionMiddleware``. So it stands below those that redirect
    to HTTPS or compress, and keeps what those above add out of the cache.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]):
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if is_for_readers(request):
            response = answer(request, lambda: self.get_response(request), PAGES)
        else:
            response = self.get_response(request)
        if may_be_kept(response) is not None and not response.has_header("Cache-Control"):
            patch_cache_control(response, private=True, max_age=0)
        return response


def is_for_readers(request: HttpRequest) -> bool:
    """Whether it comes from someone of whom we know nothing, and is no preview."""
    return (
        request.method in ("GET", "HEAD")
        and not getattr(request, "is_dummy", False)
        and not request.headers.get("Authorization")
        and not any(map(_is_personal, request.COOKIES))
    )


def _is_personal(cookie: str) -> bool:
    """Messages may lie in a cookie whose name is that of its storage class."""
    return cookie == django_settings.SESSION_COOKIE_NAME or cookie.endswith("messages")


def is_public(request: HttpRequest, response: HttpResponse) -> bool:
    """Whether everyone may see this answer. A page in an answer with a nonce (Content Security
    Policy) works only once.
    """
    user = getattr(request, "user", None)
    caching = response.get("Cache-Control", "").lower()
    varies_on = {name.strip() for name in response.get("Vary", "").lower().split(",")} - {""}
    return (
        request.method == "GET"
        and bool(may_be_kept(response))
        and not response.streaming
        and not response.cookies
        and not request.META.get("CSRF_COOKIE_NEEDS_UPDATE")
        and not response.has_header("Content-Encoding")
        and not (user and user.is_authenticated)
        and not getattr(request, "_csp_nonce", None)
        and not any(word in caching for word in NOT_SHARED)
        and varies_on <= VARIES_ON
    )


def tell(request: HttpRequest, response: HttpResponse) -> None:
    """Readers ask each time whether the page is still the same. A CDN is told when it is not, but
    not of addresses with a query string.

    It does not vary on ``Cookie``: whoever has a session may see the page without Wagtail's bar,
    and nothing else is different. A chosen language lies in a cookie, too.
    """
    several = len(django_settings.LANGUAGES) > 1
    by_language = several and "accept-language" in response.get("Vary", "").lower()
    if by_language:
        response["Vary"] = "Accept-Language, Cookie"
    else:
        del response["Vary"]
    seconds = 0 if request.META.get("QUERY_STRING") else settings.CDN_SECONDS
    shared = {"s_maxage": seconds} if seconds else {}
    patch_cache_control(response, public=True, max_age=0, **shared)


PAGES = Kind("pages", lambda: settings.PAGES_FRESH_SECONDS, tell, is_public)

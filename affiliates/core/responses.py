"""Decorators for public views: private pages, and forms that cannot be read or are not ours."""

from collections.abc import Callable
from functools import wraps

from django.conf import settings
from django.core.exceptions import BadRequest, RequestDataTooBig, TooManyFieldsSent
from django.http import HttpRequest, HttpResponseBase
from django.http.multipartparser import MultiPartParserError
from django.shortcuts import render
from django.utils.cache import patch_cache_control

View = Callable[..., HttpResponseBase]

NOT_OURS = "affiliates/core/not_ours.html"
UNREADABLE = "affiliates/core/unreadable.html"


def private(view: View) -> View:
    """Keep the page out of caches, search engines and other sites' referrer logs."""

    @wraps(view)
    def wrapped(request: HttpRequest, *args: object, **kwargs: object) -> HttpResponseBase:
        response = view(request, *args, **kwargs)
        patch_cache_control(response, private=True, no_store=True)
        response["Referrer-Policy"] = "same-origin"
        response["X-Robots-Tag"] = "noindex"
        return response

    return wrapped


def has_no_length(request: HttpRequest) -> bool:
    """Whether a body comes in chunks (RFC 9112, 7.1): Django reads it as empty."""
    return "Transfer-Encoding" in request.headers


def refusing_unreadable(view: View) -> View:
    """Answer a form that is too large or garbled with a help page; Django has not read its text."""

    @wraps(view)
    def wrapped(request: HttpRequest, *args: object, **kwargs: object) -> HttpResponseBase:
        if has_no_length(request):
            return render(request, UNREADABLE, status=411)
        try:
            # Django checks the charset of some forms only, and others allow unstorable text.
            charset = (request.content_params or {}).get("charset", "utf-8")
            if charset.lower() not in ("utf-8", "utf8"):
                raise BadRequest
            request.POST  # noqa: B018 (reading it is what may fail)
        except (RequestDataTooBig, TooManyFieldsSent):
            return render(request, UNREADABLE, {"too_large": True}, status=413)
        except (BadRequest, MultiPartParserError):
            return render(request, UNREADABLE, status=400)
        return view(request, *args, **kwargs)

    return wrapped


def refusing_large(size: int) -> Callable[[View], View]:
    """Answer a body of more than ``size`` bytes before any of it is read."""

    def decorate(view: View) -> View:
        @wraps(view)
        def wrapped(request: HttpRequest, *args: object, **kwargs: object) -> HttpResponseBase:
            length = request.headers.get("Content-Length", "")
            if length.isdigit() and int(length) > size:
                return render(request, UNREADABLE, {"too_large": True}, status=413)
            return view(request, *args, **kwargs)

        return wrapped

    return decorate


def refusing_other_sites(view: View) -> View:
    """Answer a form that another website sent with a page that repeats nothing of it. Shown again,
    it would work: the visitor would press the button for that website.
    """

    @wraps(view)
    def wrapped(request: HttpRequest, *args: object, **kwargs: object) -> HttpResponseBase:
        if request.method == "POST" and _is_from_elsewhere(request):
            return render(request, NOT_OURS, status=403)
        return view(request, *args, **kwargs)

    return wrapped


def _is_from_elsewhere(request: HttpRequest) -> bool:
    """By what browsers say: Fetch Metadata, or the origin in older ones. Without either, Django's
    CSRF check decides.
    """
    origin = request.headers.get("Origin")
    if origin in settings.CSRF_TRUSTED_ORIGINS:
        return False
    if site := request.headers.get("Sec-Fetch-Site"):
        return site not in ("same-origin", "none")
    return origin not in (None, f"{request.scheme}://{request.get_host()}")


def let_be_kept(response: HttpResponseBase, kept: bool) -> None:
    """Say whether everyone who asks for this address gets this answer, so that it may be kept."""
    response.may_be_kept = kept  # type: ignore[attr-defined]


def may_be_kept(response: HttpResponseBase) -> bool | None:
    """None if nobody has said so."""
    return getattr(response, "may_be_kept", None)

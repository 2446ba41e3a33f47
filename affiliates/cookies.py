"""The cookie that stands in for a mailed link's token, so that no address bar keeps the token.

It is good for one purpose and one application, on that application's own pages.
"""

from datetime import timedelta

from django.http import HttpRequest, HttpResponse
from django.urls import reverse

from affiliates.links import Purpose
from affiliates.models import Application

LIFETIME = timedelta(days=1)


def page_of(application: Application, purpose: Purpose) -> str:
    """The address without a token where a link for this purpose leads."""
    names = {"reference": application.reference}
    if purpose is Purpose.DRAFT:
        slug = application.program.slug
        return reverse("affiliates:resume", kwargs={"program_slug": slug, **names})
    return reverse("affiliates:status", kwargs=names)


def grant(
    response: HttpResponse, request: HttpRequest, application: Application, purpose: Purpose
) -> None:
    """Let this browser see the application's page for a day."""
    response.set_signed_cookie(
        _name(application.reference, purpose),
        application.link_nonce,
        salt=_salt(application.reference, purpose),
        max_age=LIFETIME,
        path=page_of(application, purpose),
        secure=request.is_secure(),
        httponly=True,
        samesite="Lax",
    )


def has_grant(request: HttpRequest, application: Application, purpose: Purpose) -> bool:
    """Whether this browser came by a link that is still good."""
    nonce = request.get_signed_cookie(
        _name(application.reference, purpose),
        default="",
        salt=_salt(application.reference, purpose),
        max_age=LIFETIME,
    )
    return nonce == application.link_nonce


def _name(reference: str, purpose: Purpose) -> str:
    return f"affiliates-{purpose}-{reference}"


def _salt(reference: str, purpose: Purpose) -> str:
    return f"affiliates.cookie.{purpose}.{reference}"

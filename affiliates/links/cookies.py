"""The cookie that stands in for a mailed link's token, so that no address bar keeps the token.

It is good for one purpose and one record, on that record's own pages.
"""

from datetime import timedelta

from django.http import HttpRequest, HttpResponse

from affiliates.links.resolution import LinkTarget
from affiliates.links.tokens import Purpose
from affiliates.models import Application

LIFETIME = timedelta(days=1)


def grant(response: HttpResponse, request: HttpRequest, target: LinkTarget) -> None:
    """Let this browser through the target for a day."""
    response.set_signed_cookie(
        _name(target.reference, target.purpose),
        target.nonce,
        salt=_salt(target.reference, target.purpose),
        max_age=LIFETIME,
        path=target.path,
        secure=request.is_secure(),
        httponly=True,
        samesite="Lax",
    )


def granted_nonce(request: HttpRequest, reference: str, purpose: Purpose) -> str:
    """The nonce of the link that this browser came by, good or not any more; ``""`` if none."""
    nonce = request.get_signed_cookie(
        _name(reference, purpose),
        default="",
        salt=_salt(reference, purpose),
        max_age=LIFETIME,
    )
    return nonce or ""


def has_grant(request: HttpRequest, application: Application, purpose: Purpose) -> bool:
    """Whether this browser came by a link that is still good."""
    return granted_nonce(request, application.reference, purpose) == application.link_nonce


def _name(reference: str, purpose: Purpose) -> str:
    return f"affiliates-{purpose}-{reference}"


def _salt(reference: str, purpose: Purpose) -> str:
    return f"affiliates.cookie.{purpose}.{reference}"

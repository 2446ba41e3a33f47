"""Link sessions: a cookie replaces the token of a mailed link, so that no address bar keeps it.

A cookie is valid for one purpose and one record, on that record's own pages.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import timedelta

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.crypto import constant_time_compare

from affiliates.core.exceptions import LinkInvalid
from affiliates.core.states import ApplicationState
from affiliates.links.tokens import LinkClaim, Purpose
from affiliates.models import (
    AffiliateProgramPage,
    Affiliation,
    Application,
    Contact,
    UpdateRequest,
)

LIFETIME = timedelta(days=1)


@dataclass(frozen=True)
class LinkTarget:
    """The page that a nonce opens. ``path`` does not contain the token."""

    purpose: Purpose
    reference: str
    nonce: str
    path: str


@dataclass(frozen=True)
class LinkSession:
    """``asked`` is the update request that the link was for; None on the affiliate's own page."""

    purpose: Purpose
    affiliation: Affiliation
    contact: Contact
    asked: UpdateRequest | None = None

    @property
    def program(self) -> AffiliateProgramPage:
        return self.affiliation.program

    @property
    def reference(self) -> str:
        return self.asked.reference if self.asked else self.affiliation.reference

    @property
    def target(self) -> LinkTarget:
        return contact_target(self.reference, self.contact, self.purpose)

    def path(self, page: str) -> str:
        return path_of(self.purpose, self.reference, page)

    @property
    def home(self) -> str:
        return self.target.path

    @property
    def paths(self) -> dict[str, str]:
        return {page: self.path(page) for page in PAGES}


PAGES = (
    *("tell", "thanks", "contact", "hand_over", "second_contact", "reminders", "saved"),
    "leave",
)
"""Pages below either kind of link. ``tell`` is the form for an update."""


def path_of(purpose: Purpose, reference: str, page: str) -> str:
    """A link to an update leads to ``tell`` itself."""
    is_home = purpose is Purpose.UPDATE and page == "tell"
    name = f"affiliates:{purpose}" if is_home else f"affiliates:{purpose}_{page}"
    return reverse(name, kwargs={"reference": reference})


def find_session(request: HttpRequest, reference: str, purpose: Purpose) -> LinkSession | None:
    return session_with(granted_nonce(request, reference, purpose), reference, purpose)


def session_with(nonce: str, reference: str, purpose: Purpose) -> LinkSession | None:
    affiliation, asked = records_of(reference, purpose) if nonce else (None, None)
    contact = contact_with_nonce(affiliation.contacts.all(), nonce) if affiliation else None
    if affiliation is None or contact is None:
        return None
    return LinkSession(purpose, affiliation, contact, asked)


def records_of(reference: str, purpose: Purpose) -> tuple[Affiliation | None, UpdateRequest | None]:
    related = ("program", "page")
    if purpose is Purpose.AFFILIATE:
        affiliations = Affiliation.objects.select_related(*related)
        return affiliations.filter(reference=reference).first(), None
    requests = UpdateRequest.objects.select_related(*(f"affiliation__{name}" for name in related))
    asked = requests.filter(reference=reference).first()
    return (asked.affiliation, asked) if asked else (None, None)


def resolve_link(claim: LinkClaim) -> LinkTarget:
    """What a token opens. Raises LinkInvalid if the record is gone or the nonce has changed."""
    target = None
    if claim.purpose in (Purpose.UPDATE, Purpose.AFFILIATE):
        session = session_with(claim.nonce, claim.reference, claim.purpose)
        target = session.target if session else None
    elif claim.purpose in (Purpose.STATUS, Purpose.DRAFT):
        applications = Application.objects.select_related("program")
        application = applications.filter(reference=claim.reference).first()
        target = application_target(application, claim.purpose) if application else None
    if target is None or not constant_time_compare(target.nonce, claim.nonce):
        raise LinkInvalid
    return target


def application_target(application: Application, purpose: Purpose) -> LinkTarget:
    """The link of a draft leads to the status once the application was sent."""
    is_draft = application.state == ApplicationState.DRAFT
    purpose = purpose if is_draft else Purpose.STATUS
    names = {"reference": application.reference}
    if purpose is Purpose.DRAFT:
        slug = application.program.slug
        path = reverse("affiliates:resume", kwargs={"program_slug": slug, **names})
    else:
        path = reverse("affiliates:status", kwargs=names)
    return LinkTarget(purpose, application.reference, application.link_nonce, path)


def contact_target(reference: str, contact: Contact, purpose: Purpose) -> LinkTarget:
    path = reverse(f"affiliates:{purpose}", kwargs={"reference": reference})
    return LinkTarget(purpose, reference, contact.link_nonce, path)


def contact_with_nonce(contacts: Iterable[Contact], nonce: str) -> Contact | None:
    holders = (one for one in contacts if nonce and constant_time_compare(one.link_nonce, nonce))
    return next(holders, None)


def grant(response: HttpResponse, request: HttpRequest, target: LinkTarget) -> None:
    response.set_signed_cookie(
        _name(request, target.reference, target.purpose),
        target.nonce,
        salt=_salt(target.reference, target.purpose),
        max_age=LIFETIME,
        path=target.path,
        secure=request.is_secure(),
        httponly=True,
        samesite="Lax",
    )


def revoke(response: HttpResponse, request: HttpRequest, targets: Iterable[LinkTarget]) -> None:
    """Make the browser forget the links' cookies; the links themselves still work."""
    for target in targets:
        name = _name(request, target.reference, target.purpose)
        response.delete_cookie(name, path=target.path, samesite="Lax")


def granted_nonce(request: HttpRequest, reference: str, purpose: Purpose) -> str:
    """May be outdated; ``""`` without a cookie."""
    nonce = request.get_signed_cookie(
        _name(request, reference, purpose),
        default="",
        salt=_salt(reference, purpose),
        max_age=LIFETIME,
    )
    return nonce or ""


def has_grant(request: HttpRequest, application: Application, purpose: Purpose) -> bool:
    return granted_nonce(request, application.reference, purpose) == application.link_nonce


def _name(request: HttpRequest, reference: str, purpose: Purpose) -> str:
    """Browsers take a cookie with this prefix by TLS only, so that nobody on the way can plant one.
    ``__Host-`` would not let it be for one path.
    """
    prefix = "__Secure-" if request.is_secure() else ""
    return f"{prefix}affiliates-{purpose}-{reference}"


def _salt(reference: str, purpose: Purpose) -> str:
    return f"affiliates.cookie.{purpose}.{reference}"

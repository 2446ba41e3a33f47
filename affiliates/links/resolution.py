"""Which page a mailed link opens, and until when: as long as the nonce in it is the record's."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass

from django.urls import reverse
from django.utils.crypto import constant_time_compare

from affiliates.core.exceptions import LinkInvalid
from affiliates.core.states import ApplicationState
from affiliates.links.tokens import LinkClaim, Purpose
from affiliates.models import Affiliation, Application, Contact, UpdateRequest


@dataclass(frozen=True)
class LinkTarget:
    """A page that opens for who holds the nonce. ``path`` is its address, without a token."""

    purpose: Purpose
    reference: str
    nonce: str
    path: str


def resolve_link(claim: LinkClaim) -> LinkTarget:
    """What a genuine token opens. Raises LinkInvalid if its record is gone or its nonce is old."""
    find = _FINDERS.get(claim.purpose)
    target = find(claim) if find else None
    if target is None or not constant_time_compare(target.nonce, claim.nonce):
        raise LinkInvalid
    return target


def application_target(application: Application, purpose: Purpose) -> LinkTarget:
    """A draft's link leads to its status once it was sent, since there is no draft any more."""
    is_draft = application.state == ApplicationState.DRAFT
    purpose = purpose if is_draft else Purpose.STATUS
    path = _path_of(application, purpose)
    return LinkTarget(purpose, application.reference, application.link_nonce, path)


def _path_of(application: Application, purpose: Purpose) -> str:
    names = {"reference": application.reference}
    if purpose is Purpose.DRAFT:
        slug = application.program.slug
        return reverse("affiliates:resume", kwargs={"program_slug": slug, **names})
    return reverse("affiliates:status", kwargs=names)


def contact_target(reference: str, contact: Contact, purpose: Purpose) -> LinkTarget:
    """The page of a record of an affiliate, for one of its contacts."""
    path = reverse(f"affiliates:{purpose}", kwargs={"reference": reference})
    return LinkTarget(purpose, reference, contact.link_nonce, path)


def contact_with_nonce(contacts: Iterable[Contact], nonce: str) -> Contact | None:
    """Whose link it is. Each contact has a nonce of its own."""
    holders = (one for one in contacts if nonce and constant_time_compare(one.link_nonce, nonce))
    return next(holders, None)


def _of_application(claim: LinkClaim) -> LinkTarget | None:
    applications = Application.objects.select_related("program")
    application = applications.filter(reference=claim.reference).first()
    return application_target(application, claim.purpose) if application else None


def _of_update_request(claim: LinkClaim) -> LinkTarget | None:
    asked = UpdateRequest.objects.filter(reference=claim.reference).first()
    return _of_contact(asked.affiliation.contacts.all(), claim) if asked else None


def _of_affiliation(claim: LinkClaim) -> LinkTarget | None:
    affiliation = Affiliation.objects.filter(reference=claim.reference).first()
    return _of_contact(affiliation.contacts.all(), claim) if affiliation else None


def _of_contact(contacts: Iterable[Contact], claim: LinkClaim) -> LinkTarget | None:
    contact = contact_with_nonce(contacts, claim.nonce)
    return contact_target(claim.reference, contact, claim.purpose) if contact else None


_FINDERS: dict[Purpose, Callable[[LinkClaim], LinkTarget | None]] = {
    Purpose.STATUS: _of_application,
    Purpose.DRAFT: _of_application,
    Purpose.UPDATE: _of_update_request,
    Purpose.AFFILIATE: _of_affiliation,
}

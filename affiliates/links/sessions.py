"""A contact of an affiliate who came by a mailed link: who it is, and which pages are open."""

from dataclasses import dataclass

from django.http import HttpRequest
from django.urls import reverse

from affiliates.links.cookies import granted_nonce
from affiliates.links.resolution import LinkTarget, contact_target, contact_with_nonce
from affiliates.links.tokens import Purpose
from affiliates.models import AffiliateProgramPage, Affiliation, Contact, UpdateRequest


@dataclass(frozen=True)
class LinkSession:
    """``asked`` is the request that the link was for; None on the affiliate's own page."""

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
        """Where the link leads."""
        return self.target.path

    @property
    def paths(self) -> dict[str, str]:
        """For templates: the address of each page, by its name."""
        return {page: self.path(page) for page in PAGES}


PAGES = ("tell", "thanks", "contact", "hand_over", "second_contact", "reminders", "saved")
"""What there is for whoever comes by either link. ``tell`` is the form for an update."""


def path_of(purpose: Purpose, reference: str, page: str) -> str:
    """The address of a page. The form for an update is where the link for an update leads."""
    is_home = purpose is Purpose.UPDATE and page == "tell"
    name = f"affiliates:{purpose}" if is_home else f"affiliates:{purpose}_{page}"
    return reverse(name, kwargs={"reference": reference})


def find_session(request: HttpRequest, reference: str, purpose: Purpose) -> LinkSession | None:
    """The session of this browser, if it came by a link that is still good."""
    return session_with(granted_nonce(request, reference, purpose), reference, purpose)


def session_with(nonce: str, reference: str, purpose: Purpose) -> LinkSession | None:
    """The session of whoever has this nonce, if it is that of a contact of the group."""
    affiliation, asked = records_of(reference, purpose) if nonce else (None, None)
    contact = contact_with_nonce(affiliation.contacts.all(), nonce) if affiliation else None
    if affiliation is None or contact is None:
        return None
    return LinkSession(purpose, affiliation, contact, asked)


def records_of(reference: str, purpose: Purpose) -> tuple[Affiliation | None, UpdateRequest | None]:
    """The affiliation that a reference belongs to, and the request if it is a request's."""
    related = ("program", "page")
    if purpose is Purpose.AFFILIATE:
        affiliations = Affiliation.objects.select_related(*related)
        return affiliations.filter(reference=reference).first(), None
    requests = UpdateRequest.objects.select_related(*(f"affiliation__{name}" for name in related))
    asked = requests.filter(reference=reference).first()
    return (asked.affiliation, asked) if asked else (None, None)

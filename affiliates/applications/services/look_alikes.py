"""Recognizes groups that applied before or are affiliates. Shown to editors, never to visitors."""

from functools import reduce
from operator import or_
from urllib.parse import urlsplit

from django.db.models import Q, QuerySet

from affiliates.applications.forms.application import ApplicationContent
from affiliates.core.look_alike_letters import latin_look
from affiliates.core.networks.links import link_key
from affiliates.core.states import OPEN, ApplicationState
from affiliates.core.text import name_key
from affiliates.models import AffiliatePage, Application, Contact, Fingerprint
from affiliates.models.affiliate_page import AffiliateLink
from workflows.core.addresses import address_key

FILLERS = frozenset({"the", "a", "an", "of", "and", "for", "inc", "le", "la", "les", "de", "du"})

FINGERPRINT_LENGTH = 600


def fingerprints(content: ApplicationContent) -> set[str]:
    return {
        name_fingerprint(content.group["name"], content.group["region"]),
        *(f"address {address_key(contact.email)}" for contact in content.contacts),
        *(f"link {link_key(link['url'])}"[:FINGERPRINT_LENGTH] for link in content.links),
    }


def new_fingerprints(application: Application, content: ApplicationContent) -> list[Fingerprint]:
    """Unsaved."""
    values = sorted(fingerprints(content))
    return [Fingerprint(application=application, value=value) for value in values]


def look_alikes(application: Application) -> list[Application | AffiliatePage]:
    """Affiliates and other applications, except drafts, that share a fingerprint. Five queries."""
    known = set(application.fingerprints.values_list("value", flat=True))
    return [*_affiliates(application, known), *_applications(application, known)]


def name_fingerprint(name: str, region: str) -> str:
    words = name_key(latin_look(name)).split()
    telling = [word for word in words if word not in FILLERS] or words
    return f"name {region} {' '.join(telling)}"


def _applications(application: Application, known: set[str]) -> list[Application]:
    """Of the same program only: its reviewers may not read what others were sent."""
    others = Application.objects.filter(program=application.program).exclude(pk=application.pk)
    found = others.filter(fingerprints__value__in=known).exclude(state=ApplicationState.DRAFT)
    return list(found.distinct())


def _affiliates(application: Application, known: set[str]) -> list[AffiliatePage]:
    # An open application is listed itself, so its draft page is left out.
    pages = AffiliatePage.objects.descendant_of(application.program).exclude(
        Q(application=application.pk) | Q(application__state__in=OPEN)
    )
    region = application.region
    same_region = pages.filter(region=region).values_list("pk", "title").order_by()
    found = {page for page, title in same_region if name_fingerprint(title, region) in known}
    addresses = [one.removeprefix("address ") for one in known if one.startswith("address ")]
    found.update(
        Contact.objects.filter(email_key__in=addresses, affiliation__page__in=pages)
        .values_list("affiliation__page", flat=True)
        .order_by()
    )
    links = _links_like(known).filter(affiliate__in=pages).values_list("affiliate", "url")
    found.update(page for page, url in links if f"link {link_key(url)}" in known)
    return list(pages.filter(pk__in=found))


def _links_like(known: set[str]) -> QuerySet[AffiliateLink]:
    """Those with one of their paths, or of their hosts: a key has them as the link has them."""
    links = [urlsplit(f"//{one.removeprefix('link ')}") for one in known if one.startswith("link ")]
    has = [Q(url__icontains=link.path or link.netloc) for link in links]
    return AffiliateLink.objects.filter(reduce(or_, has)) if has else AffiliateLink.objects.none()

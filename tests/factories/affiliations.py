"""Affiliates with what the two sides owe each other, as the services would have made them."""

from datetime import date

import factory
from django.utils import timezone
from factory.django import DjangoModelFactory

from affiliates.affiliations.services.lifecycle import ensure_affiliation
from affiliates.models import Affiliation, UpdateRequest
from tests.factories.application_rows import ContactFactory
from tests.factories.pages import AffiliatePageFactory


def affiliation(program, *, now=None, contact=True, alternate=False, **fields):
    """An affiliate of the program, with a contact, and a second one if wanted.

    ``contact__email="…"`` and such set fields of the contact, ``alternate__…`` of the second one;
    ``state`` and other fields of the affiliation are set as they are; the rest is the page's.
    """
    of_contact, of_alternate = (_taken(fields, prefix) for prefix in ("contact__", "alternate__"))
    own = {name: fields.pop(name) for name in _names() & fields.keys()}
    page = AffiliatePageFactory(parent=program, **fields)
    found = ensure_affiliation(page=page, now=now or timezone.now())
    if own:
        Affiliation.objects.filter(pk=found.pk).update(**own)
        found.refresh_from_db()
    if contact:
        ContactFactory(affiliation=found, **of_contact)
    if alternate:
        ContactFactory(affiliation=found, role="alternate", **of_alternate)
    return found


def _names():
    names = {field.name for field in Affiliation._meta.fields}
    return names - {"id", "page", "program", "name", "region"}


def _taken(fields, prefix):
    return {
        name.removeprefix(prefix): fields.pop(name)
        for name in list(fields)
        if name.startswith(prefix)
    }


class UpdateRequestFactory(DjangoModelFactory):
    """A request that was opened long ago, without a clock."""

    class Meta:
        model = UpdateRequest

    period_start = date(2026, 7, 1)
    period_end = date(2026, 9, 30)
    due_on = factory.SelfAttribute("period_end")
    opened_at = factory.LazyFunction(timezone.now)

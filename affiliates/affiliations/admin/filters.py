"""Filters and search of the list of affiliates."""

from typing import Any

import django_filters
from django import forms
from django.contrib.auth import get_user_model
from django.db.models import Exists, OuterRef, Q, QuerySet
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from wagtail.admin.filters import WagtailFilterSet
from wagtail.admin.utils import get_user_display_name

from affiliates.admin.filters import region_filter
from affiliates.affiliations.services.lifecycle import never_welcomed
from affiliates.affiliations.standing.queries import with_level
from affiliates.core.states import Standing, SupportState
from affiliates.core.text import MOST_WORDS
from affiliates.models import (
    AffiliatePage,
    AffiliateProgramPage,
    Affiliation,
    Contact,
    SupportRequest,
)
from affiliates.models.application import reference_like
from workflows.core import keys

OWNERS = (
    ("mine", _("Me")),
    ("backup", _("Me as back-up")),
    ("nobody", _("Nobody")),
)


def _owners(rows: QuerySet) -> list[tuple[str, str]]:
    users = get_user_model()._default_manager.filter(pk__in=rows.order_by().values("owner"))
    found = users.order_by("last_name", "first_name", "pk")
    return [(str(user.pk), get_user_display_name(user)) for user in found]


class AffiliationFilterSet(WagtailFilterSet):
    standing = django_filters.MultipleChoiceFilter(
        label=_("Standing"),
        choices=Standing.choices,
        widget=forms.CheckboxSelectMultiple,
        method="by_standing",
    )
    region = region_filter(AffiliatePage, "page__region")
    program = keys.ModelChoiceFilter(
        label=_("Program"), queryset=AffiliateProgramPage.objects.all(), empty_label=_("All")
    )
    help = django_filters.MultipleChoiceFilter(
        label=_("Calls for help"),
        choices=[(SupportState.OPEN, _("Has an open call for help"))],
        widget=forms.CheckboxSelectMultiple,
        method="by_call",
    )

    welcome = django_filters.MultipleChoiceFilter(
        label=_("Welcome"),
        choices=[("never", _("Imported, and never welcomed"))],
        widget=forms.CheckboxSelectMultiple,
        method="by_welcome",
    )
    owner = django_filters.ChoiceFilter(
        label=_("Looked after by"), empty_label=_("All"), method="by_owner"
    )

    class Meta:
        model = Affiliation
        fields: list[str] = []

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.filters["owner"].extra["choices"] = lambda: [*OWNERS, *_owners(self.queryset)]

    def by_welcome(self, rows: QuerySet, name: str, values: list[str]) -> QuerySet:
        return never_welcomed(rows) if values else rows

    def by_owner(self, rows: QuerySet, name: str, value: str) -> QuerySet:
        user = getattr(self.request, "user", None)
        own = {"mine": Q(owner=user), "backup": Q(backup=user), "nobody": Q(owner=None)}
        return rows.filter(own[value] if value in own else Q(owner=value))

    def by_standing(self, rows: QuerySet, name: str, values: list[str]) -> QuerySet:
        return with_level(rows, timezone.now()).filter(level__in=values) if values else rows

    def by_call(self, rows: QuerySet, name: str, values: list[str]) -> QuerySet:
        calls = SupportRequest.objects.filter(affiliation=OuterRef("pk"), state=SupportState.OPEN)
        return rows.filter(Exists(calls)) if values else rows


def search_affiliations(rows: QuerySet[Affiliation], query: str) -> QuerySet[Affiliation]:
    """Each word must occur in the name, reference, or a contact's name or address."""
    for word in query.split()[:MOST_WORDS]:
        rows = rows.filter(_somewhere(word))
    return rows


def _somewhere(word: str) -> Any:
    contact = Contact.objects.filter(
        Q(name__icontains=word) | Q(email__icontains=word), affiliation=OuterRef("pk")
    )
    return reference_like(word) | Q(name__icontains=word) | Q(Exists(contact))

"""How editors narrow down the lists of affiliates and of calls for help."""

from typing import Any

import django_filters
from django import forms
from django.db.models import Exists, OuterRef, Q, QuerySet, Value
from django.db.models.functions import Replace
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from wagtail.admin.filters import WagtailFilterSet

from affiliates.models import AffiliateProgramPage, Affiliation, Contact, SupportRequest
from affiliates.promised_days import today_at
from affiliates.regions import REGION_CHOICES
from affiliates.standing_queries import with_level
from affiliates.states import Standing, SupportState
from affiliates.wagtail_admin.application_filters import MOST_WORDS

OPEN, LATE, MINE, FREE = "open", "late", "mine", "free"

WAITING = (
    (OPEN, _("Open")),
    (LATE, _("Late")),
    (MINE, _("Taken by me")),
    (FREE, _("Taken by nobody")),
)


class AffiliationFilterSet(WagtailFilterSet):
    standing = django_filters.MultipleChoiceFilter(
        label=_("Standing"),
        choices=Standing.choices,
        widget=forms.CheckboxSelectMultiple,
        method="by_standing",
    )
    region = django_filters.ChoiceFilter(
        label=_("State or province"),
        field_name="page__region",
        choices=REGION_CHOICES,
        empty_label=_("All"),
    )
    program = django_filters.ModelChoiceFilter(
        label=_("Program"), queryset=AffiliateProgramPage.objects.all(), empty_label=_("All")
    )
    help = django_filters.MultipleChoiceFilter(
        label=_("Calls for help"),
        choices=[(OPEN, _("Has an open call for help"))],
        widget=forms.CheckboxSelectMultiple,
        method="by_call",
    )

    class Meta:
        model = Affiliation
        fields: list[str] = []

    def by_standing(self, rows: QuerySet, name: str, values: list[str]) -> QuerySet:
        return with_level(rows, timezone.now()).filter(level__in=values) if values else rows

    def by_call(self, rows: QuerySet, name: str, values: list[str]) -> QuerySet:
        calls = SupportRequest.objects.filter(affiliation=OuterRef("pk"), state=SupportState.OPEN)
        return rows.filter(Exists(calls)) if values else rows


class CallFilterSet(WagtailFilterSet):
    waiting = django_filters.ChoiceFilter(
        label=_("Which"), choices=WAITING, empty_label=_("All"), method="by_waiting"
    )
    program = django_filters.ModelChoiceFilter(
        label=_("Program"),
        field_name="affiliation__program",
        queryset=AffiliateProgramPage.objects.all(),
        empty_label=_("All"),
    )

    class Meta:
        model = SupportRequest
        fields: list[str] = []

    def by_waiting(self, rows: QuerySet, name: str, value: str) -> QuerySet:
        rows = rows.filter(state=SupportState.OPEN)
        narrowed = {
            LATE: late_calls,
            MINE: lambda calls: calls.filter(assigned_to=getattr(self.request, "user", None)),
            FREE: lambda calls: calls.filter(assigned_to=None),
        }
        return narrowed[value](rows) if value in narrowed else rows


def late_calls(calls: QuerySet[SupportRequest]) -> QuerySet[SupportRequest]:
    """Those whose day is over, where their program is."""
    late = Q(pk__in=[])
    for program in AffiliateProgramPage.objects.all():
        today = today_at(program, timezone.now())
        late |= Q(affiliation__program=program, due_on__lt=today)
    return calls.filter(late, state=SupportState.OPEN)


def search_affiliations(rows: QuerySet[Affiliation], query: str) -> QuerySet[Affiliation]:
    """Those where each word stands somewhere: name, reference, names and addresses of contacts."""
    rows = rows.annotate(plain_reference=Replace("reference", Value("-"), Value("")))
    for word in query.split()[:MOST_WORDS]:
        rows = rows.filter(_somewhere(word))
    return rows


def search_calls(rows: QuerySet[SupportRequest], query: str) -> QuerySet[SupportRequest]:
    for word in query.split()[:MOST_WORDS]:
        rows = rows.filter(
            Q(reference__icontains=word)
            | Q(text__icontains=word)
            | Q(affiliation__name__icontains=word)
        )
    return rows


def _somewhere(word: str) -> Any:
    contact = Contact.objects.filter(
        Q(name__icontains=word) | Q(email__icontains=word), affiliation=OuterRef("pk")
    )
    return (
        Q(reference__icontains=word)
        | Q(plain_reference__iexact=word)
        | Q(name__icontains=word)
        | Q(Exists(contact))
    )

"""Filters and search of the list of applications."""

import django_filters
from django import forms
from django.db.models import Exists, OuterRef, Q, QuerySet, TextField, Value
from django.db.models.functions import Cast, Replace
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _
from wagtail.admin.filters import DateRangePickerWidget, WagtailFilterSet

from affiliates.admin.filters import region_filter
from affiliates.core.states import ApplicationState, Scope
from affiliates.core.text import MOST_WORDS
from affiliates.models import AffiliateProgramPage, Application, Contact
from affiliates.models.application import reference_like
from workflows.core import keys


class ApplicationFilterSet(WagtailFilterSet):
    state = django_filters.MultipleChoiceFilter(
        label=_("State"), choices=ApplicationState.choices, widget=forms.CheckboxSelectMultiple
    )
    region = region_filter(Application)
    scope = django_filters.MultipleChoiceFilter(
        label=_("Scope"), choices=Scope.choices, widget=forms.CheckboxSelectMultiple
    )
    program = keys.ModelChoiceFilter(
        label=_("Program"), queryset=AffiliateProgramPage.objects.all(), empty_label=_("All")
    )
    submitted_at = django_filters.DateFromToRangeFilter(
        label=_("Sent"), widget=DateRangePickerWidget
    )

    class Meta:
        model = Application
        fields: list[str] = []


def without_drafts(applications: QuerySet[Application], states: list[str]) -> QuerySet[Application]:
    """Exclude drafts, unless the filter asks for them: applicants have not sent them yet."""
    if ApplicationState.DRAFT in states:
        return applications
    return applications.exclude(state=ApplicationState.DRAFT)


def listed_applications(request: HttpRequest) -> QuerySet[Application]:
    params = request.GET
    known = without_drafts(Application.objects.all(), params.getlist("state"))
    narrowed = ApplicationFilterSet(params, queryset=known, request=request).qs
    return search_applications(narrowed, params.get("q", ""))


def search_applications(applications: QuerySet[Application], query: str) -> QuerySet[Application]:
    """Search reference (with or without its hyphen), name, links and contacts for every word."""
    links = _without_names(Cast("links", TextField()))
    applications = applications.annotate(links_text=links)
    for word in query.split()[:MOST_WORDS]:
        applications = applications.filter(_somewhere(word))
    return applications


def _without_names(links: Cast) -> Replace:
    """Remove the keys “network” and “url”, which would match every application."""
    text = TextField()
    without = Replace(links, Value('"network"'), Value(""), output_field=text)
    return Replace(without, Value('"url"'), Value(""), output_field=text)


def _somewhere(word: str) -> Q:
    contact = Contact.objects.filter(
        Q(name__icontains=word) | Q(email__icontains=word), application=OuterRef("pk")
    )
    return (
        reference_like(word)
        | Q(name__icontains=word)
        | Q(links_text__icontains=word)
        | Q(Exists(contact))
    )

"""Filters that several admin lists share."""

import django_filters
from django.utils.translation import gettext_lazy as _

from affiliates.core.regions import REGION_CHOICES
from affiliates.models import AffiliateProgramPage
from workflows.core.keys import ModelChoiceFilter


def program_filter(field_name: str = "program") -> ModelChoiceFilter:
    return ModelChoiceFilter(
        field_name=field_name,
        label=_("Program"),
        queryset=AffiliateProgramPage.objects.all(),
        empty_label=_("All"),
    )


def region_filter(field_name: str = "region") -> django_filters.ChoiceFilter:
    return django_filters.ChoiceFilter(
        field_name=field_name,
        label=_("State or province"),
        choices=REGION_CHOICES,
        empty_label=_("All"),
    )

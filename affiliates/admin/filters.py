"""Filters that several admin lists share."""

import django_filters
from django.db.models import Model
from django.utils.translation import gettext_lazy as _

from affiliates.core.regions import by_name, region_name
from affiliates.models import AffiliateProgramPage
from workflows.core.keys import ModelChoiceFilter


def program_filter(field_name: str = "program") -> ModelChoiceFilter:
    return ModelChoiceFilter(
        field_name=field_name,
        label=_("Program"),
        queryset=AffiliateProgramPage.objects.all(),
        empty_label=_("All"),
    )


def region_filter(model: type[Model], field_name: str = "region") -> django_filters.ChoiceFilter:
    """Offers the regions that occur in the table ``model``, which has them as ``region``."""

    def choices() -> list[tuple[str, str]]:
        codes = model._default_manager.order_by().values_list("region", flat=True).distinct()
        return [(code, region_name(code)) for code in by_name(filter(None, codes))]

    return django_filters.ChoiceFilter(
        field_name=field_name, label=_("Region"), choices=choices, empty_label=_("All")
    )

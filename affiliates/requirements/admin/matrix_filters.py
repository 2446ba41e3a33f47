"""Filters of the matrix, by the database."""

from typing import Any

import django_filters
from django.db.models import Exists, OuterRef, Q, QuerySet
from django.utils import timezone
from django.utils.translation import gettext_lazy
from wagtail.admin.filters import WagtailFilterSet

from affiliates.affiliations.standing.requirements import in_state, waived
from affiliates.affiliations.update_terms import update_commitments
from affiliates.core.states import RequirementState, UpdateRequestState
from affiliates.models import Affiliation, Commitment, Requirement, UpdateRequest
from affiliates.programs.promised_days import today_at


class MatrixFilterSet(WagtailFilterSet):
    """One program at a time: its requirements are the columns."""

    program = django_filters.ChoiceFilter(
        label=gettext_lazy("Program"), method="unchanged", empty_label=None
    )
    requirement = django_filters.ChoiceFilter(
        label=gettext_lazy("Requirement"), method="unchanged", empty_label=gettext_lazy("Any")
    )
    state = django_filters.MultipleChoiceFilter(
        label=gettext_lazy("State"), choices=RequirementState.choices, method="by_state"
    )

    class Meta:
        model = Affiliation
        fields: list[str] = []

    def __init__(self, *args: Any, programs: Any, program: Any, requirements: Any, **kwargs: Any):
        super().__init__(*args, **kwargs)
        self.program, self.requirements = program, requirements
        self.filters["program"].extra["choices"] = [(str(one.pk), one.title) for one in programs]
        self.filters["requirement"].extra["choices"] = [
            (str(one.pk), one.name) for one in requirements
        ]

    def unchanged(self, rows: QuerySet, name: str, value: str) -> QuerySet:
        """The view itself, or the filter by state, asks for it."""
        return rows

    def by_state(self, rows: QuerySet, name: str, values: list[str]) -> QuerySet:
        chosen = self.form.cleaned_data.get("requirement")
        wanted = [one for one in self.requirements if not chosen or str(one.pk) == chosen]
        condition = Q(pk__in=[])
        for value in values:
            condition |= _has_state(wanted, value, today_at(self.program, timezone.now()))
        return rows.filter(condition) if values else rows


def _has_state(requirements: list[Requirement], state: str, today: Any) -> Any:
    own = [one.pk for one in requirements if not one.is_of_updates]
    commitments = Commitment.objects.filter(
        in_state(state, today), affiliation=OuterRef("pk"), requirement__in=own
    )
    condition = Q(Exists(commitments))
    if len(own) < len(requirements):
        condition |= _update_state(state, today)
    return condition


def _update_state(state: str, today: Any) -> Any:
    requests = UpdateRequest.objects.filter(
        affiliation=OuterRef("pk"), state=UpdateRequestState.OPEN
    )
    terms = update_commitments().filter(waived(today), affiliation=OuterRef("pk"))
    is_open, is_past = Exists(requests), Exists(requests.filter(due_on__lt=today))
    late = Q(is_past) & ~Q(reminders_paused_until__gt=today)
    counts = ~Q(Exists(terms))
    return {
        RequirementState.WAIVED: ~counts,
        RequirementState.UNKNOWN: Q(pk__in=[]),
        RequirementState.KEPT: counts & ~Q(is_open),
        RequirementState.LATE: counts & late,
        RequirementState.DUE: counts & Q(is_open) & ~late,
    }[RequirementState(state)]

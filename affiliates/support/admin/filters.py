"""How editors narrow down the list of calls for help."""

import django_filters
from django.db.models import Q, QuerySet
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from wagtail.admin.filters import WagtailFilterSet

from affiliates.core.states import SupportState
from affiliates.core.text import MOST_WORDS
from affiliates.models import AffiliateProgramPage, SupportRequest
from affiliates.programs.promised_days import today_at

OPEN, LATE, MINE, FREE = "open", "late", "mine", "free"


WAITING = (
    (OPEN, _("Open")),
    (LATE, _("Late")),
    (MINE, _("Taken by me")),
    (FREE, _("Taken by nobody")),
)


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


def search_calls(rows: QuerySet[SupportRequest], query: str) -> QuerySet[SupportRequest]:
    for word in query.split()[:MOST_WORDS]:
        rows = rows.filter(
            Q(reference__icontains=word)
            | Q(text__icontains=word)
            | Q(affiliation__name__icontains=word)
        )
    return rows


def late_calls(calls: QuerySet[SupportRequest]) -> QuerySet[SupportRequest]:
    """Those whose day is over, where their program is."""
    late = Q(pk__in=[])
    for program in AffiliateProgramPage.objects.all():
        today = today_at(program, timezone.now())
        late |= Q(affiliation__program=program, due_on__lt=today)
    return calls.filter(late, state=SupportState.OPEN)

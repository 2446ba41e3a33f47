"""Calendars of programs and their groups, with public holidays and closures."""

from collections.abc import Collection, Iterable
from datetime import datetime, timedelta

from django.db.models import Q

from affiliates.models import AffiliateProgramPage, Affiliation, Closure
from affiliates.models.fields import known
from workflows.core.calendars import Calendar, Closures
from workflows.core.locks import Lock

_READ = "_read_closures"


def calendar_of(
    program: AffiliateProgramPage, *, region: str = "", business_days: bool = True
) -> Calendar:
    """``region``: where the group works that it is about, as a code of ISO 3166-2."""
    return Calendar(
        program.time_zone,
        program.sending_hour,
        business_days,
        program.holidays_of,
        spans(closures_of(program), region),
    )


def calendar_for(affiliation: Affiliation, *, business_days: bool = True) -> Calendar:
    return calendar_of(affiliation.program, region=affiliation.region, business_days=business_days)


def closures_of(program: AffiliateProgramPage) -> list[Closure]:
    """Read once for each loaded program, or for many at once by ``know``."""
    if program.pk is None:
        return []
    if _READ not in program.__dict__:
        program.__dict__[_READ] = list(known(program, "closures"))
    return program.__dict__[_READ]


def closures_lock(program: AffiliateProgramPage, *, to_change: bool = False) -> Lock:
    """While it is held, none of the program's closures changes, or only here if ``to_change``: so
    whoever promises a day counts by closures that the change sees, or by those after it.
    """
    return Lock(f"affiliates.closures.{program.pk}", is_shared=not to_change)


def read_again(program: AffiliateProgramPage) -> None:
    """Forget the closures that were read before."""
    program.__dict__.pop(_READ, None)


def spans(closures: Iterable[Closure], region: str) -> Closures:
    return tuple(
        sorted(
            (closure.first_day, closure.last_day)
            for closure in closures
            if closure.concerns(region)
        )
    )


def in_regions(regions: Collection[str], field: str = "region") -> Q:
    """Rows whose ``field`` is one of these regions, or in one of these countries; all if there are
    none.
    """
    found = Q()
    for code in regions:
        found |= Q(**{field: code}) | Q(**{f"{field}__startswith": f"{code}-"})
    return found


def closed_groups(now: datetime) -> Q:
    """Affiliations whose program or region is closed on their program's day."""
    a_day = timedelta(days=1)
    days = {"first_day__lte": (now + a_day).date(), "last_day__gte": (now - a_day).date()}
    found = Q(pk__in=[])
    for closure in Closure.objects.filter(**days).select_related("program"):
        today = Calendar(closure.program.time_zone).day_of(now)
        if closure.overlaps(today, today):
            found |= Q(program=closure.program_id) & in_regions(closure.regions)
    return found

"""Begin and pause affiliations."""

from collections.abc import Sequence
from datetime import date, datetime, timedelta

from django.contrib.auth.models import User
from django.db import transaction
from django.db.models import QuerySet

from affiliates.affiliations.services.schedule import (
    plan_next_request,
    plan_next_requests,
    waive_requests,
)
from affiliates.affiliations.update_terms import load_terms, spend_put_off
from affiliates.audit.transitions import transition
from affiliates.core.conf import settings
from affiliates.core.exceptions import AffiliationEnded
from affiliates.core.states import AffiliationAction, AffiliationState
from affiliates.models import AffiliatePage, AffiliateProgramPage, Affiliation
from affiliates.models.application import new_reference
from affiliates.programs.promised_days import today_at
from affiliates.signals import affiliate_page_published, affiliates_listed
from workflows.core.rows import update_rows
from workflows.deadlines.services import close_deadlines


def ensure_affiliation(*, page: AffiliatePage, now: datetime) -> Affiliation:
    """Find or create the affiliation of a public page or its translations. Effects: the row with
    its name, interval and next request day; sends ``affiliates_listed`` or
    ``affiliate_page_published``. New affiliates get no request in the first weeks.
    """
    with transaction.atomic():
        program = AffiliateProgramPage.objects.get(pk=page.get_parent().pk)
        affiliation, is_new = Affiliation.objects.select_for_update(no_key=True).get_or_create(
            group_key=page.translation_key, defaults=_first_values(page, program, now)
        )
        if is_new:
            affiliation.program = program
            plan_next_request(affiliation)
            affiliates_listed.send(Affiliation, affiliations=[affiliation], now=now)
        elif affiliation.page_id in (None, page.pk):
            affiliation.program = program
            _follow_page(affiliation, page, now)
            affiliate_page_published.send(Affiliation, affiliation=affiliation, page=page, now=now)
    return affiliation


def begin_affiliations(
    *, pages: Sequence[AffiliatePage], program: AffiliateProgramPage, now: datetime
) -> list[Affiliation]:
    """Create affiliations for new public pages in bulk, in the same order. Effects, in the caller's
    transaction: as ``ensure_affiliation``. All share the day of the next request, since they begin
    together with the program's interval.
    """
    affiliations = Affiliation.objects.bulk_create(
        Affiliation(
            group_key=page.translation_key,
            reference=reference,
            **_first_values(page, program, now),
        )
        for page, reference in zip(pages, _free_references(len(pages)), strict=True)
    )
    for first in affiliations[:1]:
        plan_next_request(first)
        keys = [affiliation.pk for affiliation in affiliations]
        Affiliation.objects.filter(pk__in=keys).update(next_ask_on=first.next_ask_on)
    affiliates_listed.send(Affiliation, affiliations=affiliations, now=now)
    return affiliations


def never_welcomed(affiliations: QuerySet[Affiliation]) -> QuerySet[Affiliation]:
    """Active groups that joined without applying here, such as by an import, and were not sent the
    welcome.
    """
    return affiliations.filter(
        state=AffiliationState.ACTIVE, welcomed_at=None, page__application=None
    )


def affiliation_of(page: AffiliatePage) -> Affiliation | None:
    return Affiliation.objects.filter(group_key=page.translation_key).first()


def pause_affiliation(
    *, affiliation: Affiliation, user: User, reason: str, now: datetime
) -> Affiliation:
    """Take the group off the directory and stop requests until someone resumes. Effects, in one
    transaction: the state, with the reason; open requests are waived and their deadlines closed; no
    email. Raises TransitionNotAllowed.
    """
    with transaction.atomic():
        hold_affiliation(affiliation)
        transition(affiliation, AffiliationAction.PAUSE, user=user, reason=reason, now=now)
        stop_asking(affiliation, user=user, outcome="paused", now=now)
    return affiliation


def hold_affiliation(affiliation: Affiliation) -> None:
    """Lock the row until the transaction ends, and reload it."""
    affiliation.refresh_from_db(from_queryset=Affiliation.objects.select_for_update(no_key=True))


def hold_unless_ended(affiliation: Affiliation) -> None:
    hold_affiliation(affiliation)
    if affiliation.state == AffiliationState.ENDED:
        raise AffiliationEnded


def stop_asking(
    affiliation: Affiliation, *, user: User | None, outcome: str, now: datetime
) -> None:
    """Waive open requests, close deadlines and plan no request, in the caller's transaction. What
    staff put off is over, what they waived stays so.
    """
    waive_requests(affiliation, user=user, reason=outcome, now=now)
    load_terms([affiliation])
    spend_put_off(affiliation)
    close_deadlines(subject=affiliation, outcome=outcome, now=now)
    affiliation.next_ask_on = None
    affiliation.save(update_fields=["next_ask_on", "updated_at"])


def ask_from(affiliation: Affiliation, day: date) -> None:
    """Skip requests before ``day``, in the caller's transaction."""
    affiliation.asks_from = max(affiliation.asks_from, day)
    affiliation.save(update_fields=["asks_from", "updated_at"])
    plan_next_request(affiliation)


def interval_of(page: AffiliatePage | None, program: AffiliateProgramPage) -> int:
    return (page and page.update_interval_months) or program.update_interval_months


def follow_intervals(affiliations: Sequence[Affiliation], now: datetime) -> None:
    """Replan the next requests after the interval or lead time changed. Open requests keep their
    due day; a shorter interval does not request past periods.
    """
    moved, active = [], []
    for one in affiliations:
        is_active, months = one.state == AffiliationState.ACTIVE, interval_of(one.page, one.program)
        if months != one.interval_months:
            soonest = today_at(one.program, now) if is_active else one.asks_from
            one.interval_months, one.asks_from = months, max(one.asks_from, soonest)
            moved.append((one.interval_months, one.asks_from, now, one.pk))
        if is_active:
            active.append(one)
    update_rows(Affiliation, ["interval_months", "asks_from", "updated_at"], moved)
    plan_next_requests(active)


def _free_references(count: int) -> list[str]:
    """Checks for duplicates: without it, one in fifteen imports of 10,000 would have one."""
    found: set[str] = set()
    while len(found) < count:
        found |= {new_reference() for _ in range(count - len(found))}
        taken = Affiliation.objects.filter(reference__in=found)
        found -= set(taken.values_list("reference", flat=True))
    return list(found)


def _first_values(page: AffiliatePage, program: AffiliateProgramPage, now: datetime) -> dict:
    today = today_at(program, now)
    return {
        "program": program,
        "page": page,
        "name": page.title,
        "region": page.region,
        "since": page.affiliated_since or today,
        "interval_months": interval_of(page, program),
        "asks_from": today + timedelta(days=settings.FIRST_UPDATE_DAYS),
        "language": page.locale.language_code,
    }


def _follow_page(affiliation: Affiliation, page: AffiliatePage, now: datetime) -> None:
    affiliation.page, affiliation.name, affiliation.region = page, page.title, page.region
    affiliation.save(update_fields=["page", "name", "region", "program", "updated_at"])
    follow_intervals([affiliation], now)

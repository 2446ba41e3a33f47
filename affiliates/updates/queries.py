"""Public updates, and what contacts are told about their updates. Read-only."""

from collections.abc import Iterable
from datetime import date, datetime
from typing import Any

from django.contrib.contenttypes.models import ContentType
from django.db.models import QuerySet
from django.shortcuts import get_object_or_404
from wagtail.models import Page, Revision
from wagtail.query import PageQuerySet

from affiliates.affiliations.services.schedule import next_due_on
from affiliates.core.states import AffiliationState, UpdateKind, UpdateRequestState
from affiliates.directory.queries import UNLISTED, listed_affiliates
from affiliates.models import (
    AffiliatePage,
    AffiliateProgramPage,
    Affiliation,
    ContactUpdate,
    UpdateRequest,
)
from affiliates.programs.days_off import calendar_for
from affiliates.programs.promised_days import today_at
from workflows.core.keys import possible


def published_updates(
    program: AffiliateProgramPage, listed: PageQuerySet | None = None
) -> QuerySet[ContactUpdate]:
    """Newest first, without groups that are paused, ended or not public. The translations of a
    program's page show the same updates.
    """
    listed = listed_affiliates(program) if listed is None else listed
    keys = listed.prefetch_related(None).values("translation_key")
    return _public().filter(affiliation__page__live=True, affiliation__group_key__in=keys)


def published_update(program: AffiliateProgramPage, pk: int) -> ContactUpdate:
    """Raises Http404 unless the update is public."""
    return get_object_or_404(published_updates(program), pk=possible(pk))


def published_updates_of(affiliation: Affiliation) -> QuerySet[ContactUpdate]:
    page = AffiliatePage.objects.live().public().filter(pk=affiliation.page_id).values("pk")
    return _public().filter(affiliation=affiliation.pk, affiliation__page__in=page)


def published_updates_on(page: AffiliatePage) -> QuerySet[ContactUpdate]:
    """For anyone who may see the affiliate's own page, which may be restricted."""
    return _public().filter(affiliation__group_key=page.translation_key)


def published_updates_below(page: Page) -> QuerySet[ContactUpdate]:
    listed = AffiliatePage.objects.descendant_of(page).live().public()
    return _public().filter(affiliation__page__in=listed.values("pk"))


def going_live(updates: Iterable[ContactUpdate]) -> dict[int, datetime]:
    """Maps keys to the publication time of those scheduled. Runs one query."""
    scheduled = Revision.objects.filter(
        base_content_type=ContentType.objects.get_for_model(ContactUpdate),
        object_id__in=[str(update.pk) for update in updates],
        approved_go_live_at__isnull=False,
    )
    return {int(key): at for key, at in scheduled.values_list("object_id", "approved_go_live_at")}


def _public() -> QuerySet[ContactUpdate]:
    """Live news with consent. Checks consent again in case something else was published."""
    news = ContactUpdate.objects.filter(live=True, may_publish=True, kind=UpdateKind.NEWS)
    listed = news.exclude(affiliation__state__in=UNLISTED).exclude(text="")
    return listed.select_related("affiliation__page").order_by("-first_published_at", "-pk")


def can_be_changed(update: ContactUpdate) -> bool:
    return not is_decided(update, going_live([update]).get(update.pk))


def is_decided(update: ContactUpdate, goes_live_at: datetime | None) -> bool:
    return bool(update.live or update.first_published_at or update.declined_at or goes_live_at)


def about_request(request: UpdateRequest, now: datetime) -> dict[str, Any]:
    return {
        "period": request.period.label,
        "due_on": request.due_on,
        "is_late": request.due_on < today_at(request.affiliation.program, now),
        "is_waived": request.state == UpdateRequestState.WAIVED,
    }


def what_comes_next(update: ContactUpdate, now: datetime) -> dict[str, Any]:
    """Context for the thank-you page and email. Days in the past are None."""
    affiliation = update.affiliation
    today = today_at(affiliation.program, now)
    call = getattr(update, "support_request", None)
    goes_live_at = going_live([update]).get(update.pk)
    is_read = is_decided(update, goes_live_at)
    return {
        "update": update,
        "read_by": None if is_read else _unless_past(read_by(update), today),
        "help_by": _unless_past(call.due_on if call else None, today),
        "is_read": is_read,
        "goes_live_on": today_at(affiliation.program, goes_live_at) if goes_live_at else None,
        "can_change": not is_read,
        **{name: _unless_past(day, today) for name, day in when_asked_again(affiliation).items()},
    }


def read_by(update: ContactUpdate) -> date:
    calendar = calendar_for(update.affiliation)
    days = update.affiliation.program.review_days
    return calendar.add(calendar.day_of(update.sent_at), days)


def when_asked_again(affiliation: Affiliation) -> dict[str, date | None]:
    asked_on, pause = affiliation.next_ask_on, affiliation.reminders_paused_until
    if affiliation.state != AffiliationState.ACTIVE or asked_on is None:
        return {"asked_on": None, "next_due_on": None}
    return {
        "asked_on": max(asked_on, pause) if pause else asked_on,
        "next_due_on": next_due_on(affiliation),
    }


def _unless_past(day: date | None, today: date) -> date | None:
    return day if day and day >= today else None

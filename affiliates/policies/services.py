"""Adapt open deadlines to a changed policy."""

from collections.abc import Collection, Iterator
from datetime import datetime
from typing import Any

from django.contrib.contenttypes.models import ContentType
from django.db import transaction
from django.db.models import CharField, Model, Q, QuerySet
from django.db.models.functions import Cast
from wagtail.models import TaskState

from affiliates.affiliations.deadlines import NOTICE
from affiliates.affiliations.services.lifecycle import follow_intervals
from affiliates.applications.deadlines import GROUP_ANSWER, REVIEW_START
from affiliates.core.states import OPEN, AffiliationState, SupportState, UpdateRequestState
from affiliates.models import (
    AffiliatePage,
    AffiliateProgramPage,
    Affiliation,
    Application,
    ContactUpdate,
    Notice,
    SupportRequest,
    UpdateRequest,
)
from affiliates.models.base_page import Page
from affiliates.programs.days_off import calendar_of, in_regions
from affiliates.requirements.deadlines import REQUIREMENT
from affiliates.requirements.queries import asked_commitments
from affiliates.requirements.services.committing import take_up
from affiliates.support.deadlines import SUPPORT
from affiliates.updates.deadlines import CHANGES, MODERATION, UPDATE
from workflows.deadlines.policies import get_policy
from workflows.deadlines.services import reschedule
from workflows.models import Deadline, ReviewTaskState
from workflows.reviews.policy import REVIEW


def follow_policy(*, program: AffiliateProgramPage) -> None:
    """Reschedule the next steps of open applications and reviews; promised days stay."""
    with transaction.atomic():
        for kind, keys in subjects_of(program):
            reschedule(deadlines=held(kind, keys))


def follow_update_policy(*, program: AffiliateProgramPage, now: datetime) -> None:
    """Replan the next requests of affiliates and reschedule open deadlines, which stay due on the
    same day, in the program's current time zone.
    """
    with transaction.atomic():
        active = Affiliation.objects.select_for_update(of=("self",), no_key=True).filter(
            program=program, state=AffiliationState.ACTIVE
        )
        affiliations = list(active.select_related("page"))
        for affiliation in affiliations:
            affiliation.program = program
        follow_intervals(affiliations, now)
        for kind, keys in affiliate_subjects_of(program):
            if kind != REQUIREMENT or _counts_otherwise(program, keys):
                reschedule(deadlines=held(kind, keys))


def _counts_otherwise(program: AffiliateProgramPage, keys: QuerySet) -> bool:
    """Whether the program's calendar has changed. Nothing else of its policy moves the clocks of
    requirements, of which there may be seventy thousand.
    """
    one = Deadline.objects.filter(kind=REQUIREMENT, closed_at=None, object_id__in=keys).first()
    if one is None:
        return False
    calendar = calendar_of(program, business_days=False)
    is_same_zone = one.time_zone == calendar.time_zone
    return not is_same_zone or one.due_at != calendar.moment(calendar.day_of(one.due_at))


def follow_moved_page(*, page: AffiliatePage, now: datetime) -> None:
    """Move the affiliation with its page to another program, in one transaction. New deadlines use
    that program's policy; existing ones stay due on the same day.
    """
    affiliation = Affiliation.objects.filter(page=page).first()
    program = AffiliateProgramPage.objects.filter(pk=page.get_parent().pk).first()
    if affiliation is None or program is None or affiliation.program_id == program.pk:
        return
    with transaction.atomic():
        affiliation.program = program
        affiliation.save(update_fields=["program", "updated_at"])
        take_up(affiliation=affiliation, now=now)
        follow_update_policy(program=program, now=now)


def held(kind: str, keys: Any) -> list[Deadline]:
    """Locked, since a deadline that is being closed must not get a next step."""
    held = Deadline.objects.select_for_update(no_key=True).filter(kind=kind, closed_at=None)
    deadlines = list(held.filter(object_id__in=keys))
    if deadlines:
        get_policy(kind).load(deadlines)
    return deadlines


def affiliate_subjects_of(
    program: AffiliateProgramPage, regions: Collection[str] = ()
) -> Iterator[tuple[str, QuerySet]]:
    """Kinds of open deadlines about the program's affiliates, with the keys of their subjects, for
    ``object_id__in``.
    """
    there = Q(affiliation__program=program) & in_regions(regions, "affiliation__region")
    requests = UpdateRequest.objects.filter(there, state=UpdateRequestState.OPEN)
    calls = SupportRequest.objects.filter(there, state=SupportState.OPEN)
    notices = Notice.objects.filter(there, seen_at=None)
    updates = ContactUpdate.objects.filter(there, first_published_at=None)
    of_kind = {UPDATE: requests, SUPPORT: calls, NOTICE: notices, MODERATION: updates}
    of_kind[CHANGES] = updates
    of_kind[REQUIREMENT] = asked_commitments().filter(there).exclude(due_on=None)
    for kind, records in of_kind.items():
        yield kind, records.order_by().values(as_text=Cast("pk", CharField()))


def subjects_of(
    program: AffiliateProgramPage, regions: Collection[str] = ()
) -> Iterator[tuple[str, list[str]]]:
    """Kinds of open deadlines about the program's applications, with the keys of their subjects."""
    applications = open_applications(program, regions)
    keys = [str(key) for key in applications.values_list("pk", flat=True)]
    yield REVIEW_START, keys
    yield GROUP_ANSWER, keys
    of_applicant = in_regions(regions, "application__region")
    pages = AffiliatePage.objects.child_of(program).filter(in_regions(regions) | of_applicant)
    yield REVIEW, _running_reviews(Page, pages)


def open_applications(
    program: AffiliateProgramPage, regions: Collection[str] = ()
) -> QuerySet[Application]:
    return Application.objects.filter(in_regions(regions), program=program, state__in=OPEN)


def news_reviews_of(
    program: AffiliateProgramPage, regions: Collection[str] = ()
) -> tuple[str, list[str]]:
    """Reviews of news, which no change of the policy moves: it moves with their task."""
    there = Q(affiliation__program=program) & in_regions(regions, "affiliation__region")
    return REVIEW, _running_reviews(ContactUpdate, ContactUpdate.objects.filter(there))


def _running_reviews(model: type[Model], reviewed: QuerySet[Any]) -> list[str]:
    reviews = ReviewTaskState.objects.filter(
        status=TaskState.STATUS_IN_PROGRESS,
        workflow_state__base_content_type=ContentType.objects.get_for_model(model),
        workflow_state__object_id__in=reviewed.values(as_text=Cast("pk", CharField())),
    )
    return [str(key) for key in reviews.values_list("pk", flat=True)]

"""Review policies and promised days of applications and updates."""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import replace
from datetime import date
from typing import Any

from django.contrib.auth.models import Group
from django.db.models import Q, prefetch_related_objects
from django.utils.functional import SimpleLazyObject

from affiliates.core.states import ENDED
from affiliates.models import (
    AffiliatePage,
    AffiliateProgramPage,
    Affiliation,
    Application,
    ContactUpdate,
)
from affiliates.models.fields import know
from affiliates.programs.days_off import calendar_of
from affiliates.programs.promised_days import review_due_on
from workflows.core.people import Recipient, members, recipients
from workflows.models import ReviewTask
from workflows.reviews.policy import ReviewPolicy

PEOPLE = ("review_group", "escalation_group", "director__wagtail_userprofile")

_LOADED = "_reviewed_for"
_KNOWN = "_policies_of_tasks"


def program_review_policy(
    program: AffiliateProgramPage,
    *,
    groups: Iterable[Group] | None = None,
    due_on: date | None = None,
    region: str = "",
) -> ReviewPolicy:
    """``groups`` replaces the program's reviewers. Without any, the contact address is told."""
    # Loaded lazily: opening a deadline needs no people.
    once_asked: Any = SimpleLazyObject
    writer = Recipient(program.contact_email, program.contact_name)
    return ReviewPolicy(
        calendar=calendar_of(program, region=region),
        respond_within=program.review_days,
        remind_after=program.review_reminder_days,
        escalate_after=program.review_escalation_days,
        escalate_again_after=program.review_second_escalation_days,
        reviewers=once_asked(
            lambda: _members([program.review_group] if groups is None else groups) or [writer]
        ),
        escalation=once_asked(lambda: _members([program.escalation_group])),
        last_resort=once_asked(lambda: recipients(filter(None, [program.director]))),
        due_on=due_on,
    )


def policy_of_program(program: AffiliateProgramPage, region: str) -> ReviewPolicy:
    """``program_review_policy``, made once for each region of a program that was loaded for many
    records. Its people are asked for once.
    """
    known = program.__dict__.setdefault("_review_policies", {})
    if not known:
        known[""] = program_review_policy(program)
    if region not in known:
        known[region] = _in_region(known[""], program, region)
    return known[region]


def _in_region(policy: ReviewPolicy, program: AffiliateProgramPage, region: str) -> ReviewPolicy:
    return replace(policy, calendar=calendar_of(program, region=region))


def affiliate_review_policy(page: AffiliatePage, task: ReviewTask) -> ReviewPolicy:
    """The promised day counts as long as the group's application is open."""
    program, region, due_on = page.__dict__.get(_LOADED) or _reviewed_for([page])[0]
    policy = _in_region(_policy_of_task(program, task), program, region)
    return replace(policy, due_on=due_on)


def region_of_reviewed(page: AffiliatePage) -> str:
    """Where the group works: as it applied, while or after it did, or as its page says."""
    return (page.__dict__.get(_LOADED) or _reviewed_for([page])[0])[1]


def update_review_policy(update: ContactUpdate, task: ReviewTask) -> ReviewPolicy:
    program = update.affiliation.program
    return _in_region(_policy_of_task(program, task), program, update.affiliation.region)


def load_updates_for_reviews(updates: Sequence[ContactUpdate]) -> None:
    prefetch_related_objects(list(updates), "affiliation")
    load_programs([update.affiliation for update in updates])


def load_programs(affiliations: Collection[Affiliation]) -> None:
    programs = AffiliateProgramPage.objects.select_related(*PEOPLE).in_bulk(
        {affiliation.program_id for affiliation in affiliations}
    )
    know(AffiliateProgramPage, programs, "closures")
    for affiliation in affiliations:
        affiliation.program = programs[affiliation.program_id]


def load_for_reviews(pages: Sequence[AffiliatePage]) -> None:
    for page, found in zip(pages, _reviewed_for(pages), strict=True):
        page.__dict__[_LOADED] = found


def _policy_of_task(program: AffiliateProgramPage, task: ReviewTask) -> ReviewPolicy:
    known = program.__dict__.setdefault(_KNOWN, {})
    if task.pk not in known:
        known[task.pk] = program_review_policy(program, groups=task.groups.all())
    return known[task.pk]


def _reviewed_for(
    pages: Sequence[AffiliatePage],
) -> list[tuple[AffiliateProgramPage, str, date | None]]:
    """The program and region of each page and, while the application is open, the promised day."""
    found = Application.objects.filter(affiliate__in=pages)
    applications = {application.affiliate_id: application for application in found}
    keys = [application.program_id for application in applications.values()]
    above = [page.path[: -page.steplen] for page in pages]
    wanted = AffiliateProgramPage.objects.filter(Q(pk__in=keys) | Q(path__in=above))
    programs = {program.pk: program for program in wanted.select_related(*PEOPLE)}
    know(AffiliateProgramPage, programs, "closures")
    by_place = {program.path: program for program in programs.values()}
    result: list[tuple[AffiliateProgramPage, str, date | None]] = []
    for page, place in zip(pages, above, strict=True):
        application = applications.get(page.pk)
        if application is None:
            result.append((by_place[place], page.region, None))
            continue
        application.program = programs[application.program_id]
        due_on = None if application.state in ENDED else review_due_on(application)
        result.append((application.program, application.region, due_on))
    return result


def _members(groups: Iterable[Group | None]) -> list[Recipient]:
    found = [group for group in groups if group]
    return recipients(members(found)) if found else []

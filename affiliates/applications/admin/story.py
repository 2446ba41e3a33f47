"""The history of an application. All its sources outlive the page, which a decline deletes."""

from collections.abc import Iterable, Iterator
from datetime import timedelta
from operator import attrgetter
from typing import Any

from django.contrib.contenttypes.models import ContentType
from django.db.models import Q, QuerySet
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from wagtail.models import ModelLogEntry, PageLogEntry, TaskState

from affiliates.audit import promise_log
from affiliates.audit.story import StoryLine, by_whom, mail_line, name_of
from affiliates.core.states import Action
from affiliates.models import Application, Transition
from affiliates.models.base_page import Page
from workflows.deadlines.policies import get_policy
from workflows.models import OutgoingMail, ReviewTaskState, TakenStep

HAPPENED: dict[str, Promise] = {
    Action.SUBMIT: gettext_lazy("Application sent"),
    Action.START_REVIEW: gettext_lazy("Review started"),
    Action.REQUEST_INFORMATION: gettext_lazy("More information asked for"),
    Action.ANSWER: gettext_lazy("Question answered"),
    Action.GO_ON: gettext_lazy("Review went on without an answer"),
    Action.STOP_REVIEW: gettext_lazy("Review stopped without a decision"),
    Action.APPROVE: gettext_lazy("Application approved"),
    Action.DECLINE: gettext_lazy("Application declined"),
    Action.WITHDRAW: gettext_lazy("Application withdrawn"),
}

CREATED = "wagtail.create"
STAGE_APPROVED = "wagtail.workflow.approve"
OURS = "affiliate_workflows."
"""Prefix of the log actions of ``workflows``, such as assigning a review."""


def story_of(application: Application) -> list[StoryLine]:
    log = _log_of(application)
    lines = [
        *_saving_line(application),
        *_log_lines(log),
        *_transition_lines(application),
        *_step_lines(application, log),
        *map(promise_log.line_of, _moves_of(application)),
        *map(mail_line, mails_about(application)),
    ]
    return sorted(lines, key=attrgetter("at"))


def mails_about(application: Application) -> list[OutgoingMail]:
    return list(
        OutgoingMail.objects.filter(
            content_type=ContentType.objects.get_for_model(Application),
            object_id=str(application.pk),
        ).defer("message")
    )


def _log_of(application: Application) -> list[PageLogEntry]:
    made_for_it = PageLogEntry.objects.filter(action=CREATED, data__application=application.pk)
    pages = Q(page_id__in=made_for_it.values("page_id")) | Q(page_id=application.affiliate_id)
    about_reviews = Q(action__startswith="wagtail.workflow.") | Q(action__startswith=OURS)
    entries = PageLogEntry.objects.filter(pages, about_reviews)
    return list(entries.select_related("user").order_by("timestamp", "pk"))


def _moves_of(application: Application) -> QuerySet[ModelLogEntry]:
    entries = ModelLogEntry.objects.filter(
        content_type=ContentType.objects.get_for_model(Application),
        object_id=str(application.pk),
        action=promise_log.MOVED,
    )
    return entries.select_related("user")


def _saving_line(application: Application) -> Iterator[StoryLine]:
    """Nothing for applications that were sent right away, without being saved first."""
    sent_at = application.submitted_at
    if sent_at is None or sent_at - application.created_at > timedelta(minutes=1):
        yield StoryLine(application.created_at, _("Draft saved by the applicant"))


def _log_lines(log: Iterable[PageLogEntry]) -> Iterator[StoryLine]:
    """What transitions do not record: approved stages and assignments."""
    for entry in log:
        if entry.action == STAGE_APPROVED or entry.action.startswith(OURS):
            by = name_of(entry.user) if entry.user else ""
            yield StoryLine(entry.timestamp, _logged(entry), by, entry.data.get("comment", ""))


def _logged(entry: PageLogEntry) -> str:
    if entry.action != STAGE_APPROVED:
        return str(entry.message)
    stage: dict[str, Any] = entry.data.get("workflow", {}).get("task", {})
    return _("Review step “%(step)s” approved") % {"step": stage.get("title", "")}


def _transition_lines(application: Application) -> Iterator[StoryLine]:
    rows = Transition.objects.filter(
        content_type=ContentType.objects.get_for_model(Application), object_id=application.pk
    ).select_related("user")
    asked = application.information_requests.exclude(answered_at=None)
    answers = {item.answered_at: item.answer for item in asked}
    for row in rows:
        said = answers.get(row.at, "") if row.action == Action.ANSWER else row.reason
        yield StoryLine(row.at, str(HAPPENED.get(row.action, row.action)), by_whom(row), said)


def _step_lines(application: Application, log: Iterable[PageLogEntry]) -> Iterator[StoryLine]:
    about_it = Q(
        deadline__content_type=ContentType.objects.get_for_model(Application),
        deadline__object_id=str(application.pk),
    )
    about_its_reviews = Q(
        deadline__content_type=ContentType.objects.get_for_model(ReviewTaskState),
        deadline__object_id__in=_reviews_of(application, log),
    )
    taken = TakenStep.objects.filter(about_it | about_its_reviews).select_related("deadline")
    for step in taken:
        yield StoryLine(step.taken_at, get_policy(step.deadline.kind).step_label(step.name))


def _reviews_of(application: Application, log: Iterable[PageLogEntry]) -> set[str]:
    logged = {entry.data.get("workflow", {}).get("task_state_id") for entry in log}
    running = TaskState.objects.filter(
        workflow_state__base_content_type=ContentType.objects.get_for_model(Page),
        workflow_state__object_id=str(application.affiliate_id),
    )
    return {str(key) for key in {*logged, *running.values_list("pk", flat=True)} if key}

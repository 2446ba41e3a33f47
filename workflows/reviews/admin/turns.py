"""Decisions in Wagtail's editors, one after the other."""

from typing import Any

from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from wagtail.admin import messages
from wagtail.models import TaskState


def decide_in_turn(request: HttpRequest, reviewed: Any) -> HttpResponse | None:
    """Of two decisions that are sent at once, as by a double click, the second waits and then finds
    the review decided: the editor keeps its words as a draft. By itself Wagtail saves what it read
    before the first one, which takes a page that was just published down again.
    """
    if "action-workflow-action" not in request.POST or getattr(request, "has_its_turn", False):
        return None
    view: Any = request.resolver_match
    request.has_its_turn = True  # type: ignore[attr-defined]
    with transaction.atomic():
        if not _is_held(reviewed):
            text = _("Your decision was not saved, since the review is over.")
            messages.warning(request, text)
        return view.func(request, *view.args, **view.kwargs)


def _is_held(reviewed: Any) -> bool:
    """Lock the open review; whether there still is one."""
    running = TaskState.objects.filter(
        workflow_state__in=reviewed.workflow_states.active().values("pk"),
        status=TaskState.STATUS_IN_PROGRESS,
    )
    return bool(running.select_for_update(no_key=True).values_list("pk", flat=True))

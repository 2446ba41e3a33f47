"""Preview of the Policy tab as typed. Nothing is saved."""

from datetime import timedelta
from typing import Any

from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils import timezone
from django.views.decorators.http import require_POST

from affiliates.models import AffiliateProgramPage
from affiliates.models.base_page import Page
from affiliates.policies.days_off import days_off_between
from affiliates.policies.forms import PolicyForm
from affiliates.policies.preview import (
    example_application,
    example_question,
    example_update,
    look_ahead,
)
from affiliates.programs.promised_days import review_due_date, today_at
from workflows.deadlines.forecast import ExpectedSteps

DAYS = 90


@require_POST
def policy_preview(request: HttpRequest, page_pk: int) -> HttpResponse:
    """``page_pk``: the program, or the parent page of a new one."""
    program = _program_for(request, page_pk)
    user: Any = request.user
    form = PolicyForm(request.POST, program=program, user=user)
    context = {"program": program, "form": form, "days": DAYS}
    if not form.is_valid():
        return render(request, "affiliates/policies/admin/policy_preview.html", context, status=422)
    with timezone.override(program.time_zone):
        context |= _steps(program, form.cleaned_data, user)
        return render(request, "affiliates/policies/admin/policy_preview.html", context)


def _program_for(request: HttpRequest, page_pk: int) -> AffiliateProgramPage:
    page = get_object_or_404(Page, pk=page_pk).specific
    allowed = page.permissions_for_user(request.user)
    is_program = isinstance(page, AffiliateProgramPage)
    if not (allowed.can_edit() if is_program else allowed.can_add_subpage()):
        raise PermissionDenied
    return page if is_program else AffiliateProgramPage()


def _steps(program: AffiliateProgramPage, values: dict[str, Any], user: Any) -> dict[str, Any]:
    now = timezone.now()
    steps = []
    if program.pk:
        until = now + timedelta(days=DAYS)
        steps = look_ahead(program=program, values=values, user=user, since=now, until=until)
    tables = {
        "open": ExpectedSteps(steps),
        "example": ExpectedSteps(example_application(program, now=now)),
        "question": ExpectedSteps(example_question(program, now=now)),
        "update": ExpectedSteps(example_update(program, now=now)),
    }
    today = today_at(program, now)
    return {
        **tables,
        "media": tables["open"].media,
        "promised": review_due_date(now, program),
        "days_off": days_off_between(program, today, today + timedelta(days=DAYS)),
    }

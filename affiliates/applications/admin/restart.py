"""What people do about a review from the page of its application."""

from typing import Any

from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST
from wagtail.admin import messages

from affiliates.applications.services.reviews import restart_review
from affiliates.audit.permissions import may_decide
from affiliates.core.exceptions import NoReviewWorkflow, TransitionNotAllowed
from affiliates.models import Application


@require_POST
def restart(request: HttpRequest, pk: int) -> HttpResponse:
    """Start a review again that was stopped without a decision."""
    application = get_object_or_404(Application.objects.select_related("program"), pk=pk)
    user: Any = request.user
    if not may_decide(user, application):
        raise PermissionDenied
    try:
        restart_review(application=application, user=user, now=timezone.now())
    except TransitionNotAllowed:
        messages.warning(
            request, _("Nothing was changed: its review runs already, or it was decided.")
        )
    except NoReviewWorkflow:
        messages.error(
            request,
            _("The review could not start. The program has no workflow with a task; see its page."),
        )
    else:
        messages.success(request, _("The review was started again. Its reviewers are told."))
    return redirect("affiliates_application:inspect", pk=pk)

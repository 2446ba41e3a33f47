"""Bulk actions on applications, and the view that restarts a stopped review."""

from collections.abc import Iterable
from typing import Any

from django.contrib.auth import get_user_model
from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils import timezone
from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.decorators.http import require_POST
from wagtail.admin import messages
from wagtail.admin.admin_url_finder import AdminURLFinder
from wagtail.admin.views.bulk_action import BulkAction

from affiliates.applications.admin.context import open_reviews
from affiliates.applications.admin.exports import export
from affiliates.applications.admin.filters import listed_applications
from affiliates.applications.forms.bulk import AssignForm, ChosenForm, ExportForm
from affiliates.applications.services.decisions import decline_application
from affiliates.applications.services.starting import restart_review
from affiliates.audit.permissions import may_decide, may_see
from affiliates.core.exceptions import NoReviewWorkflow, TransitionNotAllowed
from affiliates.core.states import OPEN, ApplicationState
from affiliates.models import Application
from workflows.core.exceptions import ReviewOver
from workflows.models import ReviewTask, ReviewTaskState
from workflows.reviews.queries import colleagues
from workflows.reviews.services import assign_review


class ApplicationBulkAction(BulkAction):
    """Splits the selection into what the action can handle and the rest, with a reason for each."""

    models = [Application]
    template_name = "affiliates/applications/admin/bulk_action.html"
    form_class: type[ChosenForm] = ChosenForm
    explanation: Any = ""
    button: Any = ""

    def obstacle(self, application: Application) -> str:
        """Return why the action cannot handle this application, or an empty string."""
        raise NotImplementedError

    def get_actionable_objects(self) -> tuple[list[Application], dict[str, Any]]:
        return self._sorted_out

    @cached_property
    def _sorted_out(self) -> tuple[list[Application], dict[str, Any]]:
        obstacles = [(item, self.obstacle(item)) for item in self.applications]
        possible = [item for item, why in obstacles if not why]
        return possible, {"items_with_no_access": [(item, why) for item, why in obstacles if why]}

    @cached_property
    def applications(self) -> list[Application]:
        """The selected applications that the user may see. Raises Http404 if there are none."""
        found = Application.objects.filter(pk__in=self._chosen_keys()).order_by("pk")
        found = found.select_related("program", "affiliate").defer("form_data")
        seen = [application for application in found if may_see(self.request.user, application)]
        if not seen:
            raise Http404
        return seen

    def _chosen_keys(self) -> Any:
        """On POST, the applications that the confirmation page listed."""
        if self.request.method == "POST":
            return _numbers(self.request.POST.get("chosen", "").split(","))
        chosen = self.request.GET.getlist("id")
        if "all" in chosen:
            return listed_applications(self.request).values("pk")
        return _numbers(chosen)

    def get_initial(self) -> dict[str, Any]:
        chosen = ",".join(str(application.pk) for application in self.applications)
        return {**super().get_initial(), "chosen": chosen}

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        context = super().get_context_data(**kwargs)
        return {**context, "action": self, "is_possible": bool(context["items"])}

    def object_context(self, obj: Application) -> dict[str, Any]:
        return {"item": obj, "url": AdminURLFinder(self.request.user).get_edit_url(obj)}

    def get_execution_context(self) -> dict[str, Any]:
        return {"action": self}

    @classmethod
    def execute_action(
        cls, objects: list[Application], *, action: "ApplicationBulkAction", **kwargs: Any
    ) -> tuple[int, int]:
        """Act on each application. One decided in the meantime does not stop the others."""
        too_late = [application for application in objects if not action.act_on(application)]
        if too_late:
            names = ", ".join(map(str, too_late))
            messages.warning(
                action.request,
                _("Someone else was faster. Not changed: %(names)s") % {"names": names},
            )
        return len(objects) - len(too_late), 0

    def act_on(self, application: Application) -> bool:
        """Return False if it is too late."""
        raise NotImplementedError

    def why_undecidable(self, application: Application) -> str:
        """Return why this user cannot decide on it now, or an empty string."""
        if not may_decide(self.request.user, application):
            return _("You may not decide on this one.")
        if application.state not in OPEN:
            return _("It is not open: %(state)s.") % {"state": application.get_state_display()}
        return ""

    def get_success_message(self, num_parent_objects: int, num_child_objects: int) -> str | None:
        return self.done(num_parent_objects) if num_parent_objects else None

    def done(self, count: int) -> str:
        raise NotImplementedError


def _numbers(texts: list[str]) -> list[int]:
    """Without those that are too long for a key."""
    return [int(text) for text in texts if text.isascii() and text.isdigit() and len(text) < 19]


class DeclineSpam(ApplicationBulkAction):
    action_type = "decline_spam"
    display_name = gettext_lazy("Decline as spam")
    aria_label = gettext_lazy("Decline the selected applications as spam")
    action_priority = 30
    classes = {"serious"}
    explanation = gettext_lazy(
        "No emails are sent. Their reviews end, and their draft pages are deleted. The applications"
        " stay on record. This cannot be undone."
    )
    button = gettext_lazy("Yes, decline as spam")

    def obstacle(self, application: Application) -> str:
        return self.why_undecidable(application)

    def act_on(self, application: Application) -> bool:
        try:
            decline_application(
                application=application,
                user=self.request.user,
                reason=_("Spam"),
                now=timezone.now(),
                tell=False,
            )
        except TransitionNotAllowed:
            return False
        return True

    def done(self, count: int) -> str:
        return ngettext(
            "%(count)d application was declined as spam. No emails were sent.",
            "%(count)d applications were declined as spam. No emails were sent.",
            count,
        ) % {"count": count}


def people_for(reviews: Iterable[ReviewTaskState]) -> QuerySet:
    people = get_user_model()._default_manager.order_by("last_name", "first_name", "pk")
    for task in ReviewTask.objects.filter(pk__in={review.task_id for review in reviews}):
        people = people.filter(pk__in=colleagues(task).values("pk"))
    return people


class AssignReviews(ApplicationBulkAction):
    action_type = "assign"
    display_name = gettext_lazy("Assign to…")
    aria_label = gettext_lazy("Assign the reviews of the selected applications to a person")
    action_priority = 10
    form_class = AssignForm
    explanation = gettext_lazy(
        "From now on, only this person gets the reminders, and not the other reviewers. The reviews"
        " are listed in their daily email."
    )
    button = gettext_lazy("Assign")

    def obstacle(self, application: Application) -> str:
        why = self.why_undecidable(application)
        if why or application.pk in self.reviews:
            return why
        if application.state == ApplicationState.INFORMATION_NEEDED:
            return _("It is waiting for the group’s answer.")
        return _("No review is open.")

    @cached_property
    def reviews(self) -> dict[int, ReviewTaskState]:
        return open_reviews(self.applications)

    @cached_property
    def people(self) -> QuerySet:
        possible, _left_alone = self.get_actionable_objects()
        return people_for([self.reviews[application.pk] for application in possible])

    def get_form_kwargs(self) -> dict[str, Any]:
        return {**super().get_form_kwargs(), "people": self.people}

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        context = super().get_context_data(**kwargs)
        if context["items"] and not self.people.exists():
            context["is_possible"] = False
            context["problem"] = _(
                "No one may decide on all of these. Choose fewer, for example those of one program."
            )
        return context

    def act_on(self, application: Application) -> bool:
        try:
            assign_review(
                state=self.reviews[application.pk],
                assignee=self.assignee,
                by=self.request.user,
                now=timezone.now(),
            )
        except ReviewOver:
            return False
        return True

    @property
    def assignee(self) -> Any:
        return self.cleaned_form.cleaned_data["assignee"]

    def done(self, count: int) -> str:
        name = self.assignee.get_full_name() or self.assignee.get_username()
        return ngettext(
            "%(count)d review is now assigned to %(name)s.",
            "%(count)d reviews are now assigned to %(name)s.",
            count,
        ) % {"count": count, "name": name}


class ExportChosen(ApplicationBulkAction):
    action_type = "export"
    display_name = gettext_lazy("Export")
    aria_label = gettext_lazy("Export the selected applications")
    action_priority = 20
    form_class = ExportForm
    explanation = gettext_lazy("The file contains names, addresses and answers. Keep it private.")
    button = gettext_lazy("Download")

    def obstacle(self, application: Application) -> str:
        return ""  # ``applications`` holds only what the user may see.

    def prepare_action(
        self, objects: list[Application], objects_without_access: dict[str, Any]
    ) -> HttpResponse:
        return export(self.request, objects, self.cleaned_form.cleaned_data["file_format"])


@require_POST
def restart(request: HttpRequest, pk: int) -> HttpResponse:
    application = get_object_or_404(Application.objects.select_related("program"), pk=pk)
    user: Any = request.user
    if not may_decide(user, application):
        raise PermissionDenied
    try:
        restart_review(application=application, user=user, now=timezone.now())
    except TransitionNotAllowed:
        messages.warning(
            request,
            _("Nothing was changed: its review is already running, or it has been decided."),
        )
    except NoReviewWorkflow:
        messages.error(
            request,
            _("The review could not start. The program has no workflow with a task; see its page."),
        )
    else:
        messages.success(request, _("The review was started again. Its reviewers have been told."))
    return redirect("affiliates_application:inspect", pk=pk)

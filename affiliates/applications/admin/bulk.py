"""What may be done to many applications at once, from their list.

Each shows first what will happen to which, and names those that it leaves alone, with the reason.
"""

from typing import Any

from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.generic import View
from wagtail.admin import messages
from wagtail.admin.admin_url_finder import AdminURLFinder
from wagtail.admin.views.bulk_action import BulkAction

from affiliates.admin.spreadsheets import SafeExportMixin
from affiliates.applications.admin.exports import APPLICATION_COLUMNS
from affiliates.applications.admin.filters import listed_applications
from affiliates.applications.admin.open_reviews import open_reviews, people_for
from affiliates.applications.forms.bulk import AssignForm, ChosenForm, ExportForm
from affiliates.applications.services.decisions import decline_application
from affiliates.audit.permissions import may_decide, may_see
from affiliates.core.exceptions import TransitionNotAllowed
from affiliates.core.states import OPEN, ApplicationState
from affiliates.models import Application
from workflows.core.exceptions import ReviewOver
from workflows.models import ReviewTaskState
from workflows.reviews.services import assign_review

NOT_YOURS = gettext_lazy("You may not decide about it.")


class ApplicationBulkAction(BulkAction):
    """Sorts the chosen applications: what it can act on, and why it leaves the others alone."""

    models = [Application]
    template_name = "affiliates/applications/admin/bulk_action.html"
    form_class: type[ChosenForm] = ChosenForm
    explanation: Any = ""
    button: Any = ""

    def obstacle(self, application: Application) -> str:
        """Why nothing can be done about this one; empty if it can."""
        raise NotImplementedError

    def get_actionable_objects(self) -> tuple[list[Application], dict[str, Any]]:
        return self._sorted_out

    @cached_property
    def _sorted_out(self) -> tuple[list[Application], dict[str, Any]]:
        possible, left_alone = [], []
        for application in self.applications:
            why = self.obstacle(application)
            if why:
                left_alone.append((application, why))
            else:
                possible.append(application)
        return possible, {"items_with_no_access": left_alone}

    @cached_property
    def applications(self) -> list[Application]:
        """The chosen ones that this person may see. Raises Http404 if there are none."""
        found = Application.objects.filter(pk__in=self._chosen_keys()).order_by("pk")
        found = found.select_related("program", "affiliate").defer("form_data")
        seen = [application for application in found if may_see(self.request.user, application)]
        if not seen:
            raise Http404
        return seen

    def _chosen_keys(self) -> Any:
        """When the form is sent: those that it had shown."""
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
        """Acts on each. One that somebody else decided in the meantime does not stop the others."""
        too_late = [application for application in objects if not action.act_on(application)]
        if too_late:
            names = ", ".join(map(str, too_late))
            messages.warning(
                action.request,
                _("Somebody else was faster. Not changed: %(names)s") % {"names": names},
            )
        return len(objects) - len(too_late), 0

    def act_on(self, application: Application) -> bool:
        """Do it. False if it is too late for it."""
        raise NotImplementedError


def _numbers(texts: list[str]) -> list[int]:
    return [int(text) for text in texts if text.isascii() and text.isdigit()]


class DeclineSpam(ApplicationBulkAction):
    action_type = "decline_spam"
    display_name = gettext_lazy("Decline as spam")
    aria_label = gettext_lazy("Decline the selected applications as spam")
    action_priority = 30
    classes = {"serious"}
    explanation = gettext_lazy(
        "Nobody gets a mail about it. Their reviews end and their draft pages are deleted. The"
        " applications stay on record. This cannot be taken back."
    )
    button = gettext_lazy("Yes, decline as spam")

    def obstacle(self, application: Application) -> str:
        if not may_decide(self.request.user, application):
            return str(NOT_YOURS)
        return "" if application.state in OPEN else _not_open(application)

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

    def get_success_message(self, num_parent_objects: int, num_child_objects: int) -> str | None:
        if not num_parent_objects:
            return None
        return ngettext(
            "%(count)d application was declined as spam. Nobody got a mail.",
            "%(count)d applications were declined as spam. Nobody got a mail.",
            num_parent_objects,
        ) % {"count": num_parent_objects}


class AssignReviews(ApplicationBulkAction):
    action_type = "assign"
    display_name = gettext_lazy("Assign to…")
    aria_label = gettext_lazy("Assign the reviews of the selected applications to a person")
    action_priority = 10
    form_class = AssignForm
    explanation = gettext_lazy(
        "From now on this person is reminded, and the other reviewers are not. It is in the"
        " person’s mail of the day."
    )
    button = gettext_lazy("Assign")

    def obstacle(self, application: Application) -> str:
        if not may_decide(self.request.user, application):
            return str(NOT_YOURS)
        if application.pk in self.reviews:
            return ""
        if application.state == ApplicationState.INFORMATION_NEEDED:
            return _("It waits for the answer of the group.")
        return _("No review is open.") if application.state in OPEN else _not_open(application)

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
                "Nobody may decide about all of these. Choose fewer, such as those of one program."
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

    def get_success_message(self, num_parent_objects: int, num_child_objects: int) -> str | None:
        if not num_parent_objects:
            return None
        return ngettext(
            "%(name)s has %(count)d review now.",
            "%(name)s has these %(count)d reviews now.",
            num_parent_objects,
        ) % {
            "count": num_parent_objects,
            "name": self.assignee.get_full_name() or self.assignee.get_username(),
        }


class ExportChosen(ApplicationBulkAction):
    action_type = "export"
    display_name = gettext_lazy("Export")
    aria_label = gettext_lazy("Export the selected applications")
    action_priority = 20
    form_class = ExportForm
    explanation = gettext_lazy("The file has names, addresses and answers in it. Keep it private.")
    button = gettext_lazy("Download")

    def obstacle(self, application: Application) -> str:
        return ""  # Whoever may see it may take it along; others do not get this far.

    def prepare_action(
        self, objects: list[Application], objects_without_access: dict[str, Any]
    ) -> HttpResponse:
        return export(self.request, objects, self.cleaned_form.cleaned_data["file_format"])


class _Export(SafeExportMixin, View):
    export_columns = APPLICATION_COLUMNS
    export_filename = "applications"


def export(request: HttpRequest, applications: list[Application], file_format: str) -> HttpResponse:
    """These applications as a file, in their order, with the columns of the list's own export."""
    view = _Export()
    view.setup(request)
    keys = [application.pk for application in applications]
    rows = Application.objects.filter(pk__in=keys).defer("form_data")
    rows = rows.prefetch_related("program", "contacts", "acceptances")
    return view.as_spreadsheet(rows, file_format)


def _not_open(application: Application) -> str:
    return _("It is not open: %(state)s.") % {"state": application.get_state_display()}

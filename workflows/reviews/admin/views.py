"""Views to decide about a review and to assign it."""

from typing import Any

from django.core.exceptions import PermissionDenied
from django.forms import Form
from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.functional import Promise, cached_property
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.generic import FormView, View
from wagtail.admin import messages
from wagtail.admin.admin_url_finder import AdminURLFinder
from wagtail.admin.modal_workflow import render_modal_workflow
from wagtail.admin.utils import (
    get_latest_str,
    get_user_display_name,
    get_valid_next_url_from_request,
)
from wagtail.admin.views.generic.base import WagtailAdminTemplateMixin
from wagtail.models import TaskState

from workflows.core.exceptions import ReviewOver
from workflows.core.keys import possible
from workflows.models import ReviewTask, ReviewTaskState
from workflows.models.review import APPROVE
from workflows.reviews.forms import AssignForm
from workflows.reviews.queries import (
    colleagues,
    how_it_ended,
    may_approve,
    may_assign,
    when_due,
    who_has_it,
)
from workflows.reviews.services import assign_review

MAY_NOT_PUBLISH = _(
    "This is the last step: approving publishes, and you may not publish here. Ask a colleague "
    "who may, or assign the review."
)


class ReviewMixin:
    request: Any  # Wagtail's admin requires a login.
    kwargs: dict[str, Any]

    @cached_property
    def state(self) -> ReviewTaskState:
        states = ReviewTaskState.objects.select_related("workflow_state", "assigned_to")
        state = get_object_or_404(states, pk=possible(self.kwargs["pk"]))
        if state.reviewed is None:
            raise Http404
        return state

    @cached_property
    def task(self) -> ReviewTask:
        return self.state.task.specific

    @property
    def is_over(self) -> bool:
        return self.state.status != TaskState.STATUS_IN_PROGRESS

    @cached_property
    def edit_url(self) -> str:
        """The edit view of the reviewed object, or the admin home if the user may not open it."""
        user: Any = self.request.user
        # Reviewers may open it during the review without further permissions.
        is_reviewer = not self.is_over and self.task.may_review(self.state.reviewed, user)
        finder = AdminURLFinder(None if is_reviewer else user)
        return finder.get_edit_url(self.state.reviewed) or reverse("wagtailadmin_home")

    @cached_property
    def next_url(self) -> str:
        return get_valid_next_url_from_request(self.request) or self.edit_url


class AskForWordsView(ReviewMixin, View):
    """Modal in the editor that asks for a comment; the editor saves and decides in one request. The
    response names the review, so that a decision never applies to the workflow's next task.
    """

    template_name = "affiliate_workflows/admin/review_action.html"
    url_name = "workflows_review_words"

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        user: Any = request.user
        if not self.task.may_review(self.state.reviewed, user):
            raise PermissionDenied
        if self.is_over:
            return self.refuse(how_it_ended(self.state))
        if self.action == APPROVE and not may_approve(user, self.state):
            return self.refuse(MAY_NOT_PUBLISH)
        return super().dispatch(request, *args, **kwargs)

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        return self.show(self.form_class())

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        form = self.form_class(request.POST)
        return self.pass_on(form.cleaned_data) if form.is_valid() else self.show(form)

    def pass_on(self, words: dict[str, Any]) -> HttpResponse:
        return self.answer({"step": "success", "cleaned_data": words | {"review": self.state.pk}})

    @cached_property
    def form_class(self) -> type[Form]:
        return self.task.get_form_for_action(self.action)

    @property
    def action(self) -> str:
        return self.kwargs["action"]

    @cached_property
    def label(self) -> str:
        actions = self.task.get_actions(self.state.reviewed, self.request.user)
        labels = [label for name, label, in_window in actions if name == self.action and in_window]
        if not labels:
            raise Http404
        return str(labels[0])

    def show(self, form: Form) -> HttpResponse:
        context = {
            "form": form,
            "action": self.action,
            "action_verbose": self.label,
            "task_state": self.state,
            "object": self.state.reviewed,
            "submit_url": reverse(self.url_name, args=[self.state.pk, self.action]),
        }
        return self.answer({"step": "action"}, self.template_name, context)

    def refuse(self, why: str | Promise) -> HttpResponse:
        """Explain why nothing was decided, and show the typed comment so that it can be copied."""
        words = self.request.POST.get("comment", "")
        context = {"why": why, "words": words, "url": self.edit_url}
        template = "affiliate_workflows/admin/review_refused.html"
        return self.answer({"step": "action"}, template, context)

    def answer(
        self, data: dict[str, Any], template: str = "", context: dict[str, Any] | None = None
    ) -> HttpResponse:
        return render_modal_workflow(self.request, template, None, context, json_data=data)


class PassView(AskForWordsView):
    """Approval without a comment: no form."""

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        return self.pass_on({})


class DecideView(AskForWordsView):
    """The modal on the admin home page decides itself; an action without a modal redirects."""

    url_name = "workflows_decide_review"

    def pass_on(self, words: dict[str, Any]) -> HttpResponse:
        try:
            gone_url = self.task.on_action(self.state, self.request.user, self.action, **words)
        except ReviewOver:
            self.state.refresh_from_db()
            return self.refuse(how_it_ended(self.state))
        url = gone_url or self.next_url
        return (
            self.answer({"step": "success", "redirect": url}) if self.in_window else redirect(url)
        )

    def refuse(self, why: str | Promise) -> HttpResponse:
        if self.in_window:
            return super().refuse(why)
        messages.error(self.request, f"{gettext('Your decision was not saved.')} {why}")
        return redirect(self.next_url)

    @property
    def in_window(self) -> bool:
        return self.request.headers.get("x-requested-with") == "XMLHttpRequest"


class AssignReviewView(ReviewMixin, WagtailAdminTemplateMixin, FormView):
    form_class = AssignForm
    template_name = "affiliate_workflows/admin/assign_review.html"
    page_title = _("Take or assign a review")
    header_icon = "user"

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        user: Any = request.user
        if not may_assign(user, self.state):
            raise PermissionDenied
        return super().dispatch(request, *args, **kwargs)

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if "take" in request.POST:
            if not self.may_take:
                raise PermissionDenied
            return self.assign(request.user)
        return super().post(request, *args, **kwargs)

    def form_valid(self, form: Form) -> HttpResponse:
        return self.assign(form.cleaned_data["assignee"])

    def assign(self, person: Any) -> HttpResponse:
        user: Any = self.request.user
        try:
            assign_review(state=self.state, assignee=person, by=user, now=timezone.now())
        except ReviewOver:
            return redirect(self.request.get_full_path())  # The page shows the outcome.
        messages.success(self.request, self.success_message(person))
        return redirect(self.next_url)

    def success_message(self, person: Any) -> str:
        if person is None:
            return gettext("This review is open to all reviewers now.")
        if person == self.request.user:
            return gettext("This review is assigned to you now.")
        done = gettext("This review is assigned to %(name)s now.")
        return done % {"name": get_user_display_name(person)}

    @cached_property
    def may_take(self) -> bool:
        return self.task.may_review(self.state.reviewed, self.request.user)

    def get_form_kwargs(self) -> dict[str, Any]:
        people = colleagues(self.task)
        return {**super().get_form_kwargs(), "people": people}

    def get_initial(self) -> dict[str, Any]:
        return {"assignee": self.state.assigned_to_id}

    def get_page_subtitle(self) -> str:
        return get_latest_str(self.state.reviewed)

    def get_breadcrumbs_items(self) -> list[dict[str, Any]]:
        here = {"url": self.edit_url, "label": self.get_page_subtitle()}
        return [*self.breadcrumbs_items, here, {"url": "", "label": self.page_title}]

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        user: Any = self.request.user
        return super().get_context_data(
            state=self.state,
            is_over=self.is_over,
            how=how_it_ended(self.state),
            notes=[when_due(self.state), who_has_it(self.state, user)],
            may_take=self.may_take and self.state.assigned_to != user,
            edit_url=self.edit_url,
            next_url=self.next_url,
            **kwargs,
        )

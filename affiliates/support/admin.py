"""Calls for help in Wagtail's admin: the list, and a page to assign, answer, close and reopen."""

from collections.abc import Callable
from typing import Any

import django_filters
from django.db.models import Q, QuerySet
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect
from django.urls import path, reverse
from django.utils import timezone
from django.utils.functional import cached_property
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from wagtail.admin import messages
from wagtail.admin.admin_url_finder import AdminURLFinder
from wagtail.admin.filters import WagtailFilterSet
from wagtail.admin.ui.tables import Column, DateColumn
from wagtail.admin.utils import get_user_display_name
from wagtail.admin.views.generic import IndexView

from affiliates.admin.filters import program_filter
from affiliates.affiliations.admin.actions import ActionView
from affiliates.affiliations.admin.columns import DueColumn
from affiliates.affiliations.forms import ReasonForm
from affiliates.audit.permissions import managers_of, may_manage, may_see_affiliation
from affiliates.core.exceptions import AffiliatesError, CallAnswered
from affiliates.core.states import SupportState
from affiliates.core.text import MOST_WORDS
from affiliates.models import AffiliateProgramPage, Affiliation, SupportRequest
from affiliates.models.application import reference_like
from affiliates.programs.promised_days import today_at
from affiliates.support.forms import AssignCallForm, SupportAnswerForm
from affiliates.support.mails import whom_to_answer
from affiliates.support.services import (
    answer_support_request,
    assign_support_request,
    close_support_request,
    reopen_support_request,
)
from workflows.core.admin import MAY_SEE, RecordURLFinder, RecordViewSet


def assignee_of(call: SupportRequest) -> str:
    return (
        get_user_display_name(call.assigned_to)
        if call.assigned_to
        else str(gettext("Not assigned"))
    )


class CallActionView(ActionView):
    """Passes the form's cleaned data to ``service`` as keyword arguments."""

    header_icon = "help"
    service: Callable[..., Any]

    @cached_property
    def call(self) -> SupportRequest:
        calls = SupportRequest.objects.select_related(
            "affiliation__program", "assigned_to", "answered_by", "update"
        )
        return get_object_or_404(calls, pk=self.kwargs["pk"])

    @property
    def affiliation(self) -> Affiliation:
        return self.call.affiliation

    def get_success_url(self) -> str:
        return reverse("affiliates_support:inspect", args=[self.call.pk])

    def act(self, data: dict[str, Any]) -> None:
        self.service(call=self.call, user=self.request.user, now=timezone.now(), **data)

    def why_refused(self, refusal: AffiliatesError) -> str:
        self.call.refresh_from_db()
        if isinstance(refusal, CallAnswered) and self.call.answered_by:
            return gettext(
                "%(name)s has answered in the meantime. Your answer was not sent; it is still"
                " here, so that you can copy it."
            ) % {"name": get_user_display_name(self.call.answered_by)}
        return super().why_refused(refusal)


class CallView(CallActionView):
    service = staticmethod(answer_support_request)
    template_name = "affiliates/support/admin/call.html"
    form_class = SupportAnswerForm
    page_title = _("Call for help")
    done = _("Your answer is on its way.")

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        user: Any = request.user
        if request.method == "GET" and may_see_affiliation(user, self.affiliation):
            return super(ActionView, self).dispatch(request, *args, **kwargs)
        return super().dispatch(request, *args, **kwargs)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        user, call = self.request.user, self.call
        people = whom_to_answer(call)
        return super().get_context_data(
            call=call,
            is_open=call.state == SupportState.OPEN,
            may_manage=may_manage(user, call.affiliation),
            is_mine=call.assigned_to_id == user.pk,
            today=today_at(call.affiliation.program, timezone.now()),
            affiliation_url=AdminURLFinder(user).get_edit_url(call.affiliation),
            person=people[0] if people else None,
            **kwargs,
        )


class AssignCallView(CallActionView):
    service = staticmethod(assign_support_request)
    page_title = _("Who answers?")
    button = _("Assign")
    done = _("The call for help has been assigned.")

    def get_form(self, form_class: Any = None) -> AssignCallForm:
        people = managers_of([self.affiliation.program])
        return AssignCallForm(people=people, **self.get_form_kwargs())

    def get_initial(self) -> dict[str, Any]:
        return {"to": self.call.assigned_to}

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if "take" not in request.POST:
            return super().post(request, *args, **kwargs)
        try:
            self.act({"to": self.request.user})
        except AffiliatesError as refusal:
            messages.warning(request, self.why_refused(refusal))
        else:
            messages.success(request, gettext("This call is yours to answer."))
        return redirect(self.get_success_url())


class CloseCallView(CallActionView):
    service = staticmethod(close_support_request)
    form_class = ReasonForm
    page_title = _("Close without an answer")
    explanation = (
        _("For what was settled another way, such as by phone. The group gets no email."),
        _("If the group writes again, the call reopens."),
    )
    button = _("Close")
    done = _("The call for help is closed.")


class ReopenCallView(CallActionView):
    service = staticmethod(reopen_support_request)
    page_title = _("Reopen")
    explanation = (_("The group is owed an answer again, by a new date."),)
    button = _("Reopen")
    done = _("The call for help has been reopened.")


WAITING = (
    ("open", _("Open")),
    ("late", _("Late")),
    ("mine", _("Assigned to me")),
    ("free", _("Not assigned")),
)


class CallFilterSet(WagtailFilterSet):
    waiting = django_filters.ChoiceFilter(
        label=_("Which"), choices=WAITING, empty_label=_("All"), method="by_waiting"
    )
    program = program_filter("affiliation__program")

    class Meta:
        model = SupportRequest
        fields: list[str] = []

    def by_waiting(self, rows: QuerySet, name: str, value: str) -> QuerySet:
        rows = rows.filter(state=SupportState.OPEN)
        if value == "late":
            return late_calls(rows)
        assignees = {"mine": getattr(self.request, "user", None), "free": None}
        return rows.filter(assigned_to=assignees[value]) if value in assignees else rows


def late_calls(calls: QuerySet[SupportRequest]) -> QuerySet[SupportRequest]:
    """Calls whose due date has passed in the program's time zone."""
    late = Q(pk__in=[])
    for program in AffiliateProgramPage.objects.all():
        today = today_at(program, timezone.now())
        late |= Q(affiliation__program=program, due_on__lt=today)
    return calls.filter(late, state=SupportState.OPEN)


class CallURLFinder(RecordURLFinder):
    edit_url_name = "affiliates_support:inspect"

    def get_edit_url(self, instance: Any) -> str | None:
        if self.user and not may_see_affiliation(self.user, instance.affiliation):
            return None
        return self.construct_edit_url(instance)


class CallIndexView(IndexView):
    any_permission_required = MAY_SEE
    is_searchable = True

    def get_base_queryset(self) -> QuerySet[SupportRequest]:
        visible = self.permission_policy.instances_user_has_any_permission_for(
            self.request.user, MAY_SEE
        )
        return visible.select_related("affiliation__program", "assigned_to__wagtail_userprofile")

    def get_list_more_buttons(self, instance: Any) -> list:
        return []

    def search_queryset(self, queryset: QuerySet[SupportRequest]) -> QuerySet[SupportRequest]:
        words = self.search_query.split()[:MOST_WORDS] if self.is_searching else ()
        for word in words:
            queryset = queryset.filter(
                reference_like(word)
                | Q(text__icontains=word)
                | Q(affiliation__name__icontains=word)
            )
        return queryset


class CallViewSet(RecordViewSet):
    model = SupportRequest
    name = "affiliates_support"
    url_prefix = "affiliates/help"
    menu_label = _("Calls for help")
    icon = "help"
    index_view_class = CallIndexView
    index_template_name = "affiliates/affiliations/admin/affiliations.html"
    filterset_class = CallFilterSet
    list_per_page = 50
    ordering = ("-state", "due_on", "pk")
    actions = ()  # Those of affiliations count.
    url_finder_class = CallURLFinder
    list_display = [
        "affiliation",
        Column("state", label=_("State"), accessor="get_state_display", sort_key="state"),
        DueColumn("due_on", label=_("Answer due")),
        Column("assigned_to", label=_("Assigned to"), accessor=assignee_of),
        DateColumn("opened_at", label=_("Asked"), sort_key="opened_at"),
        Column("reference", label=_("Reference"), sort_key="reference"),
    ]

    def get_urlpatterns(self):
        index = [item for item in super().get_urlpatterns() if item.name != "inspect"]
        return [
            *index,
            path("<int:pk>/", CallView.as_view(), name="inspect"),
            path("<int:pk>/assign/", AssignCallView.as_view(), name="assign"),
            path("<int:pk>/close/", CloseCallView.as_view(), name="close"),
            path("<int:pk>/reopen/", ReopenCallView.as_view(), name="reopen"),
        ]

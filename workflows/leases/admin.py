"""An outbox in Wagtail's admin: the list of its rows, a page for each, and sending one again."""

from collections.abc import Mapping
from typing import Any, ClassVar

import django_filters
from django import forms
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import path, reverse
from django.utils.functional import Promise
from django.utils.text import capfirst
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.generic import TemplateView
from wagtail.admin import messages
from wagtail.admin.admin_url_finder import AdminURLFinder
from wagtail.admin.filters import DateRangePickerWidget
from wagtail.admin.ui.tables import DateColumn, StatusTagColumn
from wagtail.admin.views.generic import InspectView
from wagtail.admin.views.generic.base import WagtailAdminTemplateMixin
from wagtail.admin.views.generic.permissions import PermissionCheckedMixin
from wagtail.log_actions import log

from workflows.core.admin import MAY_SEE, RecordViewSet
from workflows.core.exceptions import NotSendable
from workflows.core.states import UNFINISHED, MailState
from workflows.models import LeasedWork

SENT_AGAIN = "affiliate_workflows.send_again"
WIDE_ONLY = "mail-wide-only"

STATE_COLUMN = StatusTagColumn(
    "state",
    label=_("State"),
    accessor="get_state_display",
    primary=lambda work: work.state != MailState.FAILED,
    sort_key="state",
)


def date_column(name: str, label: str | Promise) -> DateColumn:
    return DateColumn(name, label=label, sort_key=name, classname=WIDE_ONLY)


def choice_filter(label: str | Promise, choices: Any) -> django_filters.MultipleChoiceFilter:
    widget = forms.CheckboxSelectMultiple
    return django_filters.MultipleChoiceFilter(choices=choices, widget=widget, label=label)


def date_filter(label: str | Promise) -> django_filters.DateFromToRangeFilter:
    return django_filters.DateFromToRangeFilter(widget=DateRangePickerWidget, label=label)


class WorkView(InspectView):
    """One row. The template names what it shows, in the place of Wagtail's list of fields."""

    any_permission_required = MAY_SEE
    header_more_buttons: list[Any] = []
    outbox: "WorkViewSet" = None  # type: ignore[assignment]

    def get_fields(self) -> list[str]:
        return []

    def get_page_subtitle(self) -> str:
        return self.outbox.title_of(self.object)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        work, finder = self.object, AdminURLFinder(self.request.user)
        subject = work.subject
        return {
            **super().get_context_data(**kwargs),
            "work": work,
            "next_step": self.outbox.what_happens_next[work.state],
            "is_unfinished": work.state in UNFINISHED,
            "may_send_again": work.state in work.resendable and self.user_has_permission("change"),
            "send_again_url": self.outbox.url_of(work, "send_again"),
            "subject": subject,
            "subject_url": subject and finder.get_edit_url(subject),
        }


class SendAgainView(PermissionCheckedMixin, WagtailAdminTemplateMixin, TemplateView):
    permission_required = "change"
    model: type[LeasedWork] = None  # type: ignore[assignment]
    page_title = _("Send again")
    template_name = ""
    outbox: "WorkViewSet" = None  # type: ignore[assignment]

    def setup(self, request: HttpRequest, *args: Any, **kwargs: Any) -> None:
        super().setup(request, *args, **kwargs)
        self.work = get_object_or_404(self.outbox.rows(), pk=kwargs["pk"])
        self.work_url = self.outbox.url_of(self.work)

    def get_page_subtitle(self) -> str:
        return self.outbox.title_of(self.work)

    def get_breadcrumbs_items(self) -> list[dict[str, Any]]:
        index = reverse(self.outbox.get_url_name("index"))
        return [
            *self.breadcrumbs_items,
            {"url": index, "label": capfirst(self.model._meta.verbose_name_plural)},
            {"url": self.work_url, "label": self.get_page_subtitle()},
            {"url": "", "label": self.page_title},
        ]

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(work=self.work, work_url=self.work_url, **kwargs)

    def post(self, request: HttpRequest, pk: int) -> HttpResponse:
        try:
            self.outbox.send_again(self.work)
        except NotSendable as error:
            messages.error(request, str(error))
        else:
            log(self.work, SENT_AGAIN, user=request.user)
            messages.success(request, gettext("It is queued and goes out at its next turn."))
        return redirect(self.work_url)


class WorkViewSet(RecordViewSet):
    """The rows are a record; "change" lets a person send one again.

    ``what_happens_next`` tells people, for each state, what to expect or to do. ``with_rows`` are
    the foreign keys that the list shows, ``long_fields`` what it does without: a page of them could
    be many megabytes.
    """

    what_happens_next: ClassVar[Mapping[Any, str | Promise]]
    with_rows: tuple[str, ...] = ()
    long_fields: tuple[str, ...]
    send_again_template_name: str
    inspect_view_class = WorkView
    index_template_name = "affiliate_workflows/admin/list.html"
    list_per_page = 50

    def title_of(self, work: Any) -> str:
        raise NotImplementedError

    def send_again(self, work: Any) -> None:
        """Raises NotSendable."""
        raise NotImplementedError

    def rows(self) -> Any:
        return self.model._default_manager.select_related(*self.with_rows).defer(*self.long_fields)

    def url_of(self, work: LeasedWork, view: str = "inspect") -> str:
        return reverse(self.get_url_name(view), args=[work.pk])

    def get_common_view_kwargs(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_common_view_kwargs(outbox=self, **kwargs)

    def get_index_view_kwargs(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_index_view_kwargs(queryset=self.rows(), **kwargs)

    def get_urlpatterns(self) -> list[Any]:
        send_again = self.construct_view(SendAgainView, template_name=self.send_again_template_name)
        return [
            *super().get_urlpatterns(),
            path("<int:pk>/send-again/", send_again, name="send_again"),
        ]

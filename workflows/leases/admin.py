"""Admin views of an outbox: list, details, send again."""

from collections.abc import Mapping
from typing import Any, ClassVar

import django_filters
from django import forms
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import path, reverse
from django.utils.functional import Promise
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from wagtail.admin import messages
from wagtail.admin.admin_url_finder import AdminURLFinder
from wagtail.admin.filters import DateRangePickerWidget
from wagtail.admin.ui.tables import DateColumn, StatusTagColumn
from wagtail.log_actions import log

from workflows.core.admin import RecordActionView, RecordIndexView, RecordView, RecordViewSet
from workflows.core.exceptions import NotSendable
from workflows.core.states import UNFINISHED, MailState

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


class WorkView(RecordView):
    header_more_buttons: list[Any] = []
    outbox: "WorkViewSet" = None  # type: ignore[assignment]

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
            "send_again_url": reverse(self.outbox.get_url_name("send_again"), args=[work.pk]),
            "subject": subject,
            "subject_url": subject and finder.get_edit_url(subject),
        }


class SendAgainView(RecordActionView):
    page_title = _("Send again")
    outbox: "WorkViewSet" = None  # type: ignore[assignment]

    def records(self) -> Any:
        return self.outbox.without_long_fields(super().records())

    def get_page_subtitle(self) -> str:
        return self.outbox.title_of(self.record)

    def post(self, request: HttpRequest, pk: int) -> HttpResponse:
        try:
            self.outbox.send_again(self.record)
        except NotSendable as error:
            messages.error(request, str(error))
        else:
            log(self.record, SENT_AGAIN, user=request.user)
            messages.success(request, gettext("It is queued and goes out at its next turn."))
        return redirect(self.record_url)


class WorkIndexView(RecordIndexView):
    outbox: "WorkViewSet" = None  # type: ignore[assignment]

    def get_base_queryset(self) -> Any:
        return self.outbox.without_long_fields(super().get_base_queryset())


class WorkViewSet(RecordViewSet):
    """Sending again requires "change". ``what_happens_next`` explains each state. ``with_rows`` are
    foreign keys to select for the list, ``long_fields`` are deferred, since a page of them could be
    many megabytes.
    """

    what_happens_next: ClassVar[Mapping[Any, str | Promise]]
    with_rows: tuple[str, ...] = ()
    long_fields: tuple[str, ...]
    send_again_template_name: str
    index_view_class = WorkIndexView
    inspect_view_class = WorkView
    index_template_name = "affiliate_workflows/admin/list.html"
    list_per_page = 50

    def title_of(self, work: Any) -> str:
        raise NotImplementedError

    def send_again(self, work: Any) -> None:
        """Raises NotSendable."""
        raise NotImplementedError

    def without_long_fields(self, rows: Any) -> Any:
        rows = rows.defer(*self.long_fields)
        return rows.select_related(*self.with_rows) if self.with_rows else rows

    def get_common_view_kwargs(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_common_view_kwargs(outbox=self, **kwargs)

    def get_urlpatterns(self) -> list[Any]:
        send_again = self.construct_view(SendAgainView, template_name=self.send_again_template_name)
        return [
            *super().get_urlpatterns(),
            path("<int:pk>/send-again/", send_again, name="send_again"),
        ]

"""Every delivery of a webhook in Wagtail's admin: what was sent, what came back, sending again."""

import json

import django_filters
from django import forms
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.generic import TemplateView
from wagtail.admin import messages
from wagtail.admin.admin_url_finder import AdminURLFinder
from wagtail.admin.filters import DateRangePickerWidget, WagtailFilterSet
from wagtail.admin.ui.tables import Column, DateColumn, StatusTagColumn, TitleColumn
from wagtail.admin.views.generic import IndexView, InspectView
from wagtail.admin.views.generic.base import WagtailAdminTemplateMixin
from wagtail.admin.views.generic.permissions import PermissionCheckedMixin
from wagtail.log_actions import log

from workflows.core.admin import MAY_SEE
from workflows.core.exceptions import DeliveryNotResendable, EndpointOff
from workflows.core.states import UNFINISHED, DeliveryState
from workflows.mail.admin.mails import SENT_AGAIN
from workflows.models import WebhookDelivery, WebhookEndpoint
from workflows.webhooks.events import TEST, all_events, label_of
from workflows.webhooks.services import send_again

WHAT_HAPPENS_NEXT = {
    DeliveryState.QUEUED: gettext_lazy("It waits for its turn. Nothing to do."),
    DeliveryState.SENDING: gettext_lazy("It is on its way to the endpoint. Nothing to do."),
    DeliveryState.SENT: gettext_lazy("The endpoint took it. Nothing to do."),
    DeliveryState.FAILED: gettext_lazy(
        "It could not be delivered, and nobody tries any more. Read the answer, put right what was "
        "wrong, then send it again."
    ),
    DeliveryState.UNCERTAIN: gettext_lazy(
        "The connection ended before the endpoint answered. The same event goes out once more, so "
        "it may arrive twice, with the same id."
    ),
}
RESENDABLE = (DeliveryState.FAILED, DeliveryState.SENT)


def event_choices() -> list[tuple[str, str]]:
    return [(event.name, str(event.label)) for event in [*all_events(), TEST]]


class DeliveryFilterSet(WagtailFilterSet):
    state = django_filters.MultipleChoiceFilter(
        choices=DeliveryState.choices,
        widget=forms.CheckboxSelectMultiple,
        label=gettext_lazy("State"),
    )
    event_type = django_filters.MultipleChoiceFilter(
        choices=event_choices, widget=forms.CheckboxSelectMultiple, label=gettext_lazy("Event")
    )
    endpoint = django_filters.ModelMultipleChoiceFilter(
        queryset=WebhookEndpoint.objects.all(),
        widget=forms.CheckboxSelectMultiple,
        label=gettext_lazy("Endpoint"),
    )
    created_at = django_filters.DateFromToRangeFilter(
        widget=DateRangePickerWidget, label=gettext_lazy("Happened")
    )

    class Meta:
        model = WebhookDelivery
        fields = ["state", "event_type", "endpoint", "created_at"]


class DeliveryIndexView(IndexView):
    any_permission_required = MAY_SEE
    is_searchable = True
    search_fields = ["message_id", "key", "endpoint__description", "endpoint__address"]
    filterset_class = DeliveryFilterSet
    columns = [
        TitleColumn(
            "event_type",
            label=gettext_lazy("Event"),
            accessor=lambda delivery: label_of(delivery.event_type),
            url_name="webhook_delivery:inspect",
        ),
        Column("endpoint", label=gettext_lazy("Endpoint")),
        StatusTagColumn(
            "state",
            label=gettext_lazy("State"),
            accessor="get_state_display",
            primary=lambda delivery: delivery.state != DeliveryState.FAILED,
            sort_key="state",
        ),
        Column("response_status", label=gettext_lazy("Answer"), classname="mail-wide-only"),
        DateColumn(
            "created_at",
            label=gettext_lazy("Happened"),
            sort_key="created_at",
            classname="mail-wide-only",
        ),
    ]

    def get_base_queryset(self) -> QuerySet[WebhookDelivery]:
        deliveries = super().get_base_queryset().select_related("endpoint")
        return deliveries.defer("body", "answer", "response_body")


class DeliveryInspectView(InspectView):
    any_permission_required = MAY_SEE
    page_title = gettext_lazy("Delivery")
    template_name = "affiliate_workflows/admin/webhook_delivery.html"
    model = WebhookDelivery
    object: WebhookDelivery

    def get_page_subtitle(self) -> str:
        return label_of(self.object.event_type)

    def get_fields(self) -> list[str]:
        """None of Wagtail's generic ones: the template names what it shows."""
        return []

    @property
    def header_more_buttons(self) -> list:
        return []

    def get_context_data(self, **kwargs):
        delivery = self.object
        subject = delivery.subject
        finder = AdminURLFinder(self.request.user)
        return {
            **super().get_context_data(**kwargs),
            "delivery": delivery,
            "event": label_of(delivery.event_type),
            "next_step": WHAT_HAPPENS_NEXT[DeliveryState(delivery.state)],
            "is_unfinished": delivery.state in UNFINISHED,
            "may_send_again": delivery.state in RESENDABLE and self.user_has_permission("change"),
            "endpoint_url": finder.get_edit_url(delivery.endpoint),
            "subject": subject,
            "subject_url": subject and finder.get_edit_url(subject),
            "body": json.dumps(json.loads(bytes(delivery.body)), indent=2, ensure_ascii=False),
        }


class DeliverySendAgainView(PermissionCheckedMixin, WagtailAdminTemplateMixin, TemplateView):
    permission_required = "change"
    model = WebhookDelivery
    page_title = gettext_lazy("Send again")
    header_icon = "resubmit"
    template_name = "affiliate_workflows/admin/webhook_send_again.html"

    def setup(self, request: HttpRequest, *args, **kwargs) -> None:
        super().setup(request, *args, **kwargs)
        deliveries = WebhookDelivery.objects.select_related("endpoint").defer("body")
        self.delivery = get_object_or_404(deliveries, pk=kwargs["pk"])

    def get_page_subtitle(self) -> str:
        return label_of(self.delivery.event_type)

    def get_breadcrumbs_items(self):
        return [
            *self.breadcrumbs_items,
            {"url": reverse("webhook_delivery:index"), "label": _("Webhook deliveries")},
            {"url": self._delivery_url, "label": self.get_page_subtitle()},
            {"url": "", "label": self.page_title},
        ]

    def get_context_data(self, **kwargs):
        return super().get_context_data(
            delivery=self.delivery,
            delivery_url=self._delivery_url,
            can_be_sent=self.delivery.state in RESENDABLE and self.delivery.endpoint.is_active,
            **kwargs,
        )

    def post(self, request: HttpRequest, pk: int) -> HttpResponse:
        try:
            send_again(delivery=self.delivery)
        except (DeliveryNotResendable, EndpointOff) as error:
            messages.error(request, str(error))
        else:
            log(self.delivery, SENT_AGAIN, user=request.user)
            messages.success(request, _("The event is queued and goes out at its next turn."))
        return redirect(self._delivery_url)

    @property
    def _delivery_url(self) -> str:
        return reverse("webhook_delivery:inspect", args=[self.delivery.pk])

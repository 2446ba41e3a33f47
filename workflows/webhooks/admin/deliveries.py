"""Webhook deliveries in Wagtail's admin: view and send again."""

import json
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _
from wagtail.admin.admin_url_finder import AdminURLFinder
from wagtail.admin.filters import WagtailFilterSet
from wagtail.admin.ui.tables import Column, TitleColumn

from workflows.core import keys
from workflows.core.states import DeliveryState
from workflows.leases.admin import (
    STATE_COLUMN,
    WIDE_ONLY,
    WorkView,
    WorkViewSet,
    choice_filter,
    date_column,
    date_filter,
)
from workflows.models import WebhookDelivery, WebhookEndpoint
from workflows.webhooks.events import TEST, all_events, label_of
from workflows.webhooks.services import send_again

WHAT_HAPPENS_NEXT = {
    DeliveryState.QUEUED: _("It waits for its turn. Nothing to do."),
    DeliveryState.SENDING: _("It is on its way to the endpoint. Nothing to do."),
    DeliveryState.SENT: _("The endpoint accepted it. Nothing to do."),
    DeliveryState.FAILED: _(
        "It could not be delivered, and we have stopped trying. Read the answer, fix the problem, "
        "then send it again."
    ),
    DeliveryState.UNCERTAIN: _(
        "The connection ended before the endpoint answered. The same event is sent once more, so "
        "it may arrive twice, with the same id."
    ),
}


def event_choices() -> list[tuple[str, str]]:
    return [(event.name, str(event.label)) for event in [*all_events(), TEST]]


class DeliveryFilterSet(WagtailFilterSet):
    state = choice_filter(_("State"), DeliveryState.choices)
    event_type = choice_filter(_("Event"), event_choices)
    endpoint = keys.ModelMultipleChoiceFilter(
        queryset=WebhookEndpoint.objects.all(),
        widget=forms.CheckboxSelectMultiple,
        label=_("Endpoint"),
    )
    created_at = date_filter(_("Happened"))

    class Meta:
        model = WebhookDelivery
        fields = ["state", "event_type", "endpoint", "created_at"]


class DeliveryView(WorkView):
    page_title = _("Delivery")

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        delivery = self.object
        finder = AdminURLFinder(self.request.user)
        return super().get_context_data(
            endpoint_url=finder.get_edit_url(delivery.endpoint),
            body=json.dumps(json.loads(bytes(delivery.body)), indent=2, ensure_ascii=False),
            **kwargs,
        )


class DeliveryViewSet(WorkViewSet):
    model = WebhookDelivery
    name = "webhook_delivery"
    url_prefix = "webhooks/deliveries"
    menu_label = _("Deliveries")
    icon = "resubmit"
    what_happens_next = WHAT_HAPPENS_NEXT
    with_rows = ("endpoint",)
    long_fields = ("body", "answer", "response_body")
    inspect_view_class = DeliveryView
    inspect_template_name = "affiliate_workflows/admin/webhook_delivery.html"
    send_again_template_name = "affiliate_workflows/admin/webhook_send_again.html"
    filterset_class = DeliveryFilterSet
    search_fields = ["message_id", "key", "endpoint__description", "endpoint__address"]
    list_display = [
        TitleColumn(
            "event_type",
            label=_("Event"),
            accessor=lambda delivery: label_of(delivery.event_type),
            url_name="webhook_delivery:inspect",
        ),
        Column("endpoint", label=_("Endpoint")),
        STATE_COLUMN,
        Column("response_status", label=_("Answer"), classname=WIDE_ONLY),
        date_column("created_at", _("Happened")),
    ]

    def title_of(self, work: WebhookDelivery) -> str:
        return label_of(work.event_type)

    def send_again(self, work: WebhookDelivery) -> None:
        send_again(delivery=work)

"""The menu "Webhooks" in Wagtail's admin."""

from django.urls import path
from django.utils.translation import gettext_lazy as _
from wagtail.admin.viewsets.base import ViewSetGroup

from workflows.core.admin import LimitedViewSet, RecordURLFinder, RecordViewSet
from workflows.models import WebhookDelivery, WebhookEndpoint
from workflows.webhooks.admin.deliveries import (
    DeliveryIndexView,
    DeliveryInspectView,
    DeliverySendAgainView,
)
from workflows.webhooks.admin.endpoints import (
    EndpointCreateView,
    EndpointEditView,
    EndpointIndexView,
    EndpointInspectView,
    EndpointSecretView,
    EndpointTestView,
)
from workflows.webhooks.forms import WebhookEndpointForm


class EndpointURLFinder(RecordURLFinder):
    edit_url_name = "webhook_endpoint:inspect"


class EndpointViewSet(LimitedViewSet):
    model = WebhookEndpoint
    name = "webhook_endpoint"
    url_prefix = "webhooks/endpoints"
    menu_label = _("Endpoints")
    icon = "site"
    inspect_view_enabled = True
    actions = ("view", "add", "change", "delete")
    index_view_class = EndpointIndexView
    add_view_class = EndpointCreateView
    edit_view_class = EndpointEditView
    inspect_view_class = EndpointInspectView
    index_template_name = "affiliate_workflows/admin/list.html"
    inspect_template_name = EndpointInspectView.template_name
    url_finder_class = EndpointURLFinder

    def get_form_class(self, for_update=False):
        return WebhookEndpointForm

    def get_urlpatterns(self):
        return [
            *super().get_urlpatterns(),
            path("<int:pk>/secret/", EndpointSecretView.as_view(), name="secret"),
            path("<int:pk>/test/", EndpointTestView.as_view(), name="test"),
        ]


class DeliveryURLFinder(RecordURLFinder):
    edit_url_name = "webhook_delivery:inspect"


class DeliveryViewSet(RecordViewSet):
    """Deliveries are a record; "change" lets a person send one again."""

    model = WebhookDelivery
    name = "webhook_delivery"
    url_prefix = "webhooks/deliveries"
    menu_label = _("Deliveries")
    icon = "resubmit"
    index_view_class = DeliveryIndexView
    inspect_view_class = DeliveryInspectView
    index_template_name = "affiliate_workflows/admin/list.html"
    inspect_template_name = DeliveryInspectView.template_name
    url_finder_class = DeliveryURLFinder
    list_per_page = 50

    def get_urlpatterns(self):
        return [
            *super().get_urlpatterns(),
            path("<int:pk>/send-again/", DeliverySendAgainView.as_view(), name="send_again"),
        ]


class WebhookGroup(ViewSetGroup):
    menu_label = _("Webhooks")
    menu_name = "webhooks"
    menu_icon = "site"
    menu_order = 265
    items = (EndpointViewSet, DeliveryViewSet)

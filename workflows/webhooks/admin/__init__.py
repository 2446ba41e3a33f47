"""The menu "Webhooks" in Wagtail's admin."""

from django.utils.translation import gettext_lazy as _
from wagtail.admin.viewsets.base import ViewSetGroup

from workflows.webhooks.admin.deliveries import DeliveryViewSet
from workflows.webhooks.admin.endpoints import EndpointViewSet


class WebhookGroup(ViewSetGroup):
    menu_label = _("Webhooks")
    menu_name = "webhooks"
    menu_icon = "site"
    menu_order = 265
    items = (EndpointViewSet, DeliveryViewSet)

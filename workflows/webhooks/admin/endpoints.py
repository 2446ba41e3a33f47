"""Webhook endpoints in Wagtail's admin."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import path, reverse
from django.utils import timezone
from django.utils.decorators import method_decorator
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.cache import never_cache
from wagtail.admin import messages
from wagtail.admin.ui.tables import Column, StatusTagColumn, TitleColumn
from wagtail.admin.views.generic import CreateView, EditView, IndexView
from wagtail.log_actions import log
from wagtail.permissions import policy_registry

from workflows.core.admin import MAY_SEE, LimitedViewSet, RecordActionView, RecordView
from workflows.core.exceptions import EndpointOff, SecretShownBefore
from workflows.leases.admin import WIDE_ONLY
from workflows.models import WebhookDelivery, WebhookEndpoint
from workflows.webhooks.events import label_of
from workflows.webhooks.forms import WebhookEndpointForm
from workflows.webhooks.services import renew_secret, send_test, show_secret

RENEWED_SECRET = "affiliate_workflows.renew_webhook_secret"  # noqa: S105
NEWEST = 10


def state_of(endpoint: WebhookEndpoint) -> str:
    if not endpoint.is_active:
        return gettext("Off after failures") if endpoint.switched_off_why else gettext("Off")
    return gettext("Failing") if endpoint.failing_since else gettext("On")


def is_well(endpoint: WebhookEndpoint) -> bool:
    return endpoint.is_active and not endpoint.failing_since


def events_of(endpoint: WebhookEndpoint) -> str:
    number = len(endpoint.event_types)
    return ngettext("%(number)d event", "%(number)d events", number) % {"number": number}


class EndpointIndexView(IndexView):
    any_permission_required = [*MAY_SEE, "add"]


class ToEndpointMixin:
    object: WebhookEndpoint

    def get_success_url(self) -> str:
        return reverse("webhook_endpoint:inspect", args=[self.object.pk])


class EndpointCreateView(ToEndpointMixin, CreateView):
    success_message = _("The endpoint was added. Show its secret now, and send a test.")

    def get_success_buttons(self) -> list:
        return []


class EndpointEditView(ToEndpointMixin, EditView):
    pass


class EndpointInspectView(RecordView):
    page_title = _("Endpoint")
    object: WebhookEndpoint

    def get_context_data(self, **kwargs):
        endpoint = self.object
        deliveries = endpoint.deliveries.defer("body", "answer", "response_body")
        return {
            **super().get_context_data(**kwargs),
            "endpoint": endpoint,
            "state": state_of(endpoint),
            "is_well": is_well(endpoint),
            "events": [(name, label_of(name)) for name in endpoint.event_types],
            "may_change": self.user_has_permission("change"),
            "deliveries": [(one, label_of(one.event_type)) for one in deliveries[:NEWEST]],
        }


@method_decorator(never_cache, name="dispatch")
class EndpointSecretView(RecordActionView):
    """Shows the secret once, in the response to a POST."""

    page_title = _("Secret")
    template_name = "affiliate_workflows/admin/webhook_secret.html"

    def post(self, request: HttpRequest, pk: int) -> HttpResponse:
        now = timezone.now()
        if "renew" in request.POST:
            secret = renew_secret(endpoint=self.record, now=now)
            log(self.record, RENEWED_SECRET, user=request.user)
            return self.render_to_response(self.get_context_data(secret=secret))
        try:
            secret = show_secret(endpoint=self.record, now=now)
        except SecretShownBefore as error:
            messages.error(request, str(error))
            return redirect(request.path)
        return self.render_to_response(self.get_context_data(secret=secret))


class EndpointTestView(RecordActionView):
    http_method_names = ["post"]

    def post(self, request: HttpRequest, pk: int) -> HttpResponse:
        try:
            delivery = send_test(endpoint=self.record, now=timezone.now())
        except EndpointOff as error:
            messages.error(request, str(error))
            return redirect(self.record_url)
        done = gettext("The test event is on its way. Load this page again to see the answer.")
        messages.success(request, done)
        return redirect(delivery_url(delivery, request.user) or self.record_url)


def delivery_url(delivery: WebhookDelivery, user) -> str:
    policy = policy_registry.get_by_type(WebhookDelivery)
    may_see = policy.user_has_any_permission(user, MAY_SEE)
    return reverse("webhook_delivery:inspect", args=[delivery.pk]) if may_see else ""


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
    inspect_template_name = "affiliate_workflows/admin/webhook_endpoint.html"
    search_fields = ["description", "address"]
    list_display = [
        TitleColumn(
            "description",
            label=_("Endpoint"),
            url_name="webhook_endpoint:inspect",
            sort_key="description",
        ),
        Column("address", label=_("Address"), classname=WIDE_ONLY),
        Column("events", label=_("Gets"), accessor=events_of, classname=WIDE_ONLY),
        StatusTagColumn("state", label=_("State"), accessor=state_of, primary=is_well),
    ]

    def get_form_class(self, for_update=False):
        return WebhookEndpointForm

    def get_urlpatterns(self):
        secret = self.construct_view(EndpointSecretView, header_icon="key")
        return [
            *super().get_urlpatterns(),
            path("<int:pk>/secret/", secret, name="secret"),
            path("<int:pk>/test/", self.construct_view(EndpointTestView), name="test"),
        ]

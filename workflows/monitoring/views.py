"""The numbers at ``/metrics`` and in the admin's reports."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.crypto import constant_time_compare
from django.utils.formats import date_format, number_format
from django.utils.timesince import timesince
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe
from django.views.generic import TemplateView
from wagtail.admin.views.generic.base import WagtailAdminTemplateMixin

from workflows.core.conf import settings
from workflows.monitoring.numbers import Number, may_see, read_all
from workflows.monitoring.openmetrics import CONTENT_TYPE, as_text

A_MINUTE = 60


@never_cache
@require_safe
def metrics(request: HttpRequest) -> HttpResponse:
    """Not found unless METRICS_TOKEN is set; it has to be the bearer token (RFC 6750)."""
    if not settings.METRICS_TOKEN:
        raise Http404
    scheme, _space, token = request.headers.get("Authorization", "").partition(" ")
    if scheme.lower() != "bearer" or not constant_time_compare(token, settings.METRICS_TOKEN):
        return HttpResponse(status=401, headers={"WWW-Authenticate": "Bearer"})
    return HttpResponse(as_text(read_all(now=timezone.now())), content_type=CONTENT_TYPE)


class NumbersView(WagtailAdminTemplateMixin, TemplateView):
    template_name = "affiliate_workflows/admin/numbers.html"
    page_title = _("Work in progress")
    header_icon = "history"
    _show_breadcrumbs = True

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> Any:
        if not may_see(request.user):
            raise PermissionDenied
        return super().dispatch(request, *args, **kwargs)

    def get_breadcrumbs_items(self) -> list[dict[str, Any]]:
        return [*self.breadcrumbs_items, {"url": "", "label": self.get_page_title()}]

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        numbers = read_all(now=timezone.now())
        shown = [(number.label, list(_shown(number))) for number in numbers if number.values]
        return super().get_context_data(numbers=shown, **kwargs)


def _shown(number: Number) -> Iterator[tuple[str, str]]:
    """What it is of, and the value in words."""
    for value, amount in number.values.items():
        yield str(number.labels.get(value, value)), _in_words(number, amount)


def _in_words(number: Number, amount: float) -> str:
    if number.name.endswith("_timestamp_seconds"):
        at = datetime.fromtimestamp(amount, UTC)
        return date_format(timezone.localtime(at), "SHORT_DATETIME_FORMAT")
    if not number.is_seconds:
        return number_format(amount, force_grouping=True)
    if amount < A_MINUTE:
        return gettext("%(seconds)s s") % {"seconds": number_format(amount, 1)}
    now = timezone.now()
    return timesince(now - timedelta(seconds=amount), now)

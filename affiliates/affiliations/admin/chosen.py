"""What is done to several affiliates that were chosen in the list."""

from typing import Any

from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from wagtail.admin import messages

from affiliates.admin.actions import ServiceView
from affiliates.affiliations.admin.filters import AffiliationFilterSet, search_affiliations
from affiliates.affiliations.forms import PlainForm
from affiliates.models import Affiliation
from workflows.core.admin import visible_to

MOST_NAMES = 20


class ChosenView(ServiceView):
    """For the affiliates whose boxes were checked, or with ``all`` for those that the filter finds,
    as far as the user may manage them.
    """

    header_icon = "group"
    template_name = "affiliates/affiliations/admin/chosen.html"
    form_class: Any = PlainForm

    @cached_property
    def chosen(self) -> QuerySet[Affiliation]:
        asked = self.request.GET
        manageable: Any = visible_to(self.request.user, Affiliation, ["change"])
        if "all" not in asked:
            return manageable.filter(pk__in=_numbers(asked.getlist("group"))).order_by("name", "pk")
        narrowed = AffiliationFilterSet(asked, queryset=manageable, request=self.request).qs
        return search_affiliations(narrowed, asked.get("q", "")).order_by("name", "pk")

    @cached_property
    def count(self) -> int:
        return self.chosen.count()

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> Any:
        if not visible_to(request.user, Affiliation, ["change"]).exists():
            raise PermissionDenied
        return super().dispatch(request, *args, **kwargs)

    def form_valid(self, form: Any) -> HttpResponse:
        if not self.count:
            messages.warning(self.request, _("No group was chosen, so nothing was done."))
            return super(ServiceView, self).form_valid(form)
        return super().form_valid(form)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        names = [affiliation.name for affiliation in self.chosen[:MOST_NAMES]]
        more = self.count - len(names)
        return super().get_context_data(count=self.count, names=names, more=more, **kwargs)

    def get_success_url(self) -> str:
        return reverse("affiliates_affiliation:index")

    def get_breadcrumbs_items(self) -> list[dict[str, Any]]:
        return breadcrumbs(super().get_breadcrumbs_items(), self.get_page_title())


def breadcrumbs(above: list[dict[str, Any]], title: str) -> list[dict[str, Any]]:
    """The way by the list of affiliates to a page with this title."""
    index = {"url": reverse("affiliates_affiliation:index"), "label": _("Affiliates")}
    return [*above, index, {"url": "", "label": title}]


def _numbers(texts: list[str]) -> list[int]:
    """Without those that are too long for a key."""
    return [int(text) for text in texts if text.isascii() and text.isdigit() and len(text) < 19]

"""On the admin's first page: what waits of the affiliates. Nothing is shown if nothing does."""

from collections.abc import Mapping
from typing import Any

from django.db.models import QuerySet
from django.urls import reverse
from django.utils import timezone
from wagtail.admin.admin_url_finder import AdminURLFinder
from wagtail.admin.ui.components import Component
from wagtail.permissions import policy_registry

from affiliates.affiliations.standing.queries import with_level
from affiliates.core.states import AffiliationState, Standing, SupportState
from affiliates.models import Affiliation, Notice, SupportRequest

MOST_NOTICES = 10


class WaitingAffiliates(Component):
    """For those who look after affiliates, about those that they look after."""

    name = "affiliates_waiting"
    order = 96
    template_name = "affiliates/affiliations/admin/waiting_affiliates.html"

    class Media:
        css = {"all": ["affiliates/admin/records.css"]}

    def render_html(self, parent_context: Mapping[str, Any] | None = None) -> str:
        user = (parent_context or {})["request"].user
        waiting = _what_waits(user)
        return super().render_html(waiting) if any(waiting.values()) else ""

    def get_context_data(self, parent_context: Mapping[str, Any] | None = None) -> Any:
        bad = f"standing={Standing.ATTENTION}&standing={Standing.LAPSED}"
        lists = {
            "late_url": f"{reverse('affiliates_affiliation:index')}?{bad}",
            "calls_url": f"{reverse('affiliates_support:index')}?waiting=open",
        }
        return {**(parent_context or {}), **lists}


def _what_waits(user: Any) -> dict[str, Any]:
    policy = policy_registry.get_by_type(Affiliation)
    if not policy.user_has_permission(user, "change"):
        return {}
    mine: QuerySet[Affiliation] = policy.instances_user_has_any_permission_for(user, ["change"])
    levels = with_level(mine.filter(state=AffiliationState.ACTIVE), timezone.now())
    keys = mine.values("pk")
    calls = SupportRequest.objects.filter(affiliation__in=keys, state=SupportState.OPEN)
    notices = Notice.objects.filter(affiliation__in=keys, seen_at=None)
    unseen = notices.exclude(affiliation__state=AffiliationState.ENDED)
    urls = AdminURLFinder()
    return {
        "late": levels.filter(level__in=[Standing.ATTENTION, Standing.LAPSED]).count(),
        "calls": calls.count(),
        "notices": [
            (notice, urls.get_edit_url(notice))
            for notice in unseen.select_related("affiliation")[:MOST_NOTICES]
        ],
    }

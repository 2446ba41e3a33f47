"""Hooks of affiliations in Wagtail's admin, imported by ``wagtail_hooks.py``."""

from collections.abc import Mapping
from typing import Any

from django.db.models import Q, QuerySet
from django.urls import path, reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from wagtail import hooks
from wagtail.admin import messages
from wagtail.admin.admin_url_finder import AdminURLFinder, register_admin_url_finder
from wagtail.admin.menu import MenuItem
from wagtail.admin.ui.components import Component
from wagtail.permissions import policy_registry

from affiliates.admin.menu import AffiliatesMenuItem
from affiliates.affiliations.admin import copies  # noqa: F401
from affiliates.affiliations.admin.owners import (
    ChosenOwnersView,
    HandOverView,
    OwnersView,
    may_hand_over,
)
from affiliates.affiliations.admin.viewsets import (
    AffiliationViewSet,
    BelongsURLFinder,
    StandingReportView,
    may_see_report,
)
from affiliates.affiliations.services.contacts import CONTACT_CHANGED, CONTACT_REMOVED
from affiliates.affiliations.services.endings import ENDED, REINSTATED
from affiliates.affiliations.services.listing import HIDDEN
from affiliates.affiliations.services.notes import NOTE_REMOVED, NOTED
from affiliates.affiliations.services.owners import BACKUP_SET, OWNER_SET
from affiliates.affiliations.standing.queries import with_level
from affiliates.core.states import AffiliationState, NoticeKind, Standing, SupportState
from affiliates.models import Affiliation, Notice, SupportRequest, UpdateRequest

MOST_NOTICES = 10  # the newest, on the admin's home page

LOG_ACTIONS = {
    ENDED: (_("End the affiliation"), _("Affiliation ended")),
    HIDDEN: (_("Hide the page"), _("Page hidden by the group")),
    REINSTATED: (_("Reinstate the affiliation"), _("Affiliation reinstated")),
    CONTACT_CHANGED: (_("Change a contact"), _("Contact changed")),
    CONTACT_REMOVED: (_("Remove a contact"), _("Contact removed")),
    NOTED: (_("Write an internal note"), _("Internal note written")),
    NOTE_REMOVED: (_("Remove an internal note"), _("Internal note removed")),
    OWNER_SET: (_("Set the owner"), _("Owner set")),
    BACKUP_SET: (_("Set the back-up"), _("Back-up set")),
}

AffiliationViewSet.record_urls += [path("owners/", OwnersView.as_view(), name="owners")]


@hooks.register("register_admin_urls")
def register_owners() -> list[Any]:
    return [
        path("affiliates/owners/", ChosenOwnersView.as_view(), name="affiliates_chosen_owners"),
        path("affiliates/hand-over/", HandOverView.as_view(), name="affiliates_hand_over"),
    ]


@hooks.register("register_affiliates_menu_item")
def register_my_affiliates() -> MenuItem:
    return AffiliatesMenuItem(
        _("My affiliates"),
        "affiliates_affiliation:index",
        query="?owner=mine",
        name="my-affiliates",
        allows=may_hand_over,
        icon_name="user",
        order=50,
    )


@hooks.register("register_affiliates_menu_item")
def register_hand_over() -> MenuItem:
    return AffiliatesMenuItem(
        _("Hand over"),
        "affiliates_hand_over",
        allows=may_hand_over,
        icon_name="user",
        order=490,
    )


@hooks.register("register_log_actions")
def register_log_actions(actions):
    for name, (label, message) in LOG_ACTIONS.items():
        actions.register_action(name, label, message)


for shown_there in (UpdateRequest, Notice):
    register_admin_url_finder(shown_there, BelongsURLFinder)


class StandingMenuItem(MenuItem):
    def is_shown(self, request):
        return may_see_report(request.user)


@hooks.register("register_reports_menu_item")
def register_standing_menu_item():
    return StandingMenuItem(
        _("Standing of affiliates"),
        reverse("affiliates_standing"),
        name="affiliates-standing",
        icon_name="group",
        order=795,
    )


@hooks.register("register_admin_urls")
def register_standing_report():
    address = "reports/standing-of-affiliates/"
    results = StandingReportView.as_view(results_only=True)
    return [
        path(address, StandingReportView.as_view(), name="affiliates_standing"),
        path(f"{address}results/", results, name="affiliates_standing_results"),
    ]


class WaitingAffiliates(Component):
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
    has_left = Q(affiliation__state=AffiliationState.ENDED) & ~Q(kind=NoticeKind.LEFT)
    unseen = notices.exclude(has_left)
    urls = AdminURLFinder()
    return {
        "late": levels.filter(level__in=[Standing.ATTENTION, Standing.LAPSED]).count(),
        "calls": calls.count(),
        "notices": [
            (notice, urls.get_edit_url(notice))
            for notice in unseen.select_related("affiliation")[:MOST_NOTICES]
        ],
    }


@hooks.register("construct_homepage_panels")
def add_waiting_affiliates(request, panels):
    panels.append(WaitingAffiliates())


@hooks.register("after_unpublish_page")
def tell_that_the_affiliation_goes_on(request, page):
    """Unpublishing a page does not end the affiliation, since a page may be offline briefly."""
    affiliation = Affiliation.objects.filter(page=page.pk, state=AffiliationState.ACTIVE).first()
    if affiliation:
        text = _(
            "“%(group)s” is still an affiliate, and is still asked for updates. To change that,"
            " pause or end the affiliation in its record."
        )
        messages.info(request, text % {"group": affiliation.name})

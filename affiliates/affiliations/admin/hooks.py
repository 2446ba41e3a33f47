"""Where affiliations join Wagtail's admin; see ``wagtail_hooks.py``."""

from django.urls import path, reverse
from django.utils.translation import gettext_lazy as _
from wagtail import hooks
from wagtail.admin import messages
from wagtail.admin.admin_url_finder import register_admin_url_finder
from wagtail.admin.menu import MenuItem

from affiliates.affiliations.admin.standing_report import StandingReportView, may_see_report
from affiliates.affiliations.admin.summary import WaitingAffiliates
from affiliates.affiliations.admin.viewsets import BelongsURLFinder
from affiliates.affiliations.services.contacts import CONTACT_CHANGED, CONTACT_REMOVED
from affiliates.affiliations.services.endings import ENDED, REINSTATED
from affiliates.core.states import AffiliationState
from affiliates.models import Affiliation, Notice, UpdateRequest

LOG_ACTIONS = {
    ENDED: (_("End the affiliation"), _("Affiliation ended")),
    REINSTATED: (_("Take the end of the affiliation back"), _("Affiliation reinstated")),
    CONTACT_CHANGED: (_("Change a contact"), _("Contact changed")),
    CONTACT_REMOVED: (_("Remove a contact"), _("Contact removed")),
}


@hooks.register("register_log_actions")
def register_log_actions(actions):
    for name, (label, message) in LOG_ACTIONS.items():
        actions.register_action(name, label, message)


for shown_there in (UpdateRequest, Notice):
    finder = type(f"{shown_there.__name__}URLFinder", (BelongsURLFinder,), {})
    register_admin_url_finder(shown_there, finder)


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


@hooks.register("construct_homepage_panels")
def add_waiting_affiliates(request, panels):
    panels.append(WaitingAffiliates())


@hooks.register("after_unpublish_page")
def tell_that_the_affiliation_goes_on(request, page):
    """A page may be offline for an afternoon; what the group promised does not hang on that."""
    affiliation = Affiliation.objects.filter(page=page.pk, state=AffiliationState.ACTIVE).first()
    if affiliation:
        text = _(
            "“%(group)s” is still an affiliate, and is asked for updates. To change that, pause or"
            " end the affiliation in its record."
        )
        messages.info(request, text % {"group": affiliation.name})

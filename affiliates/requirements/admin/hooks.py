"""Hooks of requirements in Wagtail's admin, imported by ``wagtail_hooks.py``."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import path, reverse
from django.utils.translation import gettext_lazy as _
from wagtail import hooks
from wagtail.admin.admin_url_finder import register_admin_url_finder
from wagtail.admin.menu import MenuItem

from affiliates.affiliations.admin.viewsets import (
    AffiliationIndexView,
    AffiliationViewSet,
    BelongsURLFinder,
    may_see_report,
)
from affiliates.models import AffiliateProgramPage, Commitment
from affiliates.requirements.admin import record
from affiliates.requirements.admin.changes import ChangesView, may_decide_changes
from affiliates.requirements.admin.matrix import MatrixView
from affiliates.requirements.admin.matrix_actions import ACTIONS
from affiliates.requirements.admin.welcome import WelcomeView
from affiliates.requirements.services import history, welcoming
from affiliates.requirements.services.statements import undecided

LOG_ACTIONS = {
    welcoming.WELCOMED: (_("Send the welcome"), _("Welcome sent")),
    history.PROVED: (_("Keep a requirement"), _("Requirement kept")),
    history.WAIVED: (_("Waive a requirement"), _("Requirement waived")),
    history.PUT_OFF: (_("Put a requirement off"), _("Requirement put off")),
    history.ADJUSTED: (_("Change a requirement for a group"), _("Requirement changed for it")),
    history.UNKNOWN: (_("Lose sight of a requirement"), _("Requirement: no longer known")),
    history.ASKED: (_("Ask for a requirement"), _("Requirement asked for")),
}


@hooks.register("register_log_actions")
def register_log_actions(actions: Any) -> None:
    for name, (label, message) in LOG_ACTIONS.items():
        actions.register_action(name, label, message)


@hooks.register("register_admin_urls")
def register_welcome() -> list[Any]:
    return [path("affiliates/welcome/", WelcomeView.as_view(), name="affiliates_welcome")]


AffiliationIndexView.chosen_actions.append((_("Send the welcome"), "affiliates_welcome"))
register_admin_url_finder(Commitment, BelongsURLFinder)
AffiliationViewSet.record_urls += record.URLS


class MatrixMenuItem(MenuItem):
    def is_shown(self, request: Any) -> bool:
        return may_see_report(request.user)


@hooks.register("register_reports_menu_item")
def register_matrix_menu_item() -> MenuItem:
    return MatrixMenuItem(
        _("Requirements of affiliates"),
        reverse("affiliates_matrix"),
        name="affiliates-matrix",
        icon_name="list-ul",
        order=796,
    )


@hooks.register("register_admin_urls")
def register_matrix() -> list[Any]:
    address = "reports/requirements-of-affiliates/"
    results = MatrixView.as_view(results_only=True)
    return [
        path(address, MatrixView.as_view(), name="affiliates_matrix"),
        path(f"{address}results/", results, name="affiliates_matrix_results"),
        *(
            path(f"{address}{action}/", view, name=f"affiliates_matrix_{action}")
            for action, (_label, view) in ACTIONS.items()
        ),
    ]


@hooks.register("register_admin_urls")
def register_changes() -> list[Any]:
    address = "affiliates/changed-statements/<int:page_pk>/"
    return [path(address, ChangesView.as_view(), name="affiliates_changes")]


@hooks.register("after_publish_page")
def ask_about_changes(request: HttpRequest, page: Any) -> HttpResponse | None:
    """Right after publishing, while the editor still knows why the words changed."""
    program = page.specific
    user: Any = request.user
    if not isinstance(program, AffiliateProgramPage) or not may_decide_changes(user, program):
        return None
    if undecided(program).exists():
        return redirect("affiliates_changes", page_pk=program.pk)
    return None

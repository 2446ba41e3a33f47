from django.urls import path
from django.utils.translation import gettext_lazy as _
from wagtail import hooks
from wagtail.admin.site_summary import SummaryItem
from wagtail.admin.viewsets.base import ViewSetGroup
from wagtail.permissions import policy_registry

from affiliates.affiliations.admin import hidden  # noqa: F401
from affiliates.affiliations.admin import hooks as affiliation_hooks  # noqa: F401
from affiliates.affiliations.admin.viewsets import AffiliationViewSet
from affiliates.applications.admin.actions import AssignReviews, DeclineSpam, ExportChosen
from affiliates.applications.admin.pages import refuse_to_delete, without_others_drafts
from affiliates.applications.admin.viewsets import ApplicationViewSet, waiting_url
from affiliates.audit import contact_log, promise_log
from affiliates.core.states import OPEN
from affiliates.models import Application
from affiliates.models.base_page import Page
from affiliates.policies.admin import ClosureViewSet
from affiliates.policies.views import policy_preview
from affiliates.privacy import admin as privacy_hooks  # noqa: F401
from affiliates.programs.admin import Warnings
from affiliates.requirements.admin import hooks as requirement_hooks  # noqa: F401
from affiliates.requirements.admin.viewset import RequirementViewSet
from affiliates.support.admin import CallViewSet
from affiliates.transfer import admin as transfer_hooks  # noqa: F401
from affiliates.updates.admin import hooks as update_hooks  # noqa: F401
from workflows.core.admin import MAY_SEE


class AffiliatesGroup(ViewSetGroup):
    """The menu "Affiliates"; other packages add to it by ``register_affiliates_menu_item``."""

    menu_label = _("Affiliates")
    menu_name = "affiliates"
    menu_icon = "group"
    menu_order = 250
    submenu_hook = "register_affiliates_menu_item"
    items = (
        *(AffiliationViewSet, CallViewSet, ApplicationViewSet),
        *(RequirementViewSet, ClosureViewSet),
    )


@hooks.register("register_admin_viewset")
def register_applications():
    return AffiliatesGroup()


@hooks.register("register_admin_urls")
def register_policy_preview():
    address = "affiliates/policy-preview/<int:page_pk>/"
    return [path(address, policy_preview, name="affiliates_policy_preview")]


@hooks.register("register_log_actions")
def register_contact_log(actions):
    for action, (label, message) in {**contact_log.ACTIONS, **promise_log.ACTIONS}.items():
        actions.register_action(action, label, message)


for action in (AssignReviews, ExportChosen, DeclineSpam):
    hooks.register("register_bulk_action", action)


class WaitingApplications(SummaryItem):
    """Counts waiting applications on the admin's home page."""

    order = 50
    template_name = "affiliates/applications/admin/waiting_applications.html"

    def is_shown(self) -> bool:
        policy = policy_registry.get_by_type(Application)
        return policy.user_has_any_permission(self.request.user, MAY_SEE)

    def get_context_data(self, parent_context):
        return {
            "waiting": Application.objects.filter(state__in=OPEN).count(),
            "url": waiting_url(),
        }


@hooks.register("construct_homepage_panels")
def add_warnings(request, panels):
    panels.append(Warnings())


@hooks.register("construct_homepage_summary_items")
def add_waiting_applications(request, summary_items):
    summary_items.append(WaitingApplications(request))


@hooks.register("construct_page_chooser_queryset")
def hide_drafts_of_others(pages, request):
    return without_others_drafts(pages, request.user)


@hooks.register("before_delete_page")
def keep_program_with_applications(request, page):
    return refuse_to_delete(request, [page])


@hooks.register("before_bulk_action")
def keep_programs_with_applications(request, action_type, objects, action_class_instance):
    if action_type == "delete" and issubclass(action_class_instance.model, Page):
        return refuse_to_delete(request, objects)
    return None

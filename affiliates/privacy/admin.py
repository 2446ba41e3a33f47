"""Menu entry and URLs of the views about a person's data."""

from django.urls import path
from django.utils.translation import gettext_lazy as _
from wagtail import hooks

from affiliates.admin.menu import AffiliatesMenuItem
from affiliates.audit.permissions import may_erase
from affiliates.privacy import views
from affiliates.privacy.services import ERASED


@hooks.register("register_admin_urls")
def register_person_urls():
    return [path("affiliates/person/", views.person, name="affiliates_person")]


@hooks.register("register_affiliates_menu_item")
def register_person():
    return AffiliatesMenuItem(
        _("A person’s data"), "affiliates_person", allows=may_erase, icon_name="user", order=900
    )


@hooks.register("register_log_actions")
def register_erasure(actions):
    actions.register_action(ERASED, _("Erase a person"), _("A person’s data was erased"))

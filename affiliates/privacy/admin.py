"""A person's data in Wagtail's menus."""

from typing import Any

from django.http import HttpRequest
from django.urls import path, reverse
from django.utils.translation import gettext_lazy as _
from wagtail import hooks
from wagtail.admin.menu import MenuItem

from affiliates.audit.permissions import may_erase
from affiliates.privacy import views
from affiliates.privacy.services import ERASED


@hooks.register("register_admin_urls")
def register_person_urls():
    return [path("affiliates/person/", views.person, name="affiliates_person")]


class PersonMenuItem(MenuItem):
    def is_shown(self, request: HttpRequest) -> bool:
        user: Any = request.user
        return may_erase(user)


@hooks.register("register_affiliates_menu_item")
def register_person():
    return PersonMenuItem(
        _("A person’s data"),
        reverse("affiliates_person"),
        name="affiliates-person",
        icon_name="user",
        order=900,
    )


@hooks.register("register_log_actions")
def register_erasure(actions):
    actions.register_action(ERASED, _("Erase a person"), _("A person’s data was erased"))

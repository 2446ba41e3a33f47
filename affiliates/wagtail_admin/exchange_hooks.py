"""Import, export and privacy in Wagtail's menus."""

from typing import Any

from django.http import HttpRequest
from django.urls import path, reverse
from django.utils.translation import gettext_lazy as _
from wagtail import hooks
from wagtail.admin.menu import MenuItem
from wagtail.admin.widgets import Button

from affiliates.models import AffiliateProgramPage
from affiliates.permissions import importable_programs, may_erase, may_import
from affiliates.services.privacy import ERASED
from affiliates.views import exporting, importing, privacy

EXPORTS = {"csv": _("Export affiliates (CSV)"), "xlsx": _("Export affiliates (XLSX)")}


@hooks.register("register_admin_urls")
def register_exchange_urls():
    return [
        path("affiliates/import/", importing.upload_table, name="affiliates_import"),
        path("affiliates/import/example.csv", importing.example, name="affiliates_import_example"),
        path(
            "affiliates/import/<uuid:pk>/", importing.import_result, name="affiliates_import_result"
        ),
        path(
            "affiliates/export/<int:program_pk>/affiliates.<str:file_format>",
            exporting.export_table,
            name="affiliates_export",
        ),
        path("affiliates/person/", privacy.person, name="affiliates_person"),
    ]


class ImportMenuItem(MenuItem):
    def is_shown(self, request: HttpRequest) -> bool:
        return importable_programs(request.user).exists()


@hooks.register("register_affiliates_menu_item")
def register_import():
    return ImportMenuItem(
        _("Import"),
        reverse("affiliates_import"),
        name="affiliates-import",
        icon_name="upload",
        order=500,
    )


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
    actions.register_action(ERASED, _("Erase a person"), _("A person’s data were erased"))


@hooks.register("register_page_header_buttons")
def offer_import(page: Any, user: Any, view_name: str, next_url: str | None = None):
    """In the menu of a program page's title."""
    if isinstance(page.specific_deferred, AffiliateProgramPage) and may_import(user, page):
        address = f"{reverse('affiliates_import')}?program={page.pk}"
        yield Button(_("Import affiliates"), address, icon_name="upload", priority=900)
        for file_format, label in EXPORTS.items():
            address = reverse("affiliates_export", args=[page.pk, file_format])
            yield Button(label, address, icon_name="download", priority=910)

"""Import and export in Wagtail's menus."""

from typing import Any

from django.urls import path, reverse
from django.utils.translation import gettext_lazy as _
from wagtail import hooks
from wagtail.admin.widgets import Button

from affiliates.admin.menu import AffiliatesMenuItem
from affiliates.audit.permissions import importable_programs, may_import
from affiliates.models import AffiliateProgramPage
from affiliates.transfer import views

EXPORTS = {"csv": _("Export affiliates (CSV)"), "xlsx": _("Export affiliates (XLSX)")}


@hooks.register("register_admin_urls")
def register_exchange_urls():
    return [
        path("affiliates/import/", views.upload_table, name="affiliates_import"),
        path("affiliates/import/example.csv", views.example, name="affiliates_import_example"),
        path("affiliates/import/<uuid:pk>/", views.import_result, name="affiliates_import_result"),
        path(
            "affiliates/import/<uuid:pk>/columns/",
            views.import_columns,
            name="affiliates_import_columns",
        ),
        path(
            "affiliates/import/<uuid:pk>/errors/",
            views.import_errors,
            name="affiliates_import_errors",
        ),
        path(
            "affiliates/import/<uuid:pk>/errors.xlsx",
            views.import_errors_sheet,
            name="affiliates_import_errors_sheet",
        ),
        path(
            "affiliates/export/<int:program_pk>/affiliates.<str:file_format>",
            views.export_table,
            name="affiliates_export",
        ),
    ]


@hooks.register("register_affiliates_menu_item")
def register_import():
    return AffiliatesMenuItem(
        _("Import"),
        "affiliates_import",
        allows=lambda user: importable_programs(user).exists(),
        icon_name="upload",
        order=500,
    )


@hooks.register("register_page_header_buttons")
def offer_import(page: Any, user: Any, view_name: str, next_url: str | None = None):
    if isinstance(page.specific_deferred, AffiliateProgramPage) and may_import(user, page):
        address = f"{reverse('affiliates_import')}?program={page.pk}"
        yield Button(_("Import affiliates"), address, icon_name="upload", priority=900)
        for file_format, label in EXPORTS.items():
            address = reverse("affiliates_export", args=[page.pk, file_format])
            yield Button(label, address, icon_name="download", priority=910)

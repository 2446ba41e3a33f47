"""Spreadsheet export of applications."""

from collections.abc import Collection

from django.http import HttpRequest, HttpResponse
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.views.generic import View

from affiliates.applications.details import contact_of, region_of
from affiliates.core.networks import label_of, names
from affiliates.core.states import ApplicationState, ContactRole, Scope
from affiliates.models import AffiliateProgramPage, Application
from affiliates.programs.promised_days import review_due_on
from workflows.core.spreadsheets import ExportColumn, SafeExportMixin


def _link(network: str) -> ExportColumn:
    def value(application: Application) -> str:
        urls = [link["url"] for link in application.links if link["network"] == network]
        return "\n".join(urls)

    return ExportColumn(label_of(network), value)


def _other_links(shown: Collection[str]) -> ExportColumn:
    def value(application: Application) -> str:
        others = [link for link in application.links if link["network"] not in shown]
        return "\n".join(f"{label_of(link['network'])}: {link['url']}" for link in others)

    return ExportColumn(_("Other links"), value)


def _contact(role: ContactRole, attribute: str, heading: str | Promise) -> ExportColumn:
    def value(application: Application) -> str:
        return getattr(contact_of(application, role), attribute, "")

    return ExportColumn(heading, value)


def answers_as_text(application: Application) -> str:
    return "\n\n".join(
        f"{answer['label']}\n{answer_as_text(answer['value'])}" for answer in application.answers
    )


def answer_as_text(value: object) -> str:
    if isinstance(value, bool):
        return str(_("Yes") if value else _("No"))
    if isinstance(value, list):
        return ", ".join(map(str, value))
    return "" if value is None else str(value)


GROUP_COLUMNS: dict[str, ExportColumn] = {
    "reference": ExportColumn(_("Reference"), lambda item: item.reference),
    "state": ExportColumn(_("State"), lambda item: ApplicationState(item.state).label),
    "submitted_at": ExportColumn(_("Sent (UTC)"), lambda item: item.submitted_at),
    "due_on": ExportColumn(_("Decision due"), review_due_on),
    "program": ExportColumn(_("Program"), lambda item: item.program.title),
    "name": ExportColumn(_("Group"), lambda item: item.name),
    "region": ExportColumn(_("Region code"), lambda item: item.region),
    "region_name": ExportColumn(_("Region"), region_of),
    "scope": ExportColumn(_("Scope"), lambda item: item.scope and Scope(item.scope).label),
    "locality": ExportColumn(_("Town or county"), lambda item: item.locality),
    "summary": ExportColumn(_("About the group"), lambda item: item.summary),
}
OTHER_COLUMNS: dict[str, ExportColumn] = {
    "contact_name": _contact(ContactRole.PRIMARY, "name", _("Contact")),
    "contact_email": _contact(ContactRole.PRIMARY, "email", _("Contact's email")),
    "contact_phone": _contact(ContactRole.PRIMARY, "phone", _("Contact's phone")),
    "alternate_name": _contact(ContactRole.ALTERNATE, "name", _("Second contact")),
    "alternate_email": _contact(ContactRole.ALTERNATE, "email", _("Second contact's email")),
    "alternate_phone": _contact(ContactRole.ALTERNATE, "phone", _("Second contact's phone")),
    "answers": ExportColumn(_("Answers"), answers_as_text),
    "accepted": ExportColumn(_("Statements accepted"), lambda item: len(item.acceptances.all())),
    "language": ExportColumn(_("Language"), lambda item: item.language),
    "updated_at": ExportColumn(_("Changed (UTC)"), lambda item: item.updated_at),
}


def application_columns() -> dict[str, ExportColumn]:
    """With a column for each network that a program shows, and one for other links."""
    programs = AffiliateProgramPage.objects.only("networks")
    wanted = {name for program in programs for name in program.network_names}
    shown = [name for name in names() if name in wanted]
    links = {name: _link(name) for name in shown}
    return {**GROUP_COLUMNS, **links, "other_links": _other_links(shown), **OTHER_COLUMNS}


class _Export(SafeExportMixin, View):
    export_filename = "applications"


def export(request: HttpRequest, applications: list[Application], file_format: str) -> HttpResponse:
    view = _Export()
    view.export_columns = application_columns()
    view.setup(request)
    keys = [application.pk for application in applications]
    rows = Application.objects.filter(pk__in=keys).defer("form_data")
    rows = rows.prefetch_related("program", "contacts", "acceptances")
    return view.as_spreadsheet(rows, file_format)

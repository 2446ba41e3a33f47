"""Columns of the lists and spreadsheets of affiliates."""

from typing import Any

from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from wagtail.admin.ui.tables import Column
from wagtail.admin.utils import get_user_display_name

from affiliates.affiliations.standing.requirements import has_break
from affiliates.core.regions import region_name
from affiliates.core.states import ContactRole, SupportState
from affiliates.models import Affiliation, SupportRequest
from affiliates.programs.promised_days import today_at
from workflows.core.spreadsheets import ExportColumn


def region_of(affiliation: Affiliation) -> str:
    return region_name(affiliation.page.region) if affiliation.page else ""


def owner_name(affiliation: Affiliation) -> str:
    return get_user_display_name(affiliation.owner) if affiliation.owner else ""


def last_update_on(affiliation: Any):
    update = affiliation.kept.last_update
    return update.sent_at.date() if update else None


def _contact(role: ContactRole, attribute: str, heading: Any) -> ExportColumn:
    def value(affiliation: Affiliation) -> str:
        return getattr(affiliation.contact(role), attribute, "")

    return ExportColumn(heading, value)


STANDING_COLUMNS: dict[str, ExportColumn] = {
    "reference": ExportColumn(_("Reference"), lambda item: item.reference),
    "name": ExportColumn(_("Group"), lambda item: item.name),
    "program": ExportColumn(_("Program"), lambda item: item.program.title),
    "standing": ExportColumn(_("Standing"), lambda item: item.kept.label),
    "reasons": ExportColumn(
        _("Reasons"), lambda item: "\n".join(reason.text for reason in item.kept.reasons)
    ),
    "region": ExportColumn(_("Region"), region_of),
    "owner": ExportColumn(_("Owner"), owner_name),
    "since": ExportColumn(_("Affiliated since"), lambda item: item.since),
    "last_update": ExportColumn(_("Last update"), last_update_on),
    "next_due": ExportColumn(_("Next update due"), lambda item: item.kept.next_due_on),
}

AFFILIATION_COLUMNS: dict[str, ExportColumn] = {
    **STANDING_COLUMNS,
    "contact_name": _contact(ContactRole.PRIMARY, "name", _("Contact")),
    "contact_email": _contact(ContactRole.PRIMARY, "email", _("Contact's email")),
    "contact_phone": _contact(ContactRole.PRIMARY, "phone", _("Contact's phone")),
    "alternate_name": _contact(ContactRole.ALTERNATE, "name", _("Second contact")),
    "alternate_email": _contact(ContactRole.ALTERNATE, "email", _("Second contact's email")),
    "alternate_phone": _contact(ContactRole.ALTERNATE, "phone", _("Second contact's phone")),
}


class ChooseColumn(Column):
    """A box for each group, for what is done to several."""

    cell_template_name = "affiliates/affiliations/admin/choose_cell.html"

    def __init__(self, name: str, *, form_id: str):
        super().__init__(name, label=_("Choose"))
        self.form_id = form_id


class StandingColumn(Column):
    cell_template_name = "affiliates/affiliations/admin/standing_cell.html"

    def get_value(self, instance: Any) -> Any:
        return instance.kept


class ReasonsColumn(StandingColumn):
    cell_template_name = "affiliates/affiliations/admin/reasons_cell.html"


class ContactColumn(Column):
    cell_template_name = "affiliates/admin/contact_cell.html"

    def get_value(self, instance: Affiliation) -> Any:
        return instance.primary_contact or instance.alternate_contact


class DueColumn(Column):
    cell_template_name = "affiliates/admin/due_cell.html"

    def get_cell_context_data(self, instance: Any, parent_context: Any) -> dict[str, Any]:
        context = super().get_cell_context_data(instance, parent_context)
        is_call = isinstance(instance, SupportRequest)
        affiliation = instance.affiliation if is_call else instance
        due_on = instance.due_on if is_call else instance.kept.next_due_on
        waits = not is_call or instance.state == SupportState.OPEN
        today = today_at(affiliation.program, timezone.now())
        return {
            **context,
            "due_on": due_on if waits else None,
            "today": today,
            "reminders_rest": not is_call and has_break(affiliation, today),
        }

"""The affiliates and their calls for help in Wagtail's admin: lists, and a page for each."""

from typing import Any

from django.utils import timezone
from wagtail.admin.ui.tables import Column

from affiliates.affiliations.admin import actions as actions
from affiliates.affiliations.standing.rules import has_break
from affiliates.core.states import SupportState
from affiliates.models import Affiliation, SupportRequest
from affiliates.programs.promised_days import today_at


class StandingColumn(Column):
    cell_template_name = "affiliates/affiliations/admin/standing_cell.html"

    def get_value(self, instance: Any) -> Any:
        return instance.kept


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

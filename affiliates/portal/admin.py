"""The panel in the page editor that shows what a contact proposes to change."""

from typing import Any

from django.forms import Media
from django.utils.functional import cached_property
from wagtail.admin.panels import Panel

from affiliates.models import ProfileChange
from affiliates.portal.profile import labels, profile_of
from affiliates.portal.queries import open_changes


class ProfileChangePanel(Panel):
    """Read-only; hidden unless a proposal is open."""

    class BoundPanel(Panel.BoundPanel):
        template_name = "affiliates/portal/admin/profile_change.html"

        @cached_property
        def change(self) -> ProfileChange | None:
            if self.instance.pk is None:
                return None
            return open_changes().filter(affiliation__page=self.instance.pk).first()

        def is_shown(self) -> bool:
            return self.change is not None

        def get_context_data(self, parent_context: Any = None) -> dict[str, Any]:
            context = super().get_context_data(parent_context)
            facts = _facts(self.change, self.instance) if self.change else []
            return {**context, "change": self.change, "facts": facts}

        @property
        def media(self) -> Media:
            return Media(css={"all": ["affiliates/admin/records.css"]})


def _facts(change: ProfileChange, page: Any) -> list[dict[str, str]]:
    """``draft`` is set only if the draft differs from both the public and the proposed value."""
    is_put, draft, known = change.revision_id is not None, profile_of(page), labels()
    return [
        {
            "label": str(known.get(name, name)),
            **values,
            "draft": draft[name]
            if is_put and draft.get(name) not in (None, *values.values())
            else "",
        }
        for name, values in change.changes.items()
    ]

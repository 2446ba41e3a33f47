"""Read-only panels around the text of an update in the Wagtail editor."""

from typing import Any

from django.forms import Media
from django.utils.functional import cached_property
from wagtail.admin.panels import FieldPanel, ObjectList, Panel

from affiliates.models.updates_routes import public_url
from affiliates.updates.admin.status import is_open, label_of
from affiliates.updates.services.moderation import warnings_for
from workflows.models import ReviewTaskState
from workflows.reviews.queries import note_for

STYLES = Media(css={"all": ["affiliates/admin/records.css"]})


class UpdateHintsPanel(Panel):
    class BoundPanel(Panel.BoundPanel):
        template_name = "affiliates/updates/admin/update_hints.html"

        def get_context_data(self, parent_context: Any = None) -> dict[str, Any]:
            update = self.instance
            return {
                **super().get_context_data(parent_context),
                "update": update,
                "standing": label_of(update),
                "is_open": is_open(update),
                "risks": warnings_for(update) if update.may_be_public else [],
                "review_note": self._review_note(),
            }

        def _review_note(self) -> str:
            state = self.instance.current_workflow_task_state
            is_ours = self.request is not None and isinstance(state, ReviewTaskState)
            return note_for(state, self.request.user) if is_ours else ""

        @property
        def media(self) -> Media:
            return STYLES


class UpdateFactsPanel(Panel):
    class BoundPanel(Panel.BoundPanel):
        template_name = "affiliates/updates/admin/update_facts.html"

        @cached_property
        def original(self) -> Any:
            """The group's latest version, if an editor has changed its text since."""
            by_group = self.instance.revisions.filter(user=None).order_by("-created_at", "-pk")
            revision = by_group.first()
            sent = revision.as_object() if revision else None
            return sent if sent and sent.text != self.instance.text else None

        def get_context_data(self, parent_context: Any = None) -> dict[str, Any]:
            update = self.instance
            return {
                **super().get_context_data(parent_context),
                "update": update,
                "affiliation": update.affiliation,
                "for_news": update.affiliation.contact_for_news,
                "original": self.original,
                "support": getattr(update, "support_request", None),
                "public_url": public_url(update) if update.live else "",
            }

        @property
        def media(self) -> Media:
            return STYLES


def update_panels() -> ObjectList:
    return ObjectList(
        [UpdateHintsPanel(), FieldPanel("headline"), FieldPanel("text"), UpdateFactsPanel()]
    )

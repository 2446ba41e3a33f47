"""What an affiliate's contact proposes to change, beside the page: in Wagtail's page editor."""

from dataclasses import dataclass
from typing import Any

from django.forms import Media
from django.utils.functional import cached_property
from wagtail.admin.panels import Panel

from affiliates.models import ProfileChange
from affiliates.portal.profile import LABELS, profile_of


@dataclass(frozen=True)
class ProposedFact:
    """``draft`` is what the draft says, if that is neither what is public nor what is proposed."""

    label: str
    before: str
    after: str
    draft: str


class ProfileChangePanel(Panel):
    """Read only. Not there unless the group proposed a change that is not decided yet."""

    class BoundPanel(Panel.BoundPanel):
        template_name = "affiliates/portal/admin/profile_change.html"

        @cached_property
        def change(self) -> Any:

            if self.instance.pk is None:
                return None
            proposed = ProfileChange.objects.filter(accepted_at=None, declined_at=None)
            return proposed.filter(affiliation__page=self.instance.pk).first()

        def is_shown(self) -> bool:
            return self.change is not None

        def get_context_data(self, parent_context: Any = None) -> dict[str, Any]:
            context = super().get_context_data(parent_context)
            return {**context, "change": self.change, "facts": list(self._facts())}

        def _facts(self) -> Any:

            is_put = self.change.revision_id is not None
            draft = profile_of(self.instance)
            for name, values in self.change.changes.items():
                now = draft.get(name, values["after"])
                is_other = is_put and now not in values.values()
                yield ProposedFact(
                    label=str(LABELS.get(name, name)),
                    before=values["before"],
                    after=values["after"],
                    draft=now if is_other else "",
                )

        @property
        def media(self) -> Media:
            return Media(css={"all": ["affiliates/admin/records.css"]})

"""Parts of pages in the admin that other apps may show, too."""

from collections.abc import Mapping, Sequence
from typing import Any

from wagtail.admin.ui.components import Component

from workflows.deadlines.forecast import ExpectedStep

MOST_STEPS = 100


class ExpectedSteps(Component):
    """The steps to come as a table: when, what, about which, who is told and how.

    Of many, the first ones are shown, and how many more there are. Times are shown in the current
    time zone. Show the component's ``media`` on the page.
    """

    template_name = "affiliate_workflows/admin/expected_steps.html"

    class Media:
        css = {"all": ["affiliate_workflows/reviews_admin.css"]}

    def __init__(self, steps: Sequence[ExpectedStep]) -> None:
        self.steps = steps

    def get_context_data(self, parent_context: Mapping[str, Any] | None = None) -> dict[str, Any]:
        shown = self.steps[:MOST_STEPS]
        return {"steps": shown, "more": len(self.steps) - len(shown)}

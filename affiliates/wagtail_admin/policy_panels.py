"""Parts of a program's editor that are no fields: what is wrong, and a look ahead."""

from typing import Any

from django.forms import Media
from django.urls import reverse
from django.utils.functional import cached_property
from wagtail.admin.panels import Panel


class ProgramWarningsPanel(Panel):
    """What would keep this program's reviews from going as they should, as it is saved."""

    class BoundPanel(Panel.BoundPanel):
        template_name = "affiliates/admin/program_warnings.html"

        @cached_property
        def sentences(self) -> list[str]:
            # Only now, since the page's model is made from its panels.
            from affiliates.services.program_reviews import review_warnings

            return review_warnings(self.instance) if self.instance.pk else []

        def is_shown(self) -> bool:
            return bool(self.sentences)

        @property
        def media(self) -> Media:
            return Media(css={"all": ["affiliates/admin/applications.css"]})


class PolicyPreviewPanel(Panel):
    """A button that shows what the numbers as typed would do. It saves nothing.

    It sends the editor's form to a page of its own in a new tab, so that nothing typed is lost.
    """

    class BoundPanel(Panel.BoundPanel):
        template_name = "affiliates/admin/policy_preview_button.html"

        def get_context_data(self, parent_context: Any = None) -> dict[str, Any]:
            context = super().get_context_data(parent_context)
            page = self.instance.pk or self.form.parent_page.pk
            return {**context, "url": reverse("affiliates_policy_preview", args=[page])}

        @property
        def media(self) -> Media:
            return Media(js=["affiliates/admin/policy_preview.js"])

"""Admin panels that warn about misconfigured reviews and preview the policy."""

from collections.abc import Mapping
from typing import Any

from django.contrib.auth.models import User
from django.forms import Media
from django.urls import reverse
from django.utils.functional import cached_property
from wagtail.admin.admin_url_finder import AdminURLFinder
from wagtail.admin.panels import Panel
from wagtail.admin.ui.components import Component
from wagtail.permissions import policy_registry

from affiliates.core.states import ApplicationState
from affiliates.models import AffiliateProgramPage, Application
from affiliates.programs.services import review_warnings
from workflows.core.admin import MAY_SEE


def program_warnings(user: User) -> list[tuple[AffiliateProgramPage, str | None, list[str]]]:
    urls = AdminURLFinder(user)
    programs = AffiliateProgramPage.objects.live().select_related(
        "review_group", "escalation_group", "director"
    )
    return [
        (program, urls.get_edit_url(program), sentences)
        for program in programs
        if (sentences := review_warnings(program))
    ]


def stopped_reviews(user: User) -> list[tuple[Application, str | None]]:
    """Applications whose review was stopped by hand, so that no worker restarts it."""
    urls = AdminURLFinder(user)
    stopped = Application.objects.filter(
        state=ApplicationState.SUBMITTED, review_stopped_at__isnull=False
    ).select_related("program")
    return [(application, urls.get_edit_url(application)) for application in stopped]


class Warnings(Component):
    """Only for users who may see applications."""

    name = "affiliates_warnings"
    order = 95
    template_name = "affiliates/programs/admin/warnings.html"

    class Media:
        css = {"all": ["affiliates/admin/records.css"]}

    def render_html(self, parent_context: Mapping[str, Any] | None = None) -> str:
        user = (parent_context or {})["request"].user
        policy = policy_registry.get_by_type(Application)
        if not policy.user_has_any_permission(user, MAY_SEE):
            return ""
        return super().render_html(
            {"programs": program_warnings(user), "stopped": stopped_reviews(user)}
        )

    def get_context_data(self, parent_context: Mapping[str, Any] | None = None) -> Any:
        return parent_context


class ProgramWarningsPanel(Panel):
    class BoundPanel(Panel.BoundPanel):
        template_name = "affiliates/programs/admin/program_warnings.html"

        @cached_property
        def sentences(self) -> list[str]:
            return review_warnings(self.instance) if self.instance.pk else []

        def is_shown(self) -> bool:
            return bool(self.sentences)

        @property
        def media(self) -> Media:
            return Media(css={"all": ["affiliates/admin/records.css"]})


class PolicyPreviewPanel(Panel):
    """Posts the editor's form to a preview in a new tab, so that nothing typed is lost."""

    class BoundPanel(Panel.BoundPanel):
        template_name = "affiliates/programs/admin/policy_preview_button.html"

        def get_context_data(self, parent_context: Any = None) -> dict[str, Any]:
            context = super().get_context_data(parent_context)
            page = self.instance.pk or self.form.parent_page.pk
            return {**context, "url": reverse("affiliates_policy_preview", args=[page])}

        @property
        def media(self) -> Media:
            return Media(js=["affiliates/programs/policy_preview.js"])

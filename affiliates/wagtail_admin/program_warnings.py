"""What editors are told of by nobody else: programs whose reviews cannot go as they should."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from wagtail.admin.admin_url_finder import AdminURLFinder
from wagtail.admin.ui.components import Component
from wagtail.permissions import policy_registry

from affiliates.models import AffiliateProgramPage, Application
from affiliates.services.program_reviews import review_warnings
from affiliates.states import ApplicationState
from workflows.admin_access import MAY_SEE

if TYPE_CHECKING:
    from django.contrib.auth.models import User


@dataclass(frozen=True)
class ProgramWarnings:
    """A published program, and what is wrong with it in sentences. ``url`` is where to mend it."""

    program: AffiliateProgramPage
    url: str | None
    sentences: list[str]


def program_warnings(user: "User") -> list[ProgramWarnings]:
    """The published programs of which there is something to say."""
    urls = AdminURLFinder(user)
    programs = AffiliateProgramPage.objects.live().select_related(
        "review_group", "escalation_group", "director"
    )
    return [
        ProgramWarnings(program, urls.get_edit_url(program), sentences)
        for program in programs
        if (sentences := review_warnings(program))
    ]


def stopped_reviews(user: "User") -> list[tuple[Application, str | None]]:
    """Applications whose review somebody stopped: no worker starts it again, on purpose."""
    urls = AdminURLFinder(user)
    stopped = Application.objects.filter(
        state=ApplicationState.SUBMITTED, review_stopped_at__isnull=False
    ).select_related("program")
    return [(application, urls.get_edit_url(application)) for application in stopped]


class Warnings(Component):
    """Both, for the list of applications and the admin's first page; nothing if all is well.

    Only for those who look after applications.
    """

    name = "affiliates_warnings"
    order = 95
    template_name = "affiliates/admin/warnings.html"

    class Media:
        css = {"all": ["affiliates/admin/applications.css"]}

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

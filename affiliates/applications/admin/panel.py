"""The application beside the affiliate page that it became: a tab of Wagtail's page editor."""

from typing import Any

from django.forms import Media
from django.utils.functional import cached_property
from wagtail.admin.panels import Panel

from affiliates.applications.admin.context import application_context
from affiliates.audit.permissions import may_see
from affiliates.models import Application


class ApplicationPanel(Panel):
    """Read only. Not there for pages that came from no application, and for who may not see it."""

    class BoundPanel(Panel.BoundPanel):
        template_name = "affiliates/applications/admin/application_panel.html"

        @cached_property
        def application(self) -> Any:
            """The application, if there is one that this person may see."""

            if self.request is None or self.instance.pk is None:
                return None
            applications = Application.objects.select_related("program", "affiliate")
            found = applications.filter(affiliate=self.instance.pk).first()
            return found if found and may_see(self.request.user, found) else None

        def is_shown(self) -> bool:
            return self.application is not None

        def get_context_data(self, parent_context: Any = None) -> dict[str, Any]:

            context = super().get_context_data(parent_context)
            return {**context, **application_context(self.application, self.request.user)}

        @property
        def media(self) -> Media:
            return Media(css={"all": ["affiliates/admin/records.css"]})

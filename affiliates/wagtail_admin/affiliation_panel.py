"""The standing of an affiliate beside its page, in Wagtail's page editor."""

from typing import Any

from django.forms import Media
from django.utils import timezone
from django.utils.functional import cached_property
from wagtail.admin.panels import Panel


class AffiliationPanel(Panel):
    """Read only. Not there for pages without an affiliation, and for who may not see it."""

    class BoundPanel(Panel.BoundPanel):
        template_name = "affiliates/admin/affiliation_panel.html"

        @cached_property
        def affiliation(self) -> Any:
            # Only now, since the page's model is made from its panels.
            from affiliates.permissions import may_see_affiliation
            from affiliates.services.affiliations import affiliation_of

            if self.request is None or self.instance.pk is None:
                return None
            found = affiliation_of(self.instance)
            return found if found and may_see_affiliation(self.request.user, found) else None

        def is_shown(self) -> bool:
            return self.affiliation is not None

        @cached_property
        def kept(self) -> Any:
            from affiliates.standing import standing_of

            return standing_of(self.affiliation, timezone.now())

        @property
        def record_url(self) -> str | None:
            from wagtail.admin.admin_url_finder import AdminURLFinder

            return AdminURLFinder().get_edit_url(self.affiliation)

        @property
        def media(self) -> Media:
            return Media(css={"all": ["affiliates/admin/applications.css"]})

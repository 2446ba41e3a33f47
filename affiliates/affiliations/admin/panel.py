"""The standing of an affiliate beside its page, in Wagtail's page editor."""

from typing import Any

from django.forms import Media
from django.utils import timezone
from django.utils.functional import cached_property
from wagtail.admin.admin_url_finder import AdminURLFinder
from wagtail.admin.panels import Panel

from affiliates.affiliations.services.lifecycle import affiliation_of
from affiliates.affiliations.standing.rules import standing_of
from affiliates.audit.permissions import may_see_affiliation


class AffiliationPanel(Panel):
    """Read only. Not there for pages without an affiliation, and for who may not see it."""

    class BoundPanel(Panel.BoundPanel):
        template_name = "affiliates/affiliations/admin/affiliation_panel.html"

        @cached_property
        def affiliation(self) -> Any:

            if self.request is None or self.instance.pk is None:
                return None
            found = affiliation_of(self.instance)
            return found if found and may_see_affiliation(self.request.user, found) else None

        def is_shown(self) -> bool:
            return self.affiliation is not None

        @cached_property
        def kept(self) -> Any:

            return standing_of(self.affiliation, timezone.now())

        @property
        def record_url(self) -> str | None:

            return AdminURLFinder().get_edit_url(self.affiliation)

        @property
        def media(self) -> Media:
            return Media(css={"all": ["affiliates/admin/records.css"]})

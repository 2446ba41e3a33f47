"""Who may see a record of ours in Wagtail's admin, and where it is shown to them."""

from django.db.models import Model
from wagtail.admin.admin_url_finder import ModelAdminURLFinder
from wagtail.permissions import policy_registry

MAY_SEE = ["view", "change"]
"""Either of these permissions shows a record; neither adds or deletes one."""


class RecordURLFinder(ModelAdminURLFinder):
    """Where the admin shows a record, for those who may see it. Set ``edit_url_name``."""

    def get_edit_url(self, instance: Model) -> str | None:
        policy = policy_registry.get(instance)
        if self.user and not policy.user_has_any_permission(self.user, MAY_SEE):
            return None
        return self.construct_edit_url(instance)

"""Who may see a record of ours in Wagtail's admin, and where it is shown to them."""

from django.db.models import Model
from django.urls import path
from wagtail.admin.admin_url_finder import ModelAdminURLFinder
from wagtail.admin.viewsets.model import ModelViewSet
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


class LimitedViewSet(ModelViewSet):
    """Offers only the permissions that mean something to administrators of groups: ``actions``."""

    add_to_reference_index = False  # Nothing private belongs into the usage of pages and images.
    copy_view_enabled = False
    actions: tuple[str, ...] = ()

    def get_permissions_to_register(self):
        codenames = [f"{action}_{self.model_name}" for action in self.actions]
        return super().get_permissions_to_register().filter(codename__in=codenames)


class RecordViewSet(LimitedViewSet):
    """A list and a page for each record, which nobody adds, edits or deletes by hand."""

    actions = tuple(MAY_SEE)
    inspect_view_enabled = True

    def get_common_view_kwargs(self, **kwargs):
        no_such_view = ["add", "edit", "delete", "history", "usage"]
        return super().get_common_view_kwargs(
            **{f"{view}_url_name": None for view in no_such_view}, **kwargs
        )

    def get_urlpatterns(self):
        return [
            path("", self.index_view, name="index"),
            path("results/", self.index_results_view, name="index_results"),
            path("<int:pk>/", self.inspect_view, name="inspect"),
        ]

"""Permissions on updates: the model's, or those of a reviewer for the updates of own programs."""

from collections.abc import Iterable
from typing import Any

from django.db.models import QuerySet
from wagtail.permission_policies import ModelPermissionPolicy

from affiliates.admin.permissions import programs_of, works_for_a_program
from affiliates.models import ContactUpdate

ACTIONS = frozenset({"view", "change", "publish"})


class UpdatePermissionPolicy(ModelPermissionPolicy):
    def user_has_permission(self, user: Any, action: str) -> bool:
        if action not in ACTIONS or not user.is_active:
            return False
        return self._has_of_model(user, action) or works_for_a_program(user)

    def user_has_permission_for_instance(self, user: Any, action: str, instance: Any) -> bool:
        if not self.user_has_permission(user, action):
            return False
        of_program = programs_of(user).filter(pk=instance.affiliation.program_id)
        return self._has_of_model(user, action) or of_program.exists()

    def instances_user_has_any_permission_for(
        self, user: Any, actions: Iterable[str]
    ) -> "QuerySet[ContactUpdate]":
        updates = ContactUpdate.objects.all()
        if any(self._has_of_model(user, action) for action in ACTIONS & set(actions)):
            return updates
        return updates.filter(affiliation__program__in=programs_of(user).values("pk"))

    def _has_of_model(self, user: Any, action: str) -> bool:
        return super().user_has_permission(user, action)

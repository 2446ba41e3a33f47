"""Whoever may change a program's affiliates may change what it asks of them."""

from collections.abc import Iterable
from typing import Any

from django.db.models import QuerySet

from affiliates.admin.permissions import AffiliationPermissionPolicy, programs_of
from affiliates.audit.permissions import may_choose_reviewers
from affiliates.models import AffiliateProgramPage


class RequirementPermissionPolicy(AffiliationPermissionPolicy):
    """Nobody deletes them: what was proved stays on record."""

    def user_has_permission(self, user: Any, action: str) -> bool:
        return super().user_has_permission(user, _as_change(action))

    def instances_user_has_any_permission_for(
        self, user: Any, actions: Iterable[str]
    ) -> QuerySet[Any]:
        return super().instances_user_has_any_permission_for(user, map(_as_change, actions))


def _as_change(action: str) -> str:
    return "change" if action == "add" else action


def manageable_programs(user: Any) -> QuerySet[AffiliateProgramPage]:
    every = AffiliateProgramPage.objects.all()
    return (every if may_choose_reviewers(user) else programs_of(user)).order_by("title", "pk")

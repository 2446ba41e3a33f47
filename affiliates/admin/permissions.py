"""Admin permissions on affiliations, related records and emails about them: those of the model
``Affiliation``, or reviewing for the program.
"""

from collections.abc import Iterable
from typing import Any

from django.contrib.contenttypes.models import ContentType
from django.db.models import CharField, Model, Q, QuerySet
from django.db.models.functions import Cast
from wagtail.permission_policies import ModelPermissionPolicy

from affiliates.audit.permissions import MANAGE_PERMISSION, SEE_PERMISSION, VIEW_PERMISSION
from affiliates.core.states import STAFF_PERMISSION
from affiliates.models import (
    AffiliateProgramPage,
    Affiliation,
    Application,
    ContactUpdate,
    ProfileChange,
    SupportRequest,
    UpdateRequest,
)

PERMISSIONS = {
    "view": (SEE_PERMISSION, MANAGE_PERMISSION),
    "change": (MANAGE_PERMISSION,),
}
"""Any of these permissions suffices. Nobody adds or deletes these records by hand."""

PROGRAM_RECORDS: dict[type[Model], tuple[tuple[str, ...], str]] = {
    Application: ((VIEW_PERMISSION, STAFF_PERMISSION), "program"),
    Affiliation: (PERMISSIONS["view"], "program"),
    **dict.fromkeys(
        (ContactUpdate, ProfileChange, SupportRequest, UpdateRequest),
        (PERMISSIONS["view"], "affiliation__program"),
    ),
}
"""What emails are about, with the permissions to see those of all programs and the way to the
program.
"""


class AffiliationPermissionPolicy(ModelPermissionPolicy):
    program_field = "program"

    def user_has_permission(self, user: Any, action: str) -> bool:
        """For at least some of the records."""
        if action not in PERMISSIONS or not user.is_active:
            return False
        return _has_of_model(user, action) or works_for_a_program(user)

    def user_has_permission_for_instance(self, user: Any, action: str, instance: Any) -> bool:
        found = self.instances_user_has_any_permission_for(user, [action])
        return found.filter(pk=instance.pk).exists()

    def instances_user_has_any_permission_for(
        self, user: Any, actions: Iterable[str]
    ) -> QuerySet[Any]:
        records = self.model._default_manager.all()
        if not user.is_active:
            return records.none()
        if any(_has_of_model(user, action) for action in actions):
            return records
        return records.filter(**{f"{self.program_field}__in": programs_of(user).values("pk")})


class MailPermissionPolicy(ModelPermissionPolicy):
    """The model's permissions; but emails about a program's records are for people who may see
    those.
    """

    def user_has_permission_for_instance(self, user: Any, action: str, instance: Any) -> bool:
        return self.user_has_any_permission_for_instance(user, [action], instance)

    def user_has_any_permission_for_instance(
        self, user: Any, actions: Iterable[str], instance: Any
    ) -> bool:
        found = self.instances_user_has_any_permission_for(user, actions)
        return found.filter(pk=instance.pk).exists()

    def instances_user_has_any_permission_for(
        self, user: Any, actions: Iterable[str]
    ) -> QuerySet[Any]:
        mails = super().instances_user_has_any_permission_for(user, actions)
        for model, (permissions, program) in PROGRAM_RECORDS.items():
            if not any(map(user.has_perm, permissions)):
                theirs = model._default_manager.filter(
                    **{f"{program}__in": programs_of(user).values("pk")}
                )
                keys = theirs.values(as_text=Cast("pk", CharField()))
                about_one = Q(content_type=ContentType.objects.get_for_model(model))
                mails = mails.exclude(about_one & ~Q(object_id__in=keys))
        return mails


class CallPermissionPolicy(AffiliationPermissionPolicy):
    program_field = "affiliation__program"


class ClosurePermissionPolicy(AffiliationPermissionPolicy):
    """Who may change a program's affiliates enters its closures."""

    def user_has_permission(self, user: Any, action: str) -> bool:
        return super().user_has_permission(user, "view" if action == "view" else "change")

    def instances_user_has_any_permission_for(
        self, user: Any, actions: Iterable[str]
    ) -> QuerySet[Any]:
        wanted = ["view" if action == "view" else "change" for action in actions]
        return super().instances_user_has_any_permission_for(user, wanted)


def programs_to_manage(user: Any) -> QuerySet[AffiliateProgramPage]:
    """Programs whose affiliates the user may change."""
    programs = AffiliateProgramPage.objects.all()
    return programs if _has_of_model(user, "change") else programs_of(user)


def _has_of_model(user: Any, action: str) -> bool:
    return any(user.has_perm(permission) for permission in PERMISSIONS.get(action, ()))


def programs_of(user: Any) -> QuerySet[AffiliateProgramPage]:
    """Programs that the user reviews for, directs or gets escalations of."""
    groups = user.groups.values("pk")
    return AffiliateProgramPage.objects.filter(
        Q(review_group__in=groups) | Q(escalation_group__in=groups) | Q(director=user.pk)
    )


def works_for_a_program(user: Any) -> bool:
    """Cached on the user object, as Django caches permissions: list rows ask repeatedly."""
    known: dict[str, bool] = user.__dict__
    if "_works_for_a_program" not in known:
        known["_works_for_a_program"] = programs_of(user).exists()
    return known["_works_for_a_program"]

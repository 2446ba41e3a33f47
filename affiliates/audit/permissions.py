"""Permissions on private records: by model, or by reviewing for the program."""

from collections.abc import Iterable
from typing import Any

from django.contrib.auth import get_user_model
from django.contrib.auth.models import User
from django.db.models import Q, QuerySet

from affiliates.core.states import STAFF_PERMISSION
from affiliates.models import AffiliateProgramPage, Affiliation, Application

VIEW_PERMISSION = "affiliates.view_application"
MANAGE_PERMISSION = "affiliates.change_affiliation"
SEE_PERMISSION = "affiliates.view_affiliation"


def may_see(user: User, application: Application) -> bool:
    """Read everything, including contacts and answers."""
    if not user.is_active:
        return False
    return user.has_perm(VIEW_PERMISSION) or may_decide(user, application)


def may_decide(user: User, application: Application) -> bool:
    """Decline it or restart its review: staff with permission to change applications, the program's
    groups and director, and users who may act on the page's task or publish it.
    """
    if not user.is_active:
        return False
    return user.has_perm(STAFF_PERMISSION) or _reviews(user, application)


def may_manage(user: User, affiliation: Affiliation) -> bool:
    """Change contacts, updates and support requests: by permission, or working for the program."""
    if not user.is_active:
        return False
    return user.has_perm(MANAGE_PERMISSION) or _works_for(user, affiliation.program)


def may_see_affiliation(user: User, affiliation: Affiliation) -> bool:
    if not user.is_active:
        return False
    return user.has_perm(SEE_PERMISSION) or may_manage(user, affiliation)


def may_manage_all(user: User, program: AffiliateProgramPage) -> bool:
    return may_manage(user, Affiliation(program=program))


def managers_of(programs: Iterable[AffiliateProgramPage]) -> QuerySet[Any]:
    """The active users for whom ``may_manage`` is true in all of the programs."""
    users = get_user_model()._default_manager
    permitted = users.with_perm(
        MANAGE_PERMISSION, backend="django.contrib.auth.backends.ModelBackend"
    ).values("pk")
    found = users.filter(is_active=True)
    for program in programs:
        groups = [key for key in (program.review_group_id, program.escalation_group_id) if key]
        members = users.filter(groups__in=groups).values("pk")
        found = found.filter(Q(pk__in=permitted) | Q(pk__in=members) | Q(pk=program.director_id))
    return found.order_by("last_name", "first_name", "pk")


def may_choose_reviewers(user: User) -> bool:
    """Choose who works for a program: not by working for it, nor by publishing its page."""
    return user.is_active and user.has_perm(MANAGE_PERMISSION)


def is_told_of_late_reviews(user: User, program: AffiliateProgramPage) -> bool:
    if program.director_id == user.pk:
        return True
    group = program.escalation_group_id
    return bool(group) and user.groups.filter(pk=group).exists()


def may_import(user: User, program: AffiliateProgramPage) -> bool:
    """Import a table of affiliates: needs permission to add and publish pages there."""
    allowed = program.permissions_for_user(user)
    return allowed.can_add_subpage() and allowed.can_publish_subpage()


def may_erase(user: User) -> bool:
    """Only with permission on all applications and affiliations: erasing shows all about anyone."""
    return user.is_active and user.has_perms([STAFF_PERMISSION, MANAGE_PERMISSION])


def importable_programs(user: Any) -> QuerySet[AffiliateProgramPage]:
    programs = AffiliateProgramPage.objects.order_by("title")
    allowed = [program.pk for program in programs if may_import(user, program)]
    return programs.filter(pk__in=allowed)


def _works_for(user: User, program: AffiliateProgramPage) -> bool:
    group = program.review_group_id
    reviews = bool(group) and user.groups.filter(pk=group).exists()
    return reviews or is_told_of_late_reviews(user, program)


def _reviews(user: User, application: Application) -> bool:
    if _works_for(user, application.program):
        return True
    page = application.affiliate
    if page is None:
        return False
    task = page.current_workflow_task
    acts = task is not None and bool(task.get_actions(page, user))
    return acts or page.permissions_for_user(user).can_publish()

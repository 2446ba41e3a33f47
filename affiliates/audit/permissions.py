"""Who may see an application, and who may decide on it.

Applications are private. Those who look after them have the permission of the model; a program's
reviewers need none besides: whoever may review the page may read what the group wrote.
"""

from typing import Any

from django.contrib.auth.models import User
from django.db.models import QuerySet

from affiliates.core.states import STAFF_PERMISSION
from affiliates.models import AffiliateProgramPage, Affiliation, Application

VIEW_PERMISSION = "affiliates.view_application"
MANAGE_PERMISSION = "affiliates.change_affiliation"
SEE_PERMISSION = "affiliates.view_affiliation"


def may_see(user: User, application: Application) -> bool:
    """Whether the person may read the application: contacts, answers, everything."""
    if not user.is_active:
        return False
    return user.has_perm(VIEW_PERMISSION) or may_decide(user, application)


def may_decide(user: User, application: Application) -> bool:
    """Whether the person may decline it, or start its review again.

    Those who may change applications may, and those who review them: members of the program's
    group, whoever is told of late reviews, and whoever may act on the task that its page is at,
    or publish the page.
    """
    if not user.is_active:
        return False
    return user.has_perm(STAFF_PERMISSION) or _reviews(user, application)


def may_manage(user: User, affiliation: Affiliation) -> bool:
    """Whether the person looks after this affiliate: its contacts, updates and calls for help.

    Those who may change affiliations may, and those who review for its program or are told when
    something is late.
    """
    if not user.is_active:
        return False
    return user.has_perm(MANAGE_PERMISSION) or _works_for(user, affiliation.program)


def may_see_affiliation(user: User, affiliation: Affiliation) -> bool:
    """Whether the person may read the affiliate's record: contacts, updates, everything."""
    if not user.is_active:
        return False
    return user.has_perm(SEE_PERMISSION) or may_manage(user, affiliation)


def may_manage_all(user: User, program: AffiliateProgramPage) -> bool:
    """The same for every affiliate of the program."""
    return may_manage(user, Affiliation(program=program))


def is_told_of_late_reviews(user: User, program: AffiliateProgramPage) -> bool:
    """Whether the person is the program's director, or in its escalation group."""
    if program.director_id == user.pk:
        return True
    group = program.escalation_group_id
    return bool(group) and user.groups.filter(pk=group).exists()


def may_import(user: User, program: AffiliateProgramPage) -> bool:
    """Whether the person may load a table of affiliates: may add and publish pages there."""
    allowed = program.permissions_for_user(user)
    return allowed.can_add_subpage() and allowed.can_publish_subpage()


def may_erase(user: User) -> bool:
    """Whether the person looks after everything, and so may see and erase all about anyone."""
    return user.is_active and user.has_perms([STAFF_PERMISSION, MANAGE_PERMISSION])


def importable_programs(user: Any) -> QuerySet[AffiliateProgramPage]:
    """The programs into which the person may load one."""
    programs = AffiliateProgramPage.objects.order_by("title")
    allowed = [program.pk for program in programs if may_import(user, program)]
    return programs.filter(pk__in=allowed)


def _works_for(user: User, program: AffiliateProgramPage) -> bool:
    """Whether the person reviews for the program, or is told when something there is late."""
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

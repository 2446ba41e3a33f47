"""Who may read, correct and publish the updates of affiliates in Wagtail's admin.

Updates are private until they are published. Those who look after them have the permissions of the
model; whoever reviews for a program needs none besides, for the updates of its groups.
"""

from typing import Any

from django.db.models import Q, QuerySet

from affiliates.models import AffiliateProgramPage


def programs_of(user: Any) -> "QuerySet[AffiliateProgramPage]":
    """The programs for which the person reviews, or is told when something is late."""
    groups = user.groups.values("pk")
    return AffiliateProgramPage.objects.filter(
        Q(review_group__in=groups) | Q(escalation_group__in=groups) | Q(director=user.pk)
    )


def works_for_a_program(user: Any) -> bool:
    """Known by the person's object from then on, as Django keeps permissions: rows ask again."""
    known: dict[str, bool] = user.__dict__
    if "_works_for_a_program" not in known:
        known["_works_for_a_program"] = programs_of(user).exists()
    return known["_works_for_a_program"]

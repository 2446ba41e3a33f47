"""Who may be given a call for help."""

from typing import Any

from django.contrib.auth import get_user_model
from django.db.models import Q, QuerySet

from affiliates.audit.permissions import MANAGE_PERMISSION
from affiliates.models import AffiliateProgramPage


def helpers(program: AffiliateProgramPage) -> QuerySet[Any]:
    """The active people of whom ``permissions.may_manage`` is true."""
    users = get_user_model()._default_manager
    groups = [key for key in (program.review_group_id, program.escalation_group_id) if key]
    permitted = users.with_perm(
        MANAGE_PERMISSION, backend="django.contrib.auth.backends.ModelBackend"
    )
    found = users.filter(is_active=True).filter(
        Q(pk__in=permitted.values("pk")) | Q(groups__in=groups) | Q(pk=program.director_id)
    )
    return found.distinct().order_by("last_name", "first_name", "pk")

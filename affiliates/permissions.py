"""Who may see an application, and who may decide on it."""

from typing import TYPE_CHECKING

from affiliates.models import Application

if TYPE_CHECKING:
    from django.contrib.auth.models import User


def may_see(user: "User", application: Application) -> bool:
    """Whether the person may read the application, which is private."""
    return may_decide(user, application) or user.has_perm("affiliates.view_application")


def may_decide(user: "User", application: Application) -> bool:
    """Whether the person may decline it, or start its review again."""
    return user.is_active and user.has_perm("affiliates.change_application")

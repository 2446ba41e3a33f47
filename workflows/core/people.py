"""The people whom staff mail goes to."""

from collections.abc import Iterable
from dataclasses import dataclass

from django.contrib.auth import get_user_model
from django.contrib.auth.models import AbstractUser, Group
from django.db.models import Model, QuerySet


@dataclass(frozen=True)
class Recipient:
    """Whom to write to, and in which language ("": the site's). Equal addresses are one person."""

    email: str
    name: str = ""
    language: str = ""


def unique(recipients: Iterable[Recipient]) -> list[Recipient]:
    """One of each address, the first: nobody gets the same mail in two roles."""
    found: dict[str, Recipient] = {}
    for recipient in recipients:
        found.setdefault(recipient.email.lower(), recipient)
    return list(found.values())


def recipients(users: Iterable[AbstractUser]) -> list[Recipient]:
    """Those of the users who can be written to: active, with an address."""
    return unique(
        Recipient(user.email, user.get_full_name(), language_of(user))
        for user in users
        if user.is_active and user.email
    )


def members(groups: Iterable[Group] | Iterable[int]) -> QuerySet[AbstractUser]:
    """The active users in any of these groups."""
    users = get_user_model()._default_manager.filter(groups__in=list(groups), is_active=True)
    return users.select_related("wagtail_userprofile").distinct().order_by("pk")


def superusers() -> QuerySet[AbstractUser]:
    """Who is told if nobody else is there."""
    users = get_user_model()._default_manager.filter(is_superuser=True, is_active=True)
    return users.select_related("wagtail_userprofile").order_by("pk")


def language_of(user: Model) -> str:
    """The language that the person chose for the admin, if any."""
    profile = getattr(user, "wagtail_userprofile", None)
    return profile.preferred_language if profile else ""

"""Recipients of emails to staff."""

from collections.abc import Iterable
from dataclasses import dataclass

from django.contrib.auth import get_user_model
from django.contrib.auth.models import AbstractUser, Group
from django.db.models import Model, QuerySet


@dataclass(frozen=True)
class Recipient:
    """``language`` "" means the site's. Equal addresses are one person."""

    email: str
    name: str = ""
    language: str = ""


def unique(recipients: Iterable[Recipient]) -> list[Recipient]:
    found: dict[str, Recipient] = {}
    for recipient in recipients:
        found.setdefault(recipient.email.lower(), recipient)
    return list(found.values())


def recipients(users: Iterable[AbstractUser]) -> list[Recipient]:
    """Active users with an email address."""
    return unique(
        Recipient(user.email, user.get_full_name(), language_of(user))
        for user in users
        if user.is_active and user.email
    )


def members(groups: Iterable[Group] | Iterable[int]) -> QuerySet[AbstractUser]:
    users = get_user_model()._default_manager.filter(groups__in=list(groups), is_active=True)
    return users.select_related("wagtail_userprofile").distinct().order_by("pk")


def superusers() -> QuerySet[AbstractUser]:
    """Recipients of last resort."""
    users = get_user_model()._default_manager.filter(is_superuser=True, is_active=True)
    return users.select_related("wagtail_userprofile").order_by("pk")


def language_of(user: Model) -> str:
    profile = getattr(user, "wagtail_userprofile", None)
    return profile.preferred_language if profile else ""

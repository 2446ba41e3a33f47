"""The public pages of an affiliate: take them down, and publish them again."""

from typing import Any

from django.apps import apps
from django.contrib.auth.models import User
from wagtail.actions.publish_page_revision import PublishPageRevisionAction
from wagtail.actions.unpublish_page import UnpublishPageAction

from affiliates.models import AffiliatePage, Affiliation


def pages_of(affiliation: Affiliation) -> list[AffiliatePage]:
    """Its pages in all languages, published or not, the main one first."""
    found = AffiliatePage.objects.filter(translation_key=affiliation.group_key).order_by("pk")
    return sorted(found, key=lambda page: page.pk != affiliation.page_id)


def take_down(page: AffiliatePage, user: User | None) -> None:
    """Unpublish it and redirect to the program. Managing affiliates does not require permission to
    publish pages.
    """
    redirect_to_program(page)
    UnpublishPageAction(page, user=user).execute(skip_permission_checks=True)


def publish(page: AffiliatePage, user: User | None) -> None:
    """Publish what was public last, not a later draft."""
    revision = page.save_revision(user=user)
    PublishPageRevisionAction(revision, user=user).execute(skip_permission_checks=True)


# Distinguishes our redirects from those of editors.
AUTOMATIC = {"is_permanent": False, "automatically_created": True}


def redirect_to_program(page: AffiliatePage) -> None:
    """Redirect temporarily, unless editors did or the site lacks Wagtail's redirects."""
    model, address = _redirect_from(page)
    if model and address:
        defaults = {"redirect_page": page.get_parent(), **AUTOMATIC}
        model.objects.get_or_create(**address, defaults=defaults)


def remove_redirects(page: AffiliatePage) -> None:
    model, address = _redirect_from(page)
    if model and address:
        model.objects.filter(**address, **AUTOMATIC).delete()


def _redirect_from(page: AffiliatePage) -> tuple[Any, dict[str, Any] | None]:
    parts = page.get_url_parts()
    if not apps.is_installed("wagtail.contrib.redirects") or parts is None or parts[2] is None:
        return None, None
    model: Any = apps.get_model("wagtailredirects", "Redirect")
    return model, {"old_path": model.normalise_path(parts[2]), "site_id": parts[0]}

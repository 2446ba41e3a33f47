"""Where the address of a page that was taken down leads meanwhile: to the program's directory."""

from typing import Any

from django.apps import apps

from affiliates.models import AffiliatePage


def redirect_to_program(page: AffiliatePage) -> None:
    """Effects: a temporary redirection, unless editors made one for this address, or the site does
    without Wagtail's redirects."""
    model, address = _model(), _address(page)
    if model is None or address is None:
        return
    model.objects.get_or_create(
        **address,
        defaults={
            "redirect_page": page.get_parent(),
            "is_permanent": False,
            "automatically_created": True,
        },
    )


def remove_redirects(page: AffiliatePage) -> None:
    """Effects: the redirection that ``redirect_to_program`` made is gone; those of editors stay."""
    model, address = _model(), _address(page)
    if model is not None and address is not None:
        ours = {"is_permanent": False, "automatically_created": True}
        model.objects.filter(**address, **ours).delete()


def _model() -> Any:
    installed = apps.is_installed("wagtail.contrib.redirects")
    return apps.get_model("wagtailredirects", "Redirect") if installed else None


def _address(page: AffiliatePage) -> dict | None:
    parts = page.get_url_parts()
    if parts is None or parts[2] is None:
        return None
    return {"old_path": _model().normalise_path(parts[2]), "site_id": parts[0]}

"""Tells editors that copies of affiliates' pages are drafts, and keeps them from being published
in bulk before somebody has said what they are meant to be.
"""

from collections.abc import Iterable
from typing import Any

from django.db.models import F, Q
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from wagtail import hooks
from wagtail.admin import messages
from wagtail.query import PageQuerySet

from affiliates.models import AffiliatePage
from affiliates.models.base_page import Page


def undecided_copies() -> PageQuerySet:
    copies = AffiliatePage.objects.exclude(own_key=F("translation_key"))
    return copies.filter(alias_of=None, own_key__isnull=False).order_by("path")


@hooks.register("after_copy_page")
def tell_that_copies_are_drafts(request: HttpRequest, page: Any, new_page: Any) -> None:
    number = undecided_copies().descendant_of(new_page, inclusive=True).count()
    if number:
        text = ngettext(
            "The copied page of an affiliate is a draft, and no affiliate. Open it and say what it"
            " is meant to be before you publish it.",
            "The %(number)d copied pages of affiliates are drafts, and no affiliates. Open each and"
            " say what it is meant to be before you publish it.",
            number,
        )
        messages.warning(request, text % {"number": number})


@hooks.register("before_bulk_action")
def ask_before_publishing(
    request: HttpRequest, action_type: str, objects: Iterable[Any], action_class_instance: Any
) -> HttpResponse | None:
    """Wagtail would show an error page for such a copy."""
    is_publishing = action_type == "publish" and issubclass(action_class_instance.model, Page)
    copy = _first_copy(objects, request) if is_publishing else None
    if copy is None:
        return None
    text = _(
        "Nothing was published. “%(title)s” is a copy. Open it first, and say what it is meant to"
        " be."
    )
    messages.error(request, text % {"title": copy.get_admin_display_title()})
    return redirect("wagtailadmin_explore", copy.get_parent().pk)


def _first_copy(pages: Iterable[Any], request: HttpRequest) -> AffiliatePage | None:
    with_others = "include_descendants" in request.POST
    inside = Q(pk__in=[])
    for page in pages:
        inside |= Q(path__startswith=page.path) if with_others else Q(pk=page.pk)
    # A draft revision may say already what the page in the database does not.
    drafts = (copy.get_latest_revision_as_object() for copy in undecided_copies().filter(inside))
    return next((draft for draft in drafts if draft.is_undecided), None)

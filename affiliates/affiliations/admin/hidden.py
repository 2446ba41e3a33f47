"""Keeps editors from publishing, without knowing it, the page of a group that has hidden itself."""

from collections.abc import Iterable
from typing import Any

from django.db.models import Q
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from wagtail import hooks
from wagtail.admin import messages

from affiliates.affiliations.services.listing import hidden_at
from affiliates.core.states import AffiliationState
from affiliates.models import AffiliatePage, Affiliation
from affiliates.models.base_page import Page


@hooks.register("before_publish_page")
def refuse_to_publish(request: HttpRequest, page: Any) -> HttpResponse | None:
    """The page is saved as a draft by then, so nothing typed is lost."""
    if not isinstance(page, AffiliatePage):
        return None
    affiliation = _hidden_among([page])
    if affiliation is None:
        return None
    _explain(request, affiliation, _("Your changes are saved as a draft."))
    return redirect("wagtailadmin_pages:edit", page.pk)


@hooks.register("before_bulk_action")
def refuse_to_publish_in_bulk(
    request: HttpRequest, action_type: str, objects: Iterable[Any], action_class_instance: Any
) -> HttpResponse | None:
    if action_type != "publish" or not issubclass(action_class_instance.model, Page):
        return None
    affiliation = _hidden_among(_published_by(objects, request))
    if affiliation is None:
        return None
    _explain(request, affiliation, _("Nothing was published."))
    return redirect("affiliates_affiliation:inspect", affiliation.pk)


def _published_by(pages: Iterable[Any], request: HttpRequest) -> Iterable[AffiliatePage]:
    with_others = "include_descendants" in request.POST
    inside = Q(pk__in=[])
    for page in pages:
        inside |= Q(path__startswith=page.path) if with_others else Q(pk=page.pk)
    return AffiliatePage.objects.filter(inside)


def _hidden_among(pages: Iterable[AffiliatePage]) -> Affiliation | None:
    """Of few that are paused, since a group seldom hides itself."""
    keys = {page.translation_key for page in pages if not page.live}
    paused = Affiliation.objects.filter(group_key__in=keys, state=AffiliationState.PAUSED)
    return next((one for one in paused if hidden_at(one)), None)


def _explain(request: HttpRequest, affiliation: Affiliation, kept: str) -> None:
    text = _(
        "“%(group)s” has hidden its listing and page itself, so the page was not published."
        " %(kept)s Please ask the group first. To show it again, press “Resume the listing” on its"
        " record."
    )
    messages.error(request, text % {"group": affiliation.name, "kept": kept})

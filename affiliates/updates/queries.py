"""Which updates of affiliates the public sees. Nothing here changes anything."""

from collections.abc import Iterable
from datetime import datetime
from typing import TYPE_CHECKING

from django.contrib.contenttypes.models import ContentType
from django.db.models import QuerySet
from django.shortcuts import get_object_or_404
from wagtail.models import Revision

from affiliates.core.states import UpdateKind
from affiliates.directory.queries import UNLISTED, listed_affiliates
from affiliates.models import AffiliatePage, Affiliation, ContactUpdate

if TYPE_CHECKING:
    from wagtail.models import Page

    from affiliates.models import AffiliateProgramPage


BIGGEST_KEY = 2**63 - 1
"""Databases refuse a larger number."""


def published_updates(program: "AffiliateProgramPage") -> "QuerySet[ContactUpdate]":
    """What stands on the program's page of updates, newest first, each with its affiliate's page.

    Those of groups that are paused or ended, or whose page the public does not see, are left out.
    The translations of a program's page show the same ones.
    """
    listed = listed_affiliates(program).prefetch_related(None)
    keys = listed.values("translation_key")
    return _public().filter(affiliation__page__live=True, affiliation__group_key__in=keys)


def published_update(program: "AffiliateProgramPage", pk: int) -> ContactUpdate:
    """One of those. Raises Http404 for whatever the public does not see."""
    return get_object_or_404(published_updates(program), pk=min(pk, BIGGEST_KEY))


def published_updates_of(affiliation: Affiliation) -> "QuerySet[ContactUpdate]":
    """The same for one affiliate; none as long as the public does not see its page."""
    page = AffiliatePage.objects.live().public().filter(pk=affiliation.page_id).values("pk")
    return _public().filter(affiliation=affiliation.pk, affiliation__page__in=page)


def published_updates_on(page: AffiliatePage) -> "QuerySet[ContactUpdate]":
    """What stands on the affiliate's own page, for whoever may see that page."""
    return _public().filter(affiliation__group_key=page.translation_key)


def published_updates_below(page: "Page") -> "QuerySet[ContactUpdate]":
    """What is published by the groups of all the programs below a page, a site's first one say."""
    listed = AffiliatePage.objects.descendant_of(page).live().public()
    return _public().filter(affiliation__page__in=listed.values("pk"))


def going_live(updates: Iterable[ContactUpdate]) -> dict[int, datetime]:
    """When those that are approved for a later moment become public, by their keys. One query."""
    scheduled = Revision.objects.filter(
        base_content_type=ContentType.objects.get_for_model(ContactUpdate),
        object_id__in=[str(update.pk) for update in updates],
        approved_go_live_at__isnull=False,
    )
    return {int(key): at for key, at in scheduled.values_list("object_id", "approved_go_live_at")}


def _public() -> "QuerySet[ContactUpdate]":
    """Live news with consent, even if somebody had published something else."""
    news = ContactUpdate.objects.filter(live=True, may_publish=True, kind=UpdateKind.NEWS)
    listed = news.exclude(affiliation__state__in=UNLISTED).exclude(text="")
    return listed.select_related("affiliation__page").order_by("-first_published_at", "-pk")


def can_be_changed(update: ContactUpdate) -> bool:
    return not is_decided(update, going_live([update]).get(update.pk))


def is_decided(update: ContactUpdate, goes_live_at: datetime | None) -> bool:
    """Whether it was published, or is to be at a moment that is set, or was declined."""
    return bool(update.live or update.first_published_at or update.declined_at or goes_live_at)

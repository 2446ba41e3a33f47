"""Publishes many new affiliates in few statements."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from django.contrib.auth.models import User
from django.db import transaction
from wagtail.models import PageLogEntry
from wagtail.signals import page_published, published

from affiliates.affiliations.services.lifecycle import begin_affiliations
from affiliates.models import AffiliatePage, AffiliateProgramPage, Affiliation
from affiliates.programs.new_pages import add_below, log_entry
from affiliates.programs.publishing import SETTLED

CHUNK = 500


def add_pages(
    pages: Sequence[AffiliatePage],
    *,
    parent: AffiliateProgramPage,
    by: User | None,
    now: datetime,
) -> list[Affiliation]:
    """Publish new, clean pages with their links below ``parent``; return their affiliations.

    Effects, in one transaction: pages, links, a revision and two log entries each, search index and
    affiliations. Sends ``page_published`` and ``published``, but not ``post_save``. The caller must
    lock ``parent``, so that no one else adds pages below it.
    """
    affiliations: list[Affiliation] = []
    with transaction.atomic():
        for page in pages:
            page.live = True
            setattr(page, SETTLED, True)
        for start in range(0, len(pages), CHUNK):
            affiliations += _publish(pages[start : start + CHUNK], parent, by, now)
        for page in pages:
            for signal in (page_published, published):
                signal.send(AffiliatePage, instance=page, revision=page.latest_revision)
    return affiliations


def _publish(
    pages: Sequence[AffiliatePage],
    parent: AffiliateProgramPage,
    by: User | None,
    now: datetime,
) -> list[Affiliation]:
    revisions = add_below(parent, pages, by=by, now=now)
    entries = []
    for page, revision in zip(pages, revisions, strict=True):
        said: dict[str, Any] = {"by": by, "now": now, "content_changed": True}
        entries.append(log_entry(page, "wagtail.create", **said))
        entries.append(log_entry(page, "wagtail.publish", **said, revision=revision))
    PageLogEntry.objects.bulk_create(entries)
    return begin_affiliations(pages=pages, program=parent, now=now)

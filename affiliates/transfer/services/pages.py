"""Adds many published pages in few statements, with all that Wagtail writes for each of them."""

from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import Any

from django.conf import settings
from django.contrib.auth.models import User
from django.contrib.contenttypes.models import ContentType
from django.db import transaction
from django.db.models import CharField, F, Model, OuterRef, Subquery
from django.db.models.functions import Cast
from django.utils.text import slugify
from modelcluster.models import get_all_child_relations
from wagtail.log_actions import get_active_log_context
from wagtail.models import PageLogEntry, Revision
from wagtail.search.backends import get_search_backends
from wagtail.signals import page_published, published

from affiliates.affiliations.services.lifecycle import begin_affiliations
from affiliates.models import AffiliateLink, AffiliatePage, AffiliateProgramPage, Affiliation
from affiliates.models.base_page import Page
from affiliates.programs.publishing import SETTLED

CHUNK = 500
SLUG_LENGTH = 240
"""Leaves room for a number; the field takes 255."""

NAMELESS = "group"
"""The slug of a group whose name has no usable letter."""


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
    with transaction.atomic():
        places = _places(parent)
        slugs = set(parent.get_children().values_list("slug", flat=True))
        published_pages: list[tuple[AffiliatePage, Revision]] = []
        affiliations: list[Affiliation] = []
        for start in range(0, len(pages), CHUNK):
            chunk = pages[start : start + CHUNK]
            for page in chunk:
                _fill_in(page, parent, next(places), next_slug(page.title, slugs), by, now)
                _say_it_has_no_others(page)
            _insert(chunk)
            _insert_links(chunk)
            revisions = _add_revisions(chunk, by, now)
            affiliations += begin_affiliations(pages=chunk, program=parent, now=now)
            _log(chunk, revisions, by, now)
            for backend in get_search_backends(with_auto_update=True):
                backend.add_bulk(AffiliatePage, chunk)
            published_pages += zip(chunk, revisions, strict=True)
        Page.objects.filter(pk=parent.pk).update(numchild=F("numchild") + len(pages))
        for page, revision in published_pages:
            page_published.send(sender=AffiliatePage, instance=page, revision=revision)
            published.send(sender=AffiliatePage, instance=page, revision=revision)
    return affiliations


def _places(parent: AffiliateProgramPage) -> Iterator[str]:
    last = parent.get_last_child()
    number = Page._str2int(last.path[-Page.steplen :]) if last else 0
    while True:
        number += 1
        yield Page._get_path(parent.path, parent.depth + 1, number)


def next_slug(title: str, taken: set[str]) -> str:
    """Wagtail's slug for the title, made unique; adds it to ``taken``."""
    allow_unicode = getattr(settings, "WAGTAIL_ALLOW_UNICODE_SLUGS", True)
    base = slugify(title, allow_unicode=allow_unicode)[:SLUG_LENGTH] or NAMELESS
    slug, number = base, 1
    while slug in taken:
        number += 1
        slug = f"{base}-{number}"
    taken.add(slug)
    return slug


def _fill_in(
    page: AffiliatePage,
    parent: AffiliateProgramPage,
    path: str,
    slug: str,
    by: User | None,
    now: datetime,
) -> None:
    page.path, page.depth, page.numchild = path, parent.depth + 1, 0
    page.slug, page.draft_title, page.owner = slug, page.title, by
    page.locale = parent.locale
    setattr(page, SETTLED, True)
    page.set_url_path(parent)
    page.live, page.has_unpublished_changes = True, False
    page.first_published_at = page.last_published_at = page.latest_revision_created_at = now


def _say_it_has_no_others(page: AffiliatePage) -> None:
    """Set other child relations empty, to save queries when the revision is written."""
    for relation in get_all_child_relations(AffiliatePage):
        name = relation.get_accessor_name()
        if name != "links":
            getattr(page, name).set([])


def _insert(pages: Sequence[AffiliatePage]) -> None:
    """Insert a row for each inherited model; Django's bulk_create refuses such models."""
    root, *others = [*reversed(AffiliatePage._meta.get_parent_list()), AffiliatePage]
    rows = root._base_manager.bulk_create(_row(root, page) for page in pages)
    for page, row in zip(pages, rows, strict=True):
        setattr(page, root._meta.pk.attname, row.pk)
        for model in others:
            setattr(page, model._meta.pk.attname, row.pk)
        page._state.adding, page._state.db = False, row._state.db
    for model in others:
        # Django's save() calls this for each table of an inherited model.
        model._base_manager._insert(
            pages, fields=model._meta.local_concrete_fields, using=rows[0]._state.db
        )


def _row(model: type[Model], page: AffiliatePage) -> Model:
    fields = model._meta.local_concrete_fields
    return model(**{field.attname: getattr(page, field.attname) for field in fields})


def _insert_links(pages: Sequence[AffiliatePage]) -> None:
    links = []
    for page in pages:
        for order, link in enumerate(page.links.all()):
            link.affiliate_id, link.sort_order = page.pk, order
            links.append(link)
    AffiliateLink.objects.bulk_create(links)


def _add_revisions(
    pages: Sequence[AffiliatePage], by: User | None, now: datetime
) -> list[Revision]:
    types: dict[str, Any] = {
        "content_type": ContentType.objects.get_for_model(AffiliatePage),
        "base_content_type": ContentType.objects.get_for_model(Page),
    }
    revisions = Revision.objects.bulk_create(
        Revision(
            **types,
            object_id=str(page.pk),
            object_str=str(page),
            content=page.serializable_data(),
            user=by,
            created_at=now,
        )
        for page in pages
    )
    of_page = Revision.objects.filter(
        base_content_type=types["base_content_type"],
        object_id=Cast(OuterRef("pk"), CharField()),
    )
    Page.objects.filter(pk__in=[page.pk for page in pages]).update(
        latest_revision_id=Subquery(of_page.values("pk")[:1]),
        live_revision_id=Subquery(of_page.values("pk")[:1]),
    )
    for page, revision in zip(pages, revisions, strict=True):
        page.latest_revision = page.live_revision = revision
    return revisions


def _log(
    pages: Sequence[AffiliatePage],
    revisions: Sequence[Revision],
    by: User | None,
    now: datetime,
) -> None:
    context = get_active_log_context()
    about: dict[str, Any] = {
        "content_type": ContentType.objects.get_for_model(AffiliatePage),
        "timestamp": now,
        "user": by or context.user,
        "uuid": context.uuid,
        "content_changed": True,
    }
    entries = []
    for page, revision in zip(pages, revisions, strict=True):
        of_page = {**about, "page_id": page.pk, "label": page.get_admin_display_title()}
        entries.append(PageLogEntry(**of_page, action="wagtail.create"))
        entries.append(PageLogEntry(**of_page, action="wagtail.publish", revision=revision))
    PageLogEntry.objects.bulk_create(entries)

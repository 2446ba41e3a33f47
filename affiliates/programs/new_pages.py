"""Adds many affiliates' pages in few statements, with all that Wagtail writes for each of them."""

from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import Any

from django.conf import settings
from django.contrib.auth.models import User
from django.contrib.contenttypes.models import ContentType
from django.db.models import Case, CharField, F, OuterRef, Q, Subquery, When
from django.db.models.functions import Cast
from django.utils.text import slugify
from modelcluster.models import get_all_child_relations
from wagtail.log_actions import get_active_log_context
from wagtail.models import PageLogEntry, Revision
from wagtail.search.backends import get_search_backends

from affiliates.models import AffiliateLink, AffiliatePage, AffiliateProgramPage
from affiliates.models.base_page import Page
from workflows.core.bulk_insert import insert_inherited

SLUG_LENGTH = 240
"""Leaves room for a number; the field takes 255."""

NAMELESS = "group"
"""The slug of a group whose name has no usable letter."""

FILLED_IN = {"path", "depth", "numchild", "slug", "url_path", "draft_title"} | {
    field.name for field in AffiliatePage._meta.fields if field.is_relation or not field.editable
}
"""Fields that ``add_below`` or a save fills in, and relations, which cost a query each to check."""


def add_below(
    parent: AffiliateProgramPage,
    pages: Sequence[AffiliatePage],
    *,
    by: User | None,
    now: datetime,
) -> list[Revision]:
    """Add new, clean pages with their links below ``parent``; return the revision of each. Pages
    that are not ``live`` are drafts. A slug that a page has already is only made unique.

    Effects, in the caller's transaction: pages, links, revisions and search index. Writes no log
    and sends no signal, not even ``post_save``. The caller must have locked ``parent``, so that no
    one else adds pages below it.
    """
    slugs = set(parent.get_children().values_list("slug", flat=True))
    for page, path in zip(pages, _free_paths(parent), strict=False):
        slug = next_slug(page.slug or page.title, slugs)
        _fill_in(page, parent, path, slug, by, now)
        _say_it_has_no_others(page)
    insert_inherited(pages)
    _insert_links(pages)
    revisions = _add_revisions(pages, by, now)
    for backend in get_search_backends(with_auto_update=True):
        backend.add_bulk(AffiliatePage, pages)
    Page.objects.filter(pk=parent.pk).update(numchild=F("numchild") + len(pages))
    parent.numchild += len(pages)
    return revisions


def log_entry(
    page: AffiliatePage, action: str, *, by: User | None, now: datetime, **details: Any
) -> PageLogEntry:
    """The unsaved entry that Wagtail's ``log`` would write."""
    context = get_active_log_context()
    return PageLogEntry(
        content_type=ContentType.objects.get_for_model(page),
        page_id=page.pk,
        label=page.get_admin_display_title(),
        action=action,
        timestamp=now,
        user=by or context.user,
        uuid=context.uuid,
        **details,
    )


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


def _free_paths(parent: AffiliateProgramPage) -> Iterator[str]:
    last = parent.get_last_child()
    number = Page._str2int(last.path[-Page.steplen :]) if last else 0
    while True:
        number += 1
        yield Page._get_path(parent.path, parent.depth + 1, number)


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
    page.set_url_path(parent)
    if page.live:
        page.first_published_at = page.last_published_at = page.latest_revision_created_at = now


def _say_it_has_no_others(page: AffiliatePage) -> None:
    """Set other child relations empty, to save queries when the revision is written."""
    for relation in get_all_child_relations(AffiliatePage):
        name = relation.get_accessor_name()
        if name != "links":
            getattr(page, name).set([])


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
    newest, is_live = Subquery(of_page.values("pk")[:1]), Q(live=True)
    Page.objects.filter(pk__in=[page.pk for page in pages]).update(
        latest_revision_id=newest,
        latest_revision_created_at=now,
        live_revision_id=Case(When(is_live, then=newest)),
        has_unpublished_changes=Case(When(is_live, then=False), default=True),
    )
    for page, revision in zip(pages, revisions, strict=True):
        page.latest_revision, page.latest_revision_created_at = revision, now
        page.has_unpublished_changes = not page.live
        page.live_revision = revision if page.live else None
    return revisions

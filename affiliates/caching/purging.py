"""Tells a CDN which addresses have changed, by ``wagtail.contrib.frontend_cache``."""

from typing import Any

from django.conf import settings
from django.db import transaction
from wagtail.contrib.frontend_cache.utils import PurgeBatch
from wagtail.query import PageQuerySet

from affiliates.models import Affiliation, ContactUpdate, Transition
from affiliates.models.base_page import Page
from affiliates.models.updates_routes import public_url


def purge(instance: Any) -> None:
    """Tell of the pages that show ``instance``, after the commit, if the site has set up a CDN."""
    if not hasattr(settings, "WAGTAILFRONTENDCACHE"):
        return
    batch = PurgeBatch()
    batch.add_pages(_pages_that_show(instance))
    if isinstance(instance, ContactUpdate):
        batch.add_urls(filter(None, [public_url(instance)]))
    transaction.on_commit(batch.purge, robust=True)


def _pages_that_show(instance: Any) -> PageQuerySet:
    """The pages above a group count it. Whatever else changes may stand on any page, in a menu,
    a footer or a path.
    """
    if isinstance(instance, Transition):
        instance = instance.record
    if isinstance(instance, ContactUpdate):
        instance = instance.affiliation
    if isinstance(instance, Affiliation):
        instance = instance.page
    shown = Page.objects.live().filter(depth__gt=1)
    if isinstance(instance, Page) and instance.is_leaf() and not instance.show_in_menus:
        return shown.ancestor_of(instance, inclusive=True)
    return shown

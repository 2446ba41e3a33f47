"""Which changes make kept answers stale."""

from functools import lru_cache
from typing import Any

from django.contrib.contenttypes.models import ContentType
from django.db.models import Model
from django.db.models.signals import post_delete, post_save
from wagtail import signals as wagtail_signals
from wagtail.contrib.settings.models import AbstractSetting
from wagtail.documents import get_document_model
from wagtail.images import get_image_model
from wagtail.models import Locale, PageViewRestriction, Site
from wagtail.snippets.models import get_snippet_models

from affiliates.caching.purging import purge
from affiliates.caching.store import forget_answers
from affiliates.core.conf import OUR_APPS
from affiliates.models import (
    AffiliateLink,
    Affiliation,
    ApplicationQuestion,
    ContactUpdate,
    Transition,
)
from affiliates.models.base_page import Page
from affiliates.signals import affiliates_listed

DRAFT_FIELDS = frozenset(
    {"draft_title", "has_unpublished_changes", "latest_revision", "latest_revision_created_at"}
)
"""Fields that Wagtail writes when a draft is saved, twice a second while someone types."""


SHOWN = (
    *(Page, AffiliateLink, ApplicationQuestion, Affiliation, ContactUpdate),
    *(PageViewRestriction, Site, Locale, AbstractSetting),
    *(get_image_model(), get_document_model()),
)
"""Pages of every type, since the addresses of ours are below theirs."""


def connect() -> None:
    for signal in (post_save, post_delete):
        signal.connect(forget)
    # Pages that are published in bulk are not saved one by one.
    for signal in (wagtail_signals.post_page_move, wagtail_signals.page_published):
        signal.connect(forget)
    affiliates_listed.connect(forget)


def forget(
    sender: type[Model], instance: Any = None, update_fields: Any = None, **_kwargs: Any
) -> None:
    is_draft = update_fields is not None and DRAFT_FIELDS.issuperset(update_fields)
    # State changes are SQL updates without a signal, but each adds a transition.
    is_move = isinstance(instance, Transition) and instance.content_type == (
        ContentType.objects.get_for_model(Affiliation)
    )
    if (is_shown(sender) and not is_draft) or is_move:
        forget_answers()
        purge(instance)


@lru_cache
def is_shown(model: type[Model]) -> bool:
    """Snippets of other apps can stand on any page."""
    is_theirs = model._meta.app_label not in OUR_APPS
    return issubclass(model, SHOWN) or (is_theirs and model in get_snippet_models())

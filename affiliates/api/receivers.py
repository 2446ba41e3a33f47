"""Which changes make cached answers stale."""

from typing import Any

from django.contrib.contenttypes.models import ContentType
from django.db.models import Model
from django.db.models.signals import post_delete, post_save
from wagtail.images import get_image_model
from wagtail.models import PageViewRestriction, Site
from wagtail.signals import post_page_move

from affiliates.api.caching import forget_answers
from affiliates.models import (
    AffiliateLink,
    Affiliation,
    ApplicationQuestion,
    ContactUpdate,
    Transition,
)
from affiliates.models.base_page import Page

DRAFT_FIELDS = frozenset(
    {"draft_title", "has_unpublished_changes", "latest_revision", "latest_revision_created_at"}
)
"""Fields that Wagtail writes when a draft is saved, twice a second while someone types."""


SHOWN = (
    *(Page, AffiliateLink, ApplicationQuestion, Affiliation, ContactUpdate),
    *(PageViewRestriction, Site, get_image_model()),
)
"""Pages of every type, since the addresses of ours are below theirs."""


def connect() -> None:
    for signal in (post_save, post_delete):
        signal.connect(forget)
    post_page_move.connect(forget)


def forget(
    sender: type[Model], instance: Any = None, update_fields: Any = None, **_kwargs: Any
) -> None:
    is_draft = update_fields is not None and DRAFT_FIELDS.issuperset(update_fields)
    # State changes are SQL updates without a signal, but each adds a transition.
    is_move = isinstance(instance, Transition) and instance.content_type == (
        ContentType.objects.get_for_model(Affiliation)
    )
    if (issubclass(sender, SHOWN) and not is_draft) or is_move:
        forget_answers()

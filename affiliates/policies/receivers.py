"""Receivers of Wagtail's signals about published programs and moved pages."""

from typing import Any

from django.utils import timezone
from wagtail import signals
from wagtail.models import Page

from affiliates.models import AffiliatePage, AffiliateProgramPage
from affiliates.policies.services import follow_moved_page, follow_policy, follow_update_policy
from affiliates.programs.services import ensure_review_workflow


def connect() -> None:
    signals.page_published.connect(prepare_reviews, sender=AffiliateProgramPage)
    signals.post_page_move.connect(follow_move)


def prepare_reviews(instance: AffiliateProgramPage, **_kwargs: Any) -> None:
    if instance.live:
        ensure_review_workflow(program=instance)
        follow_policy(program=instance)
        follow_update_policy(program=instance, now=timezone.now())


def follow_move(instance: Page, **_kwargs: Any) -> None:
    page = instance.specific
    if isinstance(page, AffiliatePage):
        follow_moved_page(page=page, now=timezone.now())

"""Receivers of Wagtail's signals about affiliate pages; each calls one service."""

from typing import Any

from django.db.models.signals import pre_delete
from django.utils import timezone
from wagtail import signals
from wagtail.log_actions import get_active_log_context

from affiliates.affiliations.services.endings import follow_deleted_page, follow_published_page
from affiliates.affiliations.services.lifecycle import ensure_affiliation
from affiliates.affiliations.services.notices import note_bounce
from affiliates.models import AffiliatePage
from affiliates.programs.publishing import is_settled, person_behind
from workflows.signals import mail_bounced


def connect() -> None:
    """Must run after ``applications`` has connected, which sets the date of affiliation."""
    signals.page_published.connect(keep_affiliation, sender=AffiliatePage)
    pre_delete.connect(end_without_page, sender=AffiliatePage)
    mail_bounced.connect(note_bounced_mail)


def keep_affiliation(instance: AffiliatePage, **_kwargs: Any) -> None:
    """An alias only repeats a page, whose group is no affiliate of the other program. Nor is that
    of a copy, unless an editor said so.
    """
    if instance.live and instance.is_affiliate and not is_settled(instance):
        affiliation = ensure_affiliation(page=instance, now=timezone.now())
        follow_published_page(
            affiliation=affiliation, user=person_behind(instance), now=timezone.now()
        )


def end_without_page(instance: AffiliatePage, **_kwargs: Any) -> None:
    user = get_active_log_context().user
    follow_deleted_page(page=instance, user=user, now=timezone.now())


def note_bounced_mail(address: str, **_kwargs: Any) -> None:
    note_bounce(address=address, now=timezone.now())

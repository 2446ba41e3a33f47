"""Receivers of Django's and our signals; each calls one service."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from django.db.models.signals import post_save
from django.utils import timezone
from django.utils.translation import gettext as _
from wagtail.signals import page_published

from affiliates.core.states import AffiliationState, ContactRole
from affiliates.core.text import for_staff
from affiliates.models import (
    AffiliateProgramPage,
    Affiliation,
    Contact,
    ContactUpdate,
    Transition,
)
from affiliates.requirements.queries import asked_commitments, requirements_with_clocks
from affiliates.requirements.services import committing
from affiliates.requirements.services.proving import confirm_by_use, fall_due
from affiliates.requirements.services.statements import follow_statements
from affiliates.signals import (
    affiliates_listed,
    contact_acted,
    contact_bounced,
    record_moved,
    reminders_paused,
    reminders_resumed,
    update_received,
)


def connect() -> None:
    post_save.connect(ask_for_updates, sender=AffiliateProgramPage)
    page_published.connect(note_words, sender=AffiliateProgramPage)
    affiliates_listed.connect(begin)
    record_moved.connect(follow_state, sender=Affiliation)
    reminders_paused.connect(pause)
    reminders_resumed.connect(resume)
    contact_acted.connect(confirm)
    contact_bounced.connect(ask_again)
    update_received.connect(confirm_sender)


def ask_for_updates(instance: AffiliateProgramPage, created: bool, **kwargs: Any) -> None:
    if created and not kwargs.get("raw"):
        committing.ensure_updates(instance)


def note_words(instance: AffiliateProgramPage, **_kwargs: Any) -> None:
    if instance.live:
        follow_statements(program=instance, now=timezone.now())


def begin(affiliations: Sequence[Affiliation], now: datetime, **_kwargs: Any) -> None:
    """All of one program."""
    for first in affiliations[:1]:
        requirements = requirements_with_clocks(first.program)
        committing.commit(affiliations=affiliations, requirements=requirements, now=now)


def follow_state(record: Affiliation, transition: Transition, **_kwargs: Any) -> None:
    if record.state == AffiliationState.ACTIVE:
        committing.take_up(affiliation=record, now=transition.at)
    else:
        committing.stop(affiliation=record, now=transition.at)


def pause(affiliation: Affiliation, until: datetime, now: datetime, **_kwargs: Any) -> None:
    committing.pause_clocks(affiliation=affiliation, until=until, now=now)


def resume(affiliation: Affiliation, now: datetime, **_kwargs: Any) -> None:
    committing.resume_clocks(affiliation=affiliation, now=now)


def confirm(affiliation: Affiliation, contact: Contact, now: datetime, **_kwargs: Any) -> None:
    """Whoever hands over is no longer a contact."""
    still_there = Contact.objects.filter(pk=contact.pk).first()
    confirm_by_use(affiliation=affiliation, contact=still_there, now=now)


def confirm_sender(update: ContactUpdate, **_kwargs: Any) -> None:
    """What staff entered after a call does not show that our mail still reaches the contact."""
    if update.entered_by_id is None:
        confirm_by_use(affiliation=update.affiliation, contact=update.contact, now=update.sent_at)


def ask_again(affiliation: Affiliation, contact: Contact, now: datetime, **_kwargs: Any) -> None:
    if contact.role == ContactRole.PRIMARY:
        owed = asked_commitments().filter(affiliation=affiliation, requirement__kind="contact")
        reason = for_staff(lambda: _("Email to the contact bounced."))
        fall_due(commitments=owed, reason=reason, now=now)

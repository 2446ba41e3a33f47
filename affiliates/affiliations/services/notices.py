"""Notices to staff about an affiliate, open until someone marks them as done."""

from collections.abc import Iterable
from datetime import datetime

from django.contrib.auth.models import User
from django.db import transaction
from django.utils.translation import gettext as _

from affiliates.affiliations.deadlines import DAYS_TO_SEE, NOTICE
from affiliates.core.states import AffiliationState, NoticeKind
from affiliates.models import Affiliation, Contact, Notice
from affiliates.programs.days_off import calendar_for
from affiliates.programs.owners import staff_told_first
from affiliates.signals import contact_bounced
from workflows.deadlines.digests import Told, tell
from workflows.deadlines.services import close_deadlines, open_deadline


def notify_staff(*, affiliation: Affiliation, kind: NoticeKind, text: str, now: datetime) -> Notice:
    """Create the notice, its deadline and the daily email, in the caller's transaction."""
    notice = Notice.objects.create(affiliation=affiliation, kind=kind, text=text, noted_at=now)
    calendar = calendar_for(affiliation)
    due_at = calendar.after(now, DAYS_TO_SEE)
    open_deadline(kind=NOTICE, subject=notice, due_at=due_at, now=now)
    told = [Told(person, calendar, now) for person in staff_told_first(affiliation)]
    tell(told, now=now)
    return notice


def tick_off_all(
    *,
    affiliation: Affiliation,
    user: User | None,
    now: datetime,
    kinds: Iterable[NoticeKind] = tuple(NoticeKind),
) -> None:
    """Mark all notices of these kinds as done, in the caller's transaction."""
    for notice in Notice.objects.filter(affiliation=affiliation, seen_at=None, kind__in=kinds):
        tick_off(notice=notice, user=user, now=now)


def tick_off(*, notice: Notice, user: User | None, now: datetime) -> None:
    """Note who has seen it and when, and close its deadline, in one transaction. Idempotent."""
    with transaction.atomic():
        unseen = Notice.objects.filter(pk=notice.pk, seen_at=None)
        unseen.update(seen_at=now, seen_by=user)
        close_deadlines(kind=NOTICE, subject=notice, outcome="seen", now=now)


def note_bounce(*, address: str, now: datetime) -> int:
    """Mark contacts with a permanently bounced address; return how many. Idempotent. Effects, in
    one transaction: these contacts get no more email. For active affiliates, staff get a notice and
    ``contact_bounced`` is sent, so that the second contact gets open requests.
    """
    with transaction.atomic():
        known = Contact.objects.select_for_update(of=("self",), no_key=True).filter(
            email__iexact=address, bounced_at=None
        )
        contacts = list(known.select_related("affiliation__program"))
        for contact in contacts:
            contact.bounced_at = now
            contact.save(update_fields=["bounced_at"])
            if contact.affiliation and contact.affiliation.state == AffiliationState.ACTIVE:
                _tell(contact, contact.affiliation, now)
    return len(contacts)


def _tell(contact: Contact, affiliation: Affiliation, now: datetime) -> None:
    contact_bounced.send(Contact, contact=contact, affiliation=affiliation, now=now)
    names = {"name": contact.name, "email": contact.email}
    text = _("Email to %(name)s (%(email)s) bounced. Please find the new address.") % names
    notify_staff(affiliation=affiliation, kind=NoticeKind.BOUNCED, text=text, now=now)

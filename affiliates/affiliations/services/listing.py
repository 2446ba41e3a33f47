"""A group hides its own listing at once, and shows it again."""

from datetime import datetime, timedelta

from django.contrib.auth.models import User
from django.contrib.contenttypes.models import ContentType
from django.db import transaction
from django.utils.translation import gettext as _
from wagtail.log_actions import log
from wagtail.models import PageLogEntry

from affiliates.affiliations.services.lifecycle import ask_from, hold_unless_ended, stop_asking
from affiliates.affiliations.services.notices import notify_staff
from affiliates.affiliations.services.pages import pages_of, publish, remove_redirects, take_down
from affiliates.audit import contact_log
from affiliates.audit.transitions import transition
from affiliates.core.conf import settings
from affiliates.core.exceptions import ListingPaused, TooManyListingChanges
from affiliates.core.states import Actor, AffiliationAction, AffiliationState, NoticeKind
from affiliates.core.text import for_staff
from affiliates.models import AffiliatePage, Affiliation, Contact, Transition
from affiliates.programs.promised_days import today_at

HIDDEN = "affiliates.hide"  # log action of the page


def hidden_at(affiliation: Affiliation) -> datetime | None:
    """When the group itself hid its listing; None if it is shown, or paused by staff."""
    if affiliation.state != AffiliationState.PAUSED:
        return None
    moves = Transition.objects.filter(
        content_type=ContentType.objects.get_for_model(Affiliation), object_id=affiliation.pk
    )
    last = moves.last()
    return last.at if last and last.actor == Actor.CONTACT else None


def hide_listing(*, affiliation: Affiliation, by: Contact, now: datetime) -> None:
    """Effects, in one transaction: the state is paused, with all that ``pause_affiliation`` does;
    pages in all languages are unpublished and redirect to the program; log entries; a notice to
    staff. Idempotent. Raises AffiliationEnded, and ListingPaused if staff have paused it.
    """
    with transaction.atomic():
        hold_unless_ended(affiliation)
        if hidden_at(affiliation):
            return
        if affiliation.state == AffiliationState.PAUSED:
            raise ListingPaused
        contact_log.note(affiliation, contact_log.HIDDEN, by=by, now=now)
        transition(affiliation, AffiliationAction.PAUSE, actor=Actor.CONTACT, now=now)
        stop_asking(affiliation, user=None, outcome="paused", now=now)
        for page in pages_of(affiliation):
            if page.live:
                take_down(page, None)
                log(instance=page, action=HIDDEN, timestamp=now)
        text = for_staff(lambda: _("%(name)s has hidden the listing and page.") % {"name": by.name})
        notify_staff(affiliation=affiliation, kind=NoticeKind.LISTING_HIDDEN, text=text, now=now)


def show_listing(*, affiliation: Affiliation, by: Contact, now: datetime) -> None:
    """Undo ``hide_listing``. Effects, in one transaction: the state; the pages that it took down
    are published as they were; the next request is planned, none for the time between; log
    entries; a notice to staff. Idempotent. Raises AffiliationEnded, ListingPaused and
    TooManyListingChanges.
    """
    with transaction.atomic():
        hold_unless_ended(affiliation)
        if affiliation.state == AffiliationState.ACTIVE:
            return
        hidden = hidden_at(affiliation)
        if hidden is None:
            raise ListingPaused
        shown = contact_log.number_since(affiliation, contact_log.SHOWN, now - timedelta(days=1))
        if shown >= settings.CONTACT_CHANGES_PER_DAY:
            raise TooManyListingChanges
        contact_log.note(affiliation, contact_log.SHOWN, by=by, now=now)
        transition(affiliation, AffiliationAction.RESUME, actor=Actor.CONTACT, now=now)
        ask_from(affiliation, today_at(affiliation.program, now))
        _publish_again(affiliation, hidden, None)
        text = for_staff(lambda: _("%(name)s has shown the listing again.") % {"name": by.name})
        notify_staff(affiliation=affiliation, kind=NoticeKind.LISTING_SHOWN, text=text, now=now)


def resume_affiliation(*, affiliation: Affiliation, user: User, now: datetime) -> Affiliation:
    """Staff list the group again, with the pages that the group itself hid, and plan the next
    request, none for missed periods. Raises TransitionNotAllowed.
    """
    with transaction.atomic():
        hold_unless_ended(affiliation)
        hidden = hidden_at(affiliation)
        transition(affiliation, AffiliationAction.RESUME, user=user, now=now)
        ask_from(affiliation, today_at(affiliation.program, now))
        if hidden:
            _publish_again(affiliation, hidden, user)
    return affiliation


def keep_hidden(*, page: AffiliatePage) -> None:
    """Take a page down again that became public although its group hides it, by the approval of a
    change or at a scheduled time. In one transaction.
    """
    paused = Affiliation.objects.filter(
        group_key=page.translation_key, state=AffiliationState.PAUSED
    )
    with transaction.atomic():
        if any(map(hidden_at, paused)):
            take_down(page, None)


def _publish_again(affiliation: Affiliation, hidden: datetime, user: User | None) -> None:
    """Only what the group took down: editors may have had their reasons for the rest."""
    pages = pages_of(affiliation)
    entries = PageLogEntry.objects.filter(page__in=pages, action=HIDDEN, timestamp=hidden)
    taken_down = set(entries.values_list("page", flat=True))
    for page in pages:
        if page.pk in taken_down and not page.live:
            remove_redirects(page)
            publish(page, user)

"""End and reinstate affiliations; a group may also leave by itself."""

from datetime import datetime

from django.contrib.auth.models import User
from django.db import transaction
from django.utils.translation import gettext as _
from wagtail.log_actions import log

from affiliates.affiliations.mails.endings import (
    affiliation_ended,
    affiliation_left,
    affiliation_reinstated,
)
from affiliates.affiliations.services.lifecycle import (
    ask_from,
    hold_affiliation,
    hold_unless_ended,
    stop_asking,
)
from affiliates.affiliations.services.notices import notify_staff, tick_off_all
from affiliates.affiliations.services.pages import (
    pages_of,
    publish,
    redirect_to_program,
    remove_redirects,
    take_down,
)
from affiliates.audit import contact_log
from affiliates.audit.transitions import transition
from affiliates.core.exceptions import NoPageLeft
from affiliates.core.states import Actor, AffiliationAction, AffiliationState, NoticeKind
from affiliates.core.text import for_staff
from affiliates.models import AffiliatePage, Affiliation, Contact
from affiliates.programs.promised_days import today_at
from workflows.mail.outbox import queue

ENDED = "affiliates.end"  # log actions of the page
REINSTATED = "affiliates.reinstate"


def end_affiliation(
    *,
    affiliation: Affiliation,
    user: User,
    reason: str,
    tell: bool = True,
    tell_reason: bool = False,
    now: datetime,
) -> Affiliation:
    """End the affiliation; ``tell_reason`` adds the reason to the email. Effects, in one
    transaction: the state, with the reason; requests, notices and deadlines are closed; pages in
    all languages are unpublished and redirect to the program; log entries; an email to each contact
    if ``tell``. Raises TransitionNotAllowed.
    """
    with transaction.atomic():
        hold_affiliation(affiliation)
        pages = pages_of(affiliation)
        moved = transition(affiliation, AffiliationAction.END, user=user, reason=reason, now=now)
        _close_all(affiliation, now)
        _take_all_down(pages, user, reason)
        if tell:
            queue(*affiliation_ended(affiliation, moved, tell_reason=tell_reason), now=now)
    return affiliation


def leave_program(*, affiliation: Affiliation, by: Contact, reason: str, now: datetime) -> None:
    """A contact ends the affiliation. Effects, in one transaction: as of ``end_affiliation``, but
    each contact gets an email that says who did it, and staff get a notice. Raises
    AffiliationEnded.
    """
    with transaction.atomic():
        hold_unless_ended(affiliation)
        contact_log.note(affiliation, contact_log.LEFT, by=by, now=now)
        moved = transition(
            affiliation, AffiliationAction.END, actor=Actor.CONTACT, reason=reason, now=now
        )
        _close_all(affiliation, now)
        _take_all_down(pages_of(affiliation), None, reason)
        queue(*affiliation_left(affiliation, moved), now=now)
        text = for_staff(lambda: _left(by, reason))
        notify_staff(affiliation=affiliation, kind=NoticeKind.LEFT, text=text, now=now)


def reinstate_affiliation(*, affiliation: Affiliation, user: User, now: datetime) -> Affiliation:
    """Undo the end of an affiliation. Effects, in one transaction: the state; remaining pages are
    published as they were last, without redirects; the next request is planned, none for the time
    between; an email to each contact. Raises TransitionNotAllowed, and NoPageLeft if the page was
    deleted.
    """
    with transaction.atomic():
        hold_affiliation(affiliation)
        pages = pages_of(affiliation)
        if not pages:
            raise NoPageLeft
        _reinstate(affiliation, pages, user=user, is_permitted=False, now=now)
        for page in pages:
            if not page.live:
                publish(page, user)
    return affiliation


def follow_published_page(*, affiliation: Affiliation, user: User | None, now: datetime) -> None:
    """Reinstate an ended affiliation if a person, not the system, published its page."""
    with transaction.atomic():
        hold_affiliation(affiliation)
        if affiliation.state == AffiliationState.ENDED and user:
            pages = pages_of(affiliation)
            _reinstate(affiliation, pages, user=user, is_permitted=True, now=now)


def follow_deleted_page(*, page: AffiliatePage, user: User | None, now: datetime) -> None:
    """Before a page is deleted: use the page of another language, or else end the affiliation.
    Sends no email, since the page may have been a duplicate. Runs in the caller's transaction.
    """
    affiliation = Affiliation.objects.filter(group_key=page.translation_key).first()
    if affiliation is None:
        return
    hold_affiliation(affiliation)
    others = [other for other in pages_of(affiliation) if other.pk != page.pk]
    if others:
        if affiliation.page_id == page.pk:
            affiliation.page = next((other for other in others if other.live), others[0])
            affiliation.save(update_fields=["page", "updated_at"])
        return
    if affiliation.state == AffiliationState.ENDED:
        return
    reason = _("Its page was deleted.")
    transition(
        affiliation, AffiliationAction.END, user=user, reason=reason, is_permitted=True, now=now
    )
    _close_all(affiliation, now)
    if page.live:
        redirect_to_program(page)


def _reinstate(
    affiliation: Affiliation,
    pages: list[AffiliatePage],
    *,
    user: User,
    is_permitted: bool,
    now: datetime,
) -> None:
    moved = transition(
        affiliation, AffiliationAction.REINSTATE, user=user, is_permitted=is_permitted, now=now
    )
    for page in pages:
        remove_redirects(page)
        log(instance=page, action=REINSTATED, user=user)
    ask_from(affiliation, today_at(affiliation.program, now))
    queue(*affiliation_reinstated(affiliation, moved), now=now)


def _close_all(affiliation: Affiliation, now: datetime) -> None:
    """No permission checks. ``support`` closes its requests when it receives the transition."""
    stop_asking(affiliation, user=None, outcome="ended", now=now)
    tick_off_all(affiliation=affiliation, user=None, now=now)


def _take_all_down(pages: list[AffiliatePage], user: User | None, reason: str) -> None:
    for page in pages:
        if page.live:
            take_down(page, user)
        log(instance=page, action=ENDED, user=user, data={"reason": reason})


def _left(by: Contact, reason: str) -> str:
    text = _("%(name)s says that the group leaves. Its page and listing are no longer public.")
    said = text % {"name": by.name}
    return f"{said} " + _("The reason: %(reason)s") % {"reason": reason} if reason else said

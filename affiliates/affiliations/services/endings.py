"""An affiliation ends, and is reinstated."""

from datetime import datetime
from typing import Any

from django.apps import apps
from django.contrib.auth.models import User
from django.db import transaction
from django.utils.translation import gettext as _
from wagtail.actions.publish_page_revision import PublishPageRevisionAction
from wagtail.actions.unpublish_page import UnpublishPageAction
from wagtail.log_actions import log

from affiliates.affiliations.mails.endings import affiliation_ended, affiliation_reinstated
from affiliates.affiliations.services.lifecycle import ask_from, hold_affiliation, stop_asking
from affiliates.affiliations.services.notices import tick_off_all
from affiliates.audit.transitions import transition
from affiliates.core.exceptions import NoPageLeft
from affiliates.core.states import AffiliationAction, AffiliationState
from affiliates.models import AffiliatePage, Affiliation
from affiliates.programs.promised_days import today_at
from workflows.mail.outbox import queue

ENDED = "affiliates.end"
REINSTATED = "affiliates.reinstate"
"""In Wagtail's log of the page."""


def end_affiliation(
    *,
    affiliation: Affiliation,
    user: User,
    reason: str,
    tell: bool = True,
    tell_reason: bool = False,
    now: datetime,
) -> Affiliation:
    """The group is no longer an affiliate. A person decides that, and can undo it.

    ``tell_reason``: the mail to the group says why, too. Effects, in one transaction: the state,
    with the reason; nothing is asked for, owed or promised any more, and no clock runs; its page
    is unpublished in every language, and its address leads to the program for the time being; log
    entries; a mail to each contact if ``tell``. Raises TransitionNotAllowed.
    """
    with transaction.atomic():
        hold_affiliation(affiliation)
        pages = pages_of(affiliation)
        moved = transition(affiliation, AffiliationAction.END, user=user, reason=reason, now=now)
        _close_all(affiliation, now)
        for page in pages:
            if page.live:
                _redirect_to_program(page)
                _unpublish(page, user)
            log(instance=page, action=ENDED, user=user, data={"reason": reason})
        if tell:
            queue(*affiliation_ended(affiliation, moved, tell_reason=tell_reason), now=now)
    return affiliation


def reinstate_affiliation(*, affiliation: Affiliation, user: User, now: datetime) -> Affiliation:
    """The end was a mistake, or things have changed: the group is an affiliate again.

    Effects, in one transaction: the state; the pages that are there are public again, as they were
    last; their addresses lead to them; the next request is planned, none for the time between; a
    mail to each contact. Raises TransitionNotAllowed, and NoPageLeft if the page was deleted.
    """
    with transaction.atomic():
        hold_affiliation(affiliation)
        pages = pages_of(affiliation)
        if not pages:
            raise NoPageLeft
        _reinstate(affiliation, pages, user=user, by_wagtail=False, now=now)
        for page in pages:
            if not page.live:
                _publish(page, user)
    return affiliation


def follow_published_page(*, affiliation: Affiliation, user: User | None, now: datetime) -> None:
    """Someone published the page of an affiliation that has ended: that reinstates it.

    Only a person does, so a page that is published without one changes nothing. Effects as of
    ``reinstate_affiliation``.
    """
    with transaction.atomic():
        hold_affiliation(affiliation)
        if affiliation.state == AffiliationState.ENDED and user:
            pages = pages_of(affiliation)
            _reinstate(affiliation, pages, user=user, by_wagtail=True, now=now)


def follow_deleted_page(*, page: AffiliatePage, user: User | None, now: datetime) -> None:
    """The page is about to be deleted. With the last one in any language, the affiliation ends.

    Nobody is told by mail: a page may go because it was one too many. Effects, in the caller's
    transaction: another language's page takes its place, or else those of an end.
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
        affiliation, AffiliationAction.END, user=user, reason=reason, by_wagtail=True, now=now
    )
    _close_all(affiliation, now)
    if page.live:
        _redirect_to_program(page)


def pages_of(affiliation: Affiliation) -> list[AffiliatePage]:
    """Its page in every language, published or not, that of the affiliation first."""
    found = AffiliatePage.objects.filter(translation_key=affiliation.group_key).order_by("pk")
    return sorted(found, key=lambda page: page.pk != affiliation.page_id)


def _unpublish(page: AffiliatePage, user: User) -> None:
    """Whoever looks after affiliates may end one, and need not be allowed to publish pages."""
    UnpublishPageAction(page, user=user).execute(skip_permission_checks=True)


def _publish(page: AffiliatePage, user: User) -> None:
    """What the public saw last, not what someone has drafted since."""
    revision = page.save_revision(user=user)
    PublishPageRevisionAction(revision, user=user).execute(skip_permission_checks=True)


def _reinstate(
    affiliation: Affiliation,
    pages: list[AffiliatePage],
    *,
    user: User,
    by_wagtail: bool,
    now: datetime,
) -> None:
    moved = transition(
        affiliation, AffiliationAction.REINSTATE, user=user, by_wagtail=by_wagtail, now=now
    )
    for page in pages:
        _remove_redirects(page)
        log(instance=page, action=REINSTATED, user=user)
    ask_from(affiliation, today_at(affiliation.program, now))
    queue(*affiliation_reinstated(affiliation, moved), now=now)


def _close_all(affiliation: Affiliation, now: datetime) -> None:
    """All of it follows from the end, so nobody is asked whether they may do each by itself.

    Calls for help are closed by the room ``support``, which hears of the end.
    """
    stop_asking(affiliation, user=None, outcome="ended", now=now)
    tick_off_all(affiliation=affiliation, user=None, now=now)


AUTOMATIC = {"is_permanent": False, "automatically_created": True}
"""Tells our redirects from those of editors."""


def _redirect_to_program(page: AffiliatePage) -> None:
    """Where the address of a page that was taken down leads meanwhile: to the program's directory.

    Effects: a temporary redirect, unless editors made one for this address, or the site does
    without Wagtail's redirects.
    """
    model, address = _redirect_from(page)
    if model and address:
        defaults = {"redirect_page": page.get_parent(), **AUTOMATIC}
        model.objects.get_or_create(**address, defaults=defaults)


def _remove_redirects(page: AffiliatePage) -> None:
    """Effects: the redirect to the program is gone; those of editors stay."""
    model, address = _redirect_from(page)
    if model and address:
        model.objects.filter(**address, **AUTOMATIC).delete()


def _redirect_from(page: AffiliatePage) -> tuple[Any, dict[str, Any] | None]:
    """Wagtail's model of redirects, if the site has it, and the page's address, if it has one."""
    parts = page.get_url_parts()
    if not apps.is_installed("wagtail.contrib.redirects") or parts is None or parts[2] is None:
        return None, None
    model: Any = apps.get_model("wagtailredirects", "Redirect")
    return model, {"old_path": model.normalise_path(parts[2]), "site_id": parts[0]}

"""End and reinstate affiliations."""

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
        for page in pages:
            if page.live:
                _redirect_to_program(page)
                _unpublish(page, user)
            log(instance=page, action=ENDED, user=user, data={"reason": reason})
        if tell:
            queue(*affiliation_ended(affiliation, moved, tell_reason=tell_reason), now=now)
    return affiliation


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
        _reinstate(affiliation, pages, user=user, by_wagtail=False, now=now)
        for page in pages:
            if not page.live:
                _publish(page, user)
    return affiliation


def follow_published_page(*, affiliation: Affiliation, user: User | None, now: datetime) -> None:
    """Reinstate an ended affiliation if a person, not the system, published its page."""
    with transaction.atomic():
        hold_affiliation(affiliation)
        if affiliation.state == AffiliationState.ENDED and user:
            pages = pages_of(affiliation)
            _reinstate(affiliation, pages, user=user, by_wagtail=True, now=now)


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
        affiliation, AffiliationAction.END, user=user, reason=reason, by_wagtail=True, now=now
    )
    _close_all(affiliation, now)
    if page.live:
        _redirect_to_program(page)


def pages_of(affiliation: Affiliation) -> list[AffiliatePage]:
    """Its pages in all languages, published or not, the main one first."""
    found = AffiliatePage.objects.filter(translation_key=affiliation.group_key).order_by("pk")
    return sorted(found, key=lambda page: page.pk != affiliation.page_id)


def _unpublish(page: AffiliatePage, user: User) -> None:
    """Managing affiliates does not require permission to publish pages."""
    UnpublishPageAction(page, user=user).execute(skip_permission_checks=True)


def _publish(page: AffiliatePage, user: User) -> None:
    """Publish what was public last, not a later draft."""
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
    """No permission checks. ``support`` closes its requests when it receives the transition."""
    stop_asking(affiliation, user=None, outcome="ended", now=now)
    tick_off_all(affiliation=affiliation, user=None, now=now)


# Distinguishes our redirects from those of editors.
AUTOMATIC = {"is_permanent": False, "automatically_created": True}


def _redirect_to_program(page: AffiliatePage) -> None:
    """Redirect temporarily, unless editors did or the site lacks Wagtail's redirects."""
    model, address = _redirect_from(page)
    if model and address:
        defaults = {"redirect_page": page.get_parent(), **AUTOMATIC}
        model.objects.get_or_create(**address, defaults=defaults)


def _remove_redirects(page: AffiliatePage) -> None:
    model, address = _redirect_from(page)
    if model and address:
        model.objects.filter(**address, **AUTOMATIC).delete()


def _redirect_from(page: AffiliatePage) -> tuple[Any, dict[str, Any] | None]:
    parts = page.get_url_parts()
    if not apps.is_installed("wagtail.contrib.redirects") or parts is None or parts[2] is None:
        return None, None
    model: Any = apps.get_model("wagtailredirects", "Redirect")
    return model, {"old_path": model.normalise_path(parts[2]), "site_id": parts[0]}

"""Telling other programs by webhooks what has happened. What is said stands in ``webhooks.py``."""

from collections.abc import Sequence
from datetime import datetime
from functools import partial
from typing import Any

from django.db.models import Model

from affiliates.core.states import Action, AffiliationAction, AffiliationState
from affiliates.models import AffiliatePage, Affiliation, Application, ContactUpdate
from affiliates.updates.queries import published_updates_of
from affiliates.webhooks.events import (
    AFFILIATE_CHANGED,
    AFFILIATE_ENDED,
    AFFILIATE_LISTED,
    APPLICATION_DECIDED,
    APPLICATION_RECEIVED,
    UPDATE_PUBLISHED,
    affiliate_data,
    application_data,
    update_data,
)
from workflows.webhooks.services import emit, is_wanted

EVENT_OF_ACTION: dict[str, str] = {
    Action.SUBMIT: APPLICATION_RECEIVED,
    Action.APPROVE: APPLICATION_DECIDED,
    Action.DECLINE: APPLICATION_DECIDED,
    Action.WITHDRAW: APPLICATION_DECIDED,
    AffiliationAction.PAUSE: AFFILIATE_CHANGED,
    AffiliationAction.RESUME: AFFILIATE_CHANGED,
    AffiliationAction.END: AFFILIATE_ENDED,
    AffiliationAction.REINSTATE: AFFILIATE_LISTED,
}
"""Moves of applications and affiliations that others may hear of."""


def emit_move(record: Model, action: str, *, now: datetime) -> None:
    """Called where states are written, so that no way to move a record is left out.

    Effects, in the caller's transaction: the event of this action, if it has one and anybody wants
    it. A draft that was never sent is nobody's business.
    """
    if isinstance(record, Application) and record.submitted_at:
        _tell_of_application(record, EVENT_OF_ACTION.get(action), now)
    elif isinstance(record, Affiliation):
        event = EVENT_OF_ACTION.get(action)
        if event:
            emit(event, record, partial(affiliate_data, record), now=now)


def emit_listed(affiliations: Sequence[Affiliation], *, now: datetime) -> None:
    """Groups stand in the directory for the first time.

    Effects, in the caller's transaction: an event each; one query if nobody wants them.
    """
    if is_wanted(AFFILIATE_LISTED):
        for affiliation in affiliations:
            data = partial(affiliate_data, affiliation)
            emit(AFFILIATE_LISTED, affiliation, data, now=now, occurrence="first")


def emit_changed_page(affiliation: Affiliation, page: AffiliatePage, *, now: datetime) -> None:
    """The group's page was published again; the first time is ``emit_listed``.

    Effects, in the caller's transaction: an event for those to whom it says something new.
    """
    if page.first_published_at != page.last_published_at:
        _tell_of_page(affiliation, page, now=now, is_hidden=False)


def emit_hidden_page(*, page: AffiliatePage, now: datetime) -> None:
    """The group's page is not public any more, or about to be deleted.

    Effects: an event for those to whom it is new.
    """
    affiliation = Affiliation.objects.filter(group_key=page.translation_key).first()
    if affiliation:
        _tell_of_page(affiliation, page, now=now, is_hidden=True)


def emit_published_update(*, update: ContactUpdate, now: datetime) -> None:
    """What a group wrote is on its page, for the first time or corrected.

    Effects: an event, if the public sees it; none if it says the same as the last one.
    """
    if is_wanted(UPDATE_PUBLISHED) and _is_public(update):
        data = partial(update_data, update)
        emit(UPDATE_PUBLISHED, update, data, now=now, only_news=True)


def _is_public(update: ContactUpdate) -> bool:
    return published_updates_of(update.affiliation).filter(pk=update.pk).exists()


def _tell_of_application(application: Application, event: str | None, now: datetime) -> None:
    def data() -> dict[str, Any]:
        said = application_data(application)
        return said if event == APPLICATION_RECEIVED else said | {"decided_at": now}

    if event:
        emit(event, application, data, now=now, occurrence=application.state)


def _tell_of_page(
    affiliation: Affiliation, page: AffiliatePage, *, now: datetime, is_hidden: bool
) -> None:
    """A translation is not what others know the group by; after the end there is nothing to say."""
    if affiliation.page_id == page.pk and affiliation.state != AffiliationState.ENDED:
        data = partial(affiliate_data, affiliation, is_hidden=is_hidden)
        emit(AFFILIATE_CHANGED, affiliation, data, now=now, only_news=True)

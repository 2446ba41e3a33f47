"""A group's own page, by the token of its link. Private: never kept by a cache."""

import uuid
from datetime import date, datetime
from typing import Any

from django.http import HttpRequest
from django.utils import timezone
from ninja import Router

from affiliates.affiliations.services.reminders import longest_pause
from affiliates.api.schemas import Problem as ProblemOut
from affiliates.core.states import SupportState
from affiliates.links.api import active_session_at, session_at
from affiliates.links.sessions import LinkSession
from affiliates.links.tokens import Purpose, sign
from affiliates.models import Contact, SupportRequest, UpdateRequest
from affiliates.portal.api.contacts import own_contact
from affiliates.portal.api.schemas import OwnGroup, ToldUpdate, UnaskedUpdateIn
from affiliates.portal.details import SentUpdate, own_details
from affiliates.updates.api.requests import offers_of, own_update, take_update
from affiliates.updates.queries import when_asked_again
from affiliates.updates.services.sending import Shown

router = Router(tags=["Your group"])


@router.get(
    "affiliations/{token}/",
    response={200: OwnGroup, **dict.fromkeys((404, 410, 429), ProblemOut)},
    operation_id="getGroup",
    summary="How the group stands, what it owes and is owed",
)
def get_group(request: HttpRequest, token: str) -> dict[str, Any]:
    """All that the group's own page shows. Looking changes nothing."""
    return own_group(session_at(token, Purpose.AFFILIATE), timezone.now())


@router.post(
    "affiliations/{token}/updates/",
    response={
        200: ToldUpdate,
        **dict.fromkeys((400, 404, 409, 410, 413, 415, 422, 429), ProblemOut),
    },
    operation_id="tellUpdate",
    summary="Tell something unasked, or change it",
)
def tell_update(request: HttpRequest, token: str, body: UnaskedUpdateIn) -> dict[str, Any]:
    """By the rules of the form on the page. It answers what is asked at the moment, too."""
    now = timezone.now()
    update = take_update(active_session_at(token, Purpose.AFFILIATE), body, now)
    session = session_at(token, Purpose.AFFILIATE)
    shown = own_update(session, update, now)
    return {
        "update": shown,
        "version": str(Shown.beside(update, can_change=shown["can_change"])),
        **when_asked_again(session.affiliation),
    }


def own_group(session: LinkSession, now: datetime) -> dict[str, Any]:
    found = own_details(session.affiliation, now)
    affiliation, today, page = session.affiliation, found["today"], found["page"]
    return {
        "reference": affiliation.reference,
        "program": session.program.slug,
        "affiliate": affiliation.name,
        "state": affiliation.state,
        "standing": _standing(found["standing"]),
        "open_requests": [_open(one, session.contact, today) for one in found["owed"]],
        "past_requests": [_past(one) for one in found["periods"]],
        "updates": [_sent(one) for one in found["updates"]],
        "calls": [_call(one, today) for one in found["calls"]],
        "contacts": [own_contact(one, session.contact) for one in found["contacts"]],
        "reminders": {
            "paused_until": found["paused_until"],
            "longest_pause": longest_pause(affiliation, now),
        },
        "offers": offers_of(session.program),
        "version": str(uuid.uuid4()),
        **when_asked_again(affiliation),
        "url": page.full_url if page else None,
    }


def _standing(standing: Any) -> dict[str, Any]:
    return {
        "level": standing.level,
        "label": standing.label,
        "reasons": standing.reasons_for_group,
    }


def _open(asked: UpdateRequest, contact: Contact, today: date) -> dict[str, Any]:
    return {
        "reference": asked.reference,
        "period": asked.period.label,
        "due_on": asked.due_on,
        "is_late": asked.due_on < today,
        "token": sign(asked.reference, contact.link_nonce, Purpose.UPDATE),
    }


def _past(asked: UpdateRequest) -> dict[str, Any]:
    return {"period": asked.period.label, "state": asked.state}


def _sent(sent: SentUpdate) -> dict[str, Any]:
    update = sent.update
    return {
        "kind": update.kind,
        "text": update.text,
        "needs": update.needs,
        "publish": update.may_publish,
        "sent_at": update.sent_at,
        "period": update.request.period.label if update.request else None,
        "became": str(sent.became),
        "asked_changes": update.asked_changes if sent.is_asked_about else "",
        "read_by": sent.read_by,
        "url": sent.url or None,
        "version": f"{update.key}.{update.version}" if sent.can_change else None,
    }


def _call(call: SupportRequest, today: date) -> dict[str, Any]:
    return {
        "reference": call.reference,
        "text": call.text,
        "needs": call.needs,
        "state": call.state,
        "opened_at": call.opened_at,
        "due_on": call.due_on,
        "is_late": call.state == SupportState.OPEN and call.due_on < today,
        "answer": call.answer,
        "answered_at": call.answered_at,
    }

"""An update that was asked for, by the token of the mail. Private: never kept by a cache.

What the page behind the link does, by the same form and the same service.
"""

from datetime import datetime
from typing import Any

from django.http import HttpRequest
from django.utils import timezone
from ninja import Router

from affiliates.api.problems import UPDATE_CHANGED, UPDATE_MODERATED, Problem, invalid
from affiliates.api.schemas import Problem as ProblemOut
from affiliates.core.exceptions import AffiliationEnded, UpdateChanged, UpdateModerated
from affiliates.core.states import UpdateKind
from affiliates.links.api import active_session_at, ended
from affiliates.links.sessions import LinkSession
from affiliates.links.tokens import Purpose
from affiliates.models import AffiliateProgramPage, ContactUpdate
from affiliates.updates.api.form import WholeUpdateForm, shown_with, version_of
from affiliates.updates.api.schemas import OwnUpdateRequest, UpdateIn
from affiliates.updates.details import about_request, what_comes_next, when_asked_again
from affiliates.updates.forms import UpdateForm
from affiliates.updates.services.answers import answer_of, take_answer

router = Router(tags=["Your update"])


@router.get(
    "update-requests/{token}/",
    response={200: OwnUpdateRequest, **dict.fromkeys((404, 410, 429), ProblemOut)},
    operation_id="getUpdateRequest",
    summary="What is asked, and what was answered",
)
def get_update_request(request: HttpRequest, token: str) -> dict[str, Any]:
    """Of which time, by when, and what stands as the answer. Looking changes nothing."""
    return own_request(active_session_at(token, Purpose.UPDATE), timezone.now())


@router.post(
    "update-requests/{token}/",
    response={
        200: OwnUpdateRequest,
        **dict.fromkeys((400, 404, 409, 410, 413, 415, 422, 429), ProblemOut),
    },
    operation_id="sendUpdate",
    summary="Answer it, or change the answer",
)
def send_update(request: HttpRequest, token: str, body: UpdateIn) -> dict[str, Any]:
    """By the rules of the form on the page. The same twice is no mistake, and a late answer is
    welcome. What would undo an answer that the sender has not read is refused.
    """
    now = timezone.now()
    take_update(active_session_at(token, Purpose.UPDATE), body, now)
    return own_request(active_session_at(token, Purpose.UPDATE), now)


def take_update(session: LinkSession, body: UpdateIn, now: datetime) -> ContactUpdate:
    """What the form and the service make of it. Raises Problem."""
    shown = shown_with(body.version)
    current = session.affiliation.updates.filter(key=shown.key).first()
    form = WholeUpdateForm(session.program, body, current)
    mistakes = list(form.mistakes())
    if mistakes:
        raise invalid(*mistakes)
    try:
        return take_answer(
            affiliation=session.affiliation,
            contact=session.contact,
            content=form.content(),
            shown=shown,
            request=session.asked,
            now=now,
        )
    except UpdateChanged:
        raise Problem(UPDATE_CHANGED) from None
    except UpdateModerated:
        raise Problem(UPDATE_MODERATED) from None
    except AffiliationEnded:
        raise ended(session.program) from None


def own_request(session: LinkSession, now: datetime) -> dict[str, Any]:
    asked: Any = session.asked
    answer = answer_of(asked)
    shown = own_update(session, answer, now) if answer else None
    to_change = answer if shown and shown["can_change"] else None
    about = about_request(asked, now)
    return {
        "reference": asked.reference,
        "program": session.program.slug,
        "affiliate": session.affiliation.name,
        "period": about["period"],
        "due_on": about["due_on"],
        "is_late": about["is_late"],
        "state": asked.state,
        "offers": offers_of(session.program, to_change),
        "answer": shown,
        "version": version_of(answer, can_change=to_change is not None),
        **when_asked_again(session.affiliation),
    }


def offers_of(
    program: AffiliateProgramPage, to_change: ContactUpdate | None = None
) -> list[dict[str, str]]:
    """As on the form: what was asked for before can be asked for again."""
    offers = UpdateForm(program, current=to_change).offers
    return [{"id": key, "text": words} for key, words in offers.items()]


def own_update(session: LinkSession, answer: ContactUpdate, now: datetime) -> dict[str, Any]:
    answer.affiliation = session.affiliation
    comes = what_comes_next(answer, now)
    return {
        "kind": answer.kind,
        "text": answer.text,
        "needs": answer.needs,
        "publish": answer.may_publish,
        "sent_at": answer.sent_at,
        "can_change": comes["can_change"],
        "read_by": comes["read_by"] if answer.kind == UpdateKind.NEWS else None,
        "help_by": comes["help_by"] if answer.kind == UpdateKind.HELP else None,
    }

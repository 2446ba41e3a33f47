"""An update that was asked for, by the token of the mail. Private: never kept by a cache.

What the page behind the link does, by the same form and the same service.
"""

from datetime import datetime
from typing import Any

from django.http import Http404, HttpRequest
from django.utils import timezone
from django.utils.translation import gettext as _
from ninja import Router

from affiliates.api.flat_update import WholeUpdateForm, shown_with, version_of
from affiliates.api.problems import (
    AFFILIATION_ENDED,
    UPDATE_CHANGED,
    UPDATE_MODERATED,
    Problem,
    invalid,
)
from affiliates.api.schemas import Problem as ProblemOut
from affiliates.api.telling import OwnUpdateRequest, UpdateIn
from affiliates.api.tokens import claim_of
from affiliates.exceptions import AffiliationEnded, UpdateChanged, UpdateModerated
from affiliates.forms.updates import UpdateForm
from affiliates.links import Purpose
from affiliates.models import AffiliateProgramPage, ContactUpdate, UpdateRequest
from affiliates.services.answers import Shown, answer_of, take_answer
from affiliates.services.updates import UpdateContent, can_be_changed
from affiliates.states import AffiliationState, UpdateKind
from affiliates.update_details import about_request, what_comes_next, when_asked_again
from affiliates.views.visits import Visit, visit_with

router = Router(tags=["Your update"])


@router.get(
    "update-requests/{token}/",
    response={200: OwnUpdateRequest, **dict.fromkeys((404, 410, 429), ProblemOut)},
    operation_id="getUpdateRequest",
    summary="What is asked, and what was answered",
)
def get_update_request(request: HttpRequest, token: str) -> dict[str, Any]:
    """Of which time, by when, and what stands as the answer. Looking changes nothing."""
    return own_request(visit_at(token), timezone.now())


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
    visit, shown, now = visit_at(token), shown_with(body.version), timezone.now()
    current = visit.affiliation.updates.filter(key=shown.key).first()
    form = WholeUpdateForm(visit.program, body, current)
    mistakes = list(form.mistakes())
    if mistakes:
        raise invalid(*mistakes)
    _send(visit, form.content(), shown, now)
    return own_request(visit_at(token), now)


def visit_at(token: str) -> Visit:
    """Who came with the token, to which request. Raises Problem or Http404."""
    claim = claim_of(token, (Purpose.UPDATE,))
    visit = visit_with(claim.nonce, claim.reference, claim.purpose)
    if visit is None:
        raise Http404
    if visit.affiliation.state == AffiliationState.ENDED:
        raise _ended(visit.program)
    return visit


def own_request(visit: Visit, now: datetime) -> dict[str, Any]:
    asked: Any = visit.asked
    answer = answer_of(asked)
    about = about_request(asked, now)
    return {
        "reference": asked.reference,
        "program": visit.program.slug,
        "affiliate": visit.affiliation.name,
        "period": about["period"],
        "due_on": about["due_on"],
        "is_late": about["is_late"],
        "state": asked.state,
        "offers": _offers(visit.program, answer),
        "answer": _answer(asked, answer, now) if answer else None,
        "version": version_of(answer),
        **when_asked_again(visit.affiliation),
    }


def _send(visit: Visit, content: UpdateContent, shown: Shown, now: datetime) -> None:
    try:
        take_answer(
            affiliation=visit.affiliation,
            contact=visit.contact,
            content=content,
            shown=shown,
            request=visit.asked,
            now=now,
        )
    except UpdateChanged:
        raise Problem(UPDATE_CHANGED) from None
    except UpdateModerated:
        raise Problem(UPDATE_MODERATED) from None
    except AffiliationEnded:
        raise _ended(visit.program) from None


def _offers(program: AffiliateProgramPage, answer: ContactUpdate | None) -> list[dict[str, str]]:
    """As on the form: what was asked for before can be asked for again."""
    to_change = answer if answer and can_be_changed(answer) else None
    offers = UpdateForm(program, current=to_change).offers
    return [{"id": key, "text": words} for key, words in offers.items()]


def _answer(asked: UpdateRequest, answer: ContactUpdate, now: datetime) -> dict[str, Any]:
    answer.affiliation = asked.affiliation
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


def _ended(program: AffiliateProgramPage) -> Problem:
    detail = _("If that is a mistake, write to %(email)s.") % {"email": program.contact_email}
    return Problem(AFFILIATION_ENDED, detail=f"{AFFILIATION_ENDED.detail} {detail}")

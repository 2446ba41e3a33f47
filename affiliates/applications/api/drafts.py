"""Saving an application to finish it later, here or on the website's own form."""

from collections.abc import Iterator
from typing import Any

from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from ninja import Router
from ninja.responses import Status
from wagtail.coreutils import get_content_languages

from affiliates.api.idempotency import (
    IdempotencyKey,
    draft_changed,
    form_token_for,
    refuse_too_many,
)
from affiliates.api.problems import DRAFT_SENT, KEY_REUSED, Mistake, Problem, invalid
from affiliates.api.schemas import Problem as ProblemOut
from affiliates.applications.api.draft_body import body_of
from affiliates.applications.api.form import FlatApplication
from affiliates.applications.api.own import any_application_at, api_status_url
from affiliates.applications.api.schemas import Draft, DraftIn, Saved
from affiliates.applications.forms.public import DraftForm
from affiliates.applications.services.submission import save_draft
from affiliates.core.conf import settings
from affiliates.core.exceptions import DraftChanged, KeyReused
from affiliates.core.states import ApplicationState
from affiliates.directory.api.programs import program_at
from affiliates.links.tokens import Purpose
from affiliates.spam.client_networks import network_hash
from affiliates.spam.form_tokens import form_token_of_draft

router = Router(tags=["Applying"])

EMAIL = ("contact", "email")


@router.post(
    "programs/{slug}/drafts/",
    response={
        201: Saved,
        **dict.fromkeys((400, 404, 409, 413, 415, 422, 429), ProblemOut),
    },
    operation_id="saveDraft",
    summary="Save it, to finish it later",
)
def save_draft_of(request: HttpRequest, slug: str, key: IdempotencyKey, body: DraftIn) -> Status:
    """The link to go on is mailed to the contact, once. Nothing but the address is judged. Saved
    again with the same key, or with the version that was read, it takes the place of the earlier.
    """
    program, now = program_at(request, slug), timezone.now()
    flat = FlatApplication(program, body)
    typed = flat.typed()
    form = DraftForm(flat.data, typed)
    mistakes = [*flat.mistakes, *_mistakes(form)]
    if mistakes:
        raise invalid(*mistakes)
    form_token = form_token_for(program, key, body.version, now=now)
    refuse_too_many(request, form_token.key, body.proof, now=now)
    try:
        draft = save_draft(
            program=program,
            key=form_token.key,
            form_token=form_token,
            email=form.cleaned_data["contact_email"],
            typed=typed,
            language=_language(body),
            now=now,
            network_hash=network_hash(request),
        )
    except KeyReused:
        raise Problem(KEY_REUSED, detail=_("It was sent already. Nothing was saved now.")) from None
    except DraftChanged:
        raise draft_changed(form_token) from None
    return Status(201, {"reference": draft.reference, "link_days": settings.DRAFT_LINK_DAYS})


@router.get(
    "drafts/{token}/",
    response={200: Draft, **dict.fromkeys((404, 410, 429), ProblemOut)},
    operation_id="getDraft",
    summary="Go on with a saved one",
    tags=["Your application"],
)
def get_draft(request: HttpRequest, token: str) -> dict[str, Any]:
    """As it was typed, on whichever of the forms."""
    draft = any_application_at(token, (Purpose.DRAFT,))
    if draft.state != ApplicationState.DRAFT:
        raise Problem(DRAFT_SENT, status_url=api_status_url(draft))
    return {
        "reference": draft.reference,
        "program": draft.program.slug,
        "saved_at": draft.updated_at,
        "application": {**body_of(draft), "version": form_token_of_draft(draft)},
    }


def _language(body: DraftIn) -> str:
    known = get_content_languages()
    return body.language if body.language in known else get_language() or ""


def _mistakes(form: DraftForm) -> Iterator[Mistake]:
    for name, errors in form.errors.get_json_data().items():
        place = EMAIL if name == "contact_email" else ()
        for error in errors:
            yield Mistake(place, error["message"], error["code"] or "invalid")

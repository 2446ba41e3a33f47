"""The API of what a group has promised, by the token of its link. Private, never cached."""

from collections.abc import Iterable
from datetime import date
from typing import Any

from django.http import HttpRequest, QueryDict
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from ninja import Router, Schema
from pydantic import Field, StrictBool, StrictInt, StrictStr

from affiliates.affiliations.standing.rules import standing_of
from affiliates.api.problems import Mistake, Problem, invalid
from affiliates.api.schemas import text as words
from affiliates.applications.api.schemas import strictly
from affiliates.core.exceptions import RequirementGone
from affiliates.core.states import Actor, RequirementState
from affiliates.links.api import active_session_at, session_at
from affiliates.links.sessions import LinkSession
from affiliates.links.tokens import Purpose
from affiliates.models import Commitment
from affiliates.portal.api.contacts import check, refusing
from affiliates.portal.api.schemas import LOOKING, SENDING, Reference
from affiliates.portal.queries import Promise, checklist
from affiliates.requirements.kinds import ProofForm
from affiliates.requirements.services.proving import prove

router = Router(tags=["Your group"])

NOT_THERE = _("There is no such requirement, or it is not proved here.")
MOST = 2**63 - 1


class ProofField(Schema):
    name: str = words("In `values`.", "note")
    label: str = words("For people.", "Please tell us in a sentence or two")
    help_text: str = words("More words for people; may be empty.")
    type: str = words("Of the input in HTML.", "textarea")
    required: bool = words("Whether it has to be filled in.")
    choices: list[list[str]] = words("Pairs of value and label, if one of them is chosen.")


class OwnRequirement(Schema):
    id: int = words("To prove it.")
    kind: str = words("How it is proved.", "contact")
    name: str = words("In a few words.", "Contact confirmed")
    asks: str = words("What the group is asked for.", "Tell us that we still write to you.")
    state: str = words("For programs.", "due", enum=RequirementState.values)
    label: str = words("In words.", "Due")
    why: str = words("A sentence.", "Due on March 1, 2027.")
    found_out: str = words(
        "What we know of it, in a sentence, such as where we saw the badge; may be empty.",
        "We saw it on your website on March 1, 2027.",
    )
    since: date | None = words("The day on which this state began.")
    due_on: date | None = words("The day by which it is due.")
    can_prove: bool = words("Whether the group can prove it by itself.")
    fields: list[ProofField] = words("What a proof has. Empty: sending it is enough.")
    shown: str = words("If not empty, send it in `values`: it names the words that were shown.")


class ProofIn(Schema):
    model_config = strictly("requirement", "values")

    requirement: StrictInt = Field(description="Its `id`.", examples=[7], ge=1, le=MOST)
    values: dict[StrictStr, StrictStr | StrictBool | list[StrictStr]] = Field(
        description="By the names of the fields.", examples=[{"note": "We shared it in May."}]
    )


class OwnRequirements(Schema):
    reference: Reference
    requirements: list[OwnRequirement] = words("In the program’s order.")


@router.get(
    "affiliations/{token}/requirements/",
    response={200: OwnRequirements, **LOOKING},
    summary="What the group has promised, and how it keeps it",
)
def list_requirements(request: HttpRequest, token: str) -> dict[str, Any]:
    """With what is needed to make forms of it. Looking changes nothing."""
    session = session_at(token, Purpose.AFFILIATE)
    return _own_requirements(session)


@router.post(
    "affiliations/{token}/requirements/",
    response={200: OwnRequirements, **SENDING},
    summary="Prove one of them",
)
def prove_requirement(request: HttpRequest, token: str, body: ProofIn) -> dict[str, Any]:
    """By the rules of the form on the page. Files are sent on the page only."""
    session = active_session_at(token, Purpose.AFFILIATE)
    form = _form(_promise(session, body.requirement), session, _as_typed(body.values))
    check(form, **{name: ("values", name) for name in form.fields})
    try:
        with refusing(session):
            prove(
                commitment=form.commitment,
                actor=Actor.CONTACT,
                contact=session.contact,
                **form.given(),
                now=timezone.now(),
            )
    except RequirementGone:
        raise _not_there() from None
    return _own_requirements(session)


def _own_requirements(session: LinkSession) -> dict[str, Any]:
    own = [_own(promise, session) for promise in _promises(session)]
    return {"reference": session.reference, "requirements": own}


def _promises(session: LinkSession) -> list[Promise]:
    return checklist(standing_of(session.affiliation, timezone.now()))


def _promise(session: LinkSession, key: int) -> Promise:
    """Raises Problem if nothing can be proved."""
    found = (one for one in _promises(session) if one.can_prove)
    promise = next((one for one in found if one.status.requirement.pk == key), None)
    if promise is None:
        raise _not_there()
    return promise


def _not_there() -> Problem:
    return invalid(Mistake(("requirement",), str(NOT_THERE), "not_there"))


def _form(promise: Promise, session: LinkSession, values: Any = None) -> ProofForm:
    commitment: Commitment | Any = promise.status.commitment
    commitment.affiliation = session.affiliation
    form_class: Any = promise.kind.form
    return form_class(values, commitment=commitment)


def _as_typed(values: dict[str, str | bool | list[str]]) -> QueryDict:
    """As a browser sends them, which is what fields read."""
    data = QueryDict(mutable=True)
    for name, value in values.items():
        several = value if isinstance(value, list) else [value] if isinstance(value, str) else []
        if texts := ["on"] if value is True else several:
            data.setlist(name, texts)
    return data


def _own(promise: Promise, session: LinkSession) -> dict[str, Any]:
    status, form = promise.status, _form(promise, session) if promise.can_prove else None
    requirement = status.requirement
    return {
        "id": requirement.pk,
        "kind": requirement.kind,
        "name": requirement.name,
        "asks": str(promise.asks),
        "state": status.state,
        "label": str(status.label),
        "why": status.why,
        "found_out": promise.found_out,
        "since": status.since,
        "due_on": status.due_on,
        "can_prove": promise.can_prove,
        "fields": list(_fields(form)) if form else [],
        "shown": getattr(form, "shown", ""),
    }


def _fields(form: ProofForm) -> Iterable[dict[str, Any]]:
    for field in form.visible_fields():
        widget = field.field.widget
        yield {
            "name": field.name,
            "label": str(field.label),
            "help_text": str(field.help_text),
            "type": getattr(widget, "input_type", None) or type(widget).__name__.lower(),
            "required": field.field.required,
            "choices": [
                [str(value), str(label)] for value, label in getattr(field.field, "choices", ())
            ],
        }

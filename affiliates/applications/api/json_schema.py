"""The application form as JSON Schema (2020-12), without the checks that only the server can do."""

from collections.abc import Callable, Iterable
from typing import Any

from django import forms
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.urls import reverse
from django.utils.choices import flatten_choices
from django.utils.translation import gettext as _
from ninja import Router
from ninja.decorators import decorate_view
from wagtail.coreutils import get_content_languages

from affiliates.api.schemas import Problem
from affiliates.applications.forms.application import GROUP, PARTS, ApplicationForm
from affiliates.applications.forms.fields import PREFIX
from affiliates.caching.answers import kept
from affiliates.core.fields import AddressField
from affiliates.core.states import Scope, StatementKind
from affiliates.directory.queries import find_program
from affiliates.models import AffiliateProgramPage
from workflows.core.links import absolute_url

router = Router(tags=["Applying"])

Json = dict[str, Any]

DIALECT = "https://json-schema.org/draft/2020-12/schema"
VISIBLE = r"\S"


@router.get(
    "programs/{slug}/application-form/",
    response={200: Json, 404: Problem, 429: Problem},
    summary="What an application needs",
    openapi_extra={
        "responses": {200: {"description": "A JSON Schema (2020-12) of the body to send."}}
    },
)
@decorate_view(kept)
def get_application_form(request: HttpRequest, slug: str) -> HttpResponse:
    """A JSON Schema of the body for this program, its extra questions included, with labels and
    the exact texts to accept.
    """
    return JsonResponse(application_schema(find_program(request, slug)))


def application_schema(program: AffiliateProgramPage) -> Json:
    form = ApplicationForm(program)
    address = reverse("affiliates-api:get_application_form", kwargs={"slug": program.slug})
    properties = {
        "group": _group(form),
        "contact": _contact(form, "contact"),
        "alternate_contact": {
            "description": _("A second person, or null."),
            "anyOf": [_contact(form, "alternate"), {"type": "null"}],
        },
        "accepted": _accepted(program),
        "answers": _answers(form),
        "language": {
            "title": str(form.fields["language"].label),
            "enum": ["", *get_content_languages()],
        },
        "proof": {"type": "string", "description": _("A solved challenge, if you have one.")},
        "version": {"type": "string", "description": _("Of the saved draft, if it was one.")},
    }
    required = ["group", "contact", "accepted"]
    if properties["answers"]["required"]:
        required.append("answers")
    return {
        "$schema": DIALECT,
        "$id": absolute_url(address),
        "title": _("Application to %(program)s") % {"program": program.title},
        **_object(properties, required),
    }


def _group(form: ApplicationForm) -> Json:
    properties = {name: _described(form.fields[name]) for name in GROUP}
    required = [name for name in GROUP if form.fields[name].required]
    schema = _object({**properties, "links": _links(form)}, required)
    return {**schema, "if": _has_no_region(form), "else": {"required": ["region"]}}


def _links(form: ApplicationForm) -> Json:
    """The program's networks in its order."""
    networks = [
        {"const": name.removeprefix("link_"), **_labels(field)}
        for name, field in form.fields.items()
        if name.startswith("link_")
    ]
    if not networks:
        return {"type": "array", "maxItems": 0}
    link = _object({"network": {"anyOf": networks}, "url": {"type": "string"}}, ["network", "url"])
    return {"type": "array", "maxItems": len(networks), "items": link}


def _has_no_region(form: ApplicationForm) -> Json:
    """Groups that may leave their region out."""
    coverage = form.program.coverage
    scopes = [Scope.ONLINE.value]
    if len(coverage.countries) == 1:
        scopes.append(Scope.NATIONAL.value)
    if len(coverage.codes) == 1:
        scopes.append(Scope.LOCAL.value)
    return {"properties": {"scope": {"enum": scopes}}, "required": ["scope"]}


def _contact(form: ApplicationForm, prefix: str) -> Json:
    properties = {part: _described(form.fields[f"{prefix}_{part}"]) for part in PARTS}
    required = [part for part in PARTS if form.fields[f"contact_{part}"].required]
    for part in required:  # Also for the second contact, if given.
        properties[part]["pattern"] = VISIBLE
    return _object(properties, required)


def _accepted(program: AffiliateProgramPage) -> Json:
    choices = [_choice(kind, one) for kind, one in program.statements_to_accept()]
    if not choices:
        return {"type": "array", "maxItems": 0}
    return {
        "type": "array",
        "items": {"anyOf": choices},
        "allOf": [{"contains": choice} for choice in choices],
    }


def _choice(kind: StatementKind, statement: Any) -> Json:
    shown = {"id": {"const": statement.id}, "text": {"const": statement.text}}
    return {
        "title": str(kind.label),
        "description": statement.text,
        "anyOf": [{"const": statement.id}, _object(shown, ["id", "text"])],
    }


def _answers(form: ApplicationForm) -> Json:
    fields = {
        name.removeprefix(PREFIX): field
        for name, field in form.fields.items()
        if name.startswith(PREFIX)
    }
    properties = {name: {**_labels(field), **_answer(field)} for name, field in fields.items()}
    return _object(properties, [name for name, field in fields.items() if field.required])


def _answer(field: forms.Field) -> Json:
    schema = _value(field)
    return schema if field.required else {"anyOf": [schema, {"enum": ["", None]}]}


def _described(field: forms.Field) -> Json:
    return {**_labels(field), **_value(field)}


def _labels(field: forms.Field) -> Json:
    help_text = {"description": str(field.help_text)} if field.help_text else {}
    return {"title": str(field.label), **help_text}


def _value(field: forms.Field) -> Json:
    make: Callable[[forms.Field], Json] = next(
        (make for kind, make in _KINDS if isinstance(field, kind)), _text
    )
    return make(field)


def _text(field: forms.Field) -> Json:
    kind = {"format": "email"} if isinstance(field, AddressField) else {}
    return {"type": "string", **kind, **({"pattern": VISIBLE} if field.required else {})}


def _several(field: Any) -> Json:
    least = {"minItems": 1} if field.required else {}
    return {"type": "array", "items": {"enum": _values(field)}, **least}


def _one(field: Any) -> Json:
    return {"enum": [value for value in _values(field) if value]}


def _yes(field: forms.Field) -> Json:
    return {"const": True} if field.required else {"type": "boolean"}


def _values(field: Any) -> list[str]:
    return [str(value) for value in dict(flatten_choices(field.choices))]


def _object(properties: Json, required: Iterable[str]) -> Json:
    return {
        "type": "object",
        "properties": properties,
        "required": list(required),
        "additionalProperties": False,
    }


_KINDS: tuple[tuple[type[forms.Field], Callable[[Any], Json]], ...] = (
    (forms.MultipleChoiceField, _several),
    (forms.ChoiceField, _one),
    (forms.BooleanField, _yes),
    (forms.DecimalField, lambda field: {"type": ["number", "string"]}),
    (forms.DateField, lambda field: {"type": "string", "format": "date"}),
    (forms.URLField, lambda field: {"type": "string", "format": "uri-reference"}),
)

"""Turns Ninja's errors into ours: each mistake with its place in the request."""

from collections.abc import Iterable, Iterator, Mapping
from types import MappingProxyType
from typing import Any

from django import forms
from django.http import Http404, HttpRequest, HttpResponse
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from ninja import NinjaAPI
from ninja.errors import HttpError, ValidationError

from affiliates.api.problems import INVALID, NOT_FOUND, Mistake, Problem

BODY = 2
"""Ninja puts “body” and the argument's name before a place in the body."""

MESSAGES: dict[str, str | Promise] = {
    "missing": _("This is missing."),
    "extra_forbidden": _("There is no such field here. Please check its name, or leave it out."),
    "string_type": _("This has to be text."),
    "string_unicode": _("This text has an invalid character."),
    "int_type": _("This has to be a whole number."),
    "int_parsing": _("This has to be a whole number."),
    "int_parsing_size": _("This number is too large."),
    "int_from_float": _("This has to be a whole number."),
    "bool_type": _("This has to be true or false."),
    "list_type": _("This has to be a list."),
    "dict_type": _("This has to be an object, with names and values."),
    "model_attributes_type": _("This has to be an object, with names and values."),
    "model_type": _("This has to be an object, with names and values."),
    "greater_than_equal": _("This number is too small."),
    "less_than_equal": _("This number is too large."),
    "string_too_long": _("This text is too long."),
    "string_too_short": _("This text is too short."),
    "string_pattern_mismatch": _("This text has characters that are not allowed here."),
    "too_long": _("There are too many of these."),
    "enum": _("This is not one of the allowed values."),
}
OTHER = _("This is not allowed here.")


def register_error_handlers(api: NinjaAPI) -> None:
    api.add_exception_handler(Problem, _problem)
    api.add_exception_handler(Http404, lambda _request, _error: Problem(NOT_FOUND).response())
    api.add_exception_handler(ValidationError, _invalid)
    api.add_exception_handler(HttpError, _unparsed)


def _problem(request: HttpRequest, error: Any) -> HttpResponse:
    return error.response()


def _invalid(request: HttpRequest, error: Any) -> HttpResponse:
    mistakes = (_mistake(found["loc"], found["type"]) for found in error.errors)
    return Problem(INVALID, mistakes=mistakes).response()


def _unparsed(request: HttpRequest, error: Any) -> HttpResponse:
    """Ninja wraps the exceptions of our parser."""
    if isinstance(error.__cause__, Problem):
        return error.__cause__.response()
    raise error


def _mistake(location: Iterable[str | int], kind: str) -> Mistake:
    place = tuple(location)
    if place[0] == "body":
        place = place[BODY:]
    return Mistake(place, str(MESSAGES.get(kind, OTHER)), kind)


def mistakes_of(
    form: forms.Form, places: Mapping[str, tuple[str | int, ...]] = MappingProxyType({})
) -> Iterator[Mistake]:
    """Yield a form's errors. ``places``: where the body has fields under other names."""
    for name, errors in form.errors.get_json_data().items():
        for error in errors:
            yield Mistake(places.get(name, (name,)), error["message"], error["code"] or "invalid")

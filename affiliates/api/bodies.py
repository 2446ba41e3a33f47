"""Reading a body strictly: JSON as its standard says, and nothing that can be read in two ways."""

import json
import re
from typing import Any, NoReturn

from django.http import HttpRequest
from django.utils.translation import gettext as _

from affiliates.api.problems import MEDIA, TOO_LARGE, UNREADABLE, Problem
from affiliates.core.conf import settings

DEEPEST = 20
"""Brackets within brackets. An application has four."""

_STRINGS = re.compile(rb'"(?:[^"\\]|\\.)*"', re.DOTALL)
_BRACKETS = re.compile(rb"[\[\]{}]")


def check_body(request: HttpRequest) -> None:
    """Raise Problem for a body that is not JSON by its header, or too large to be looked at."""
    length = request.META.get("CONTENT_LENGTH") or "0"
    if not (length.isascii() and length.isdigit()) or int(length) > settings.API_BODY_BYTES:
        raise Problem(TOO_LARGE)
    if int(length) and request.content_type != "application/json":
        raise Problem(MEDIA, headers={"Accept-Post": "application/json"})


def read_json(body: bytes) -> Any:
    """What the body says. Raises Problem for doubled names, impossible numbers, too much depth."""
    if _depth(body) > DEEPEST:
        raise _unreadable(_("It is nested too deeply."))
    try:
        return json.loads(
            body.decode("utf-8-sig"),
            object_pairs_hook=_object,
            parse_constant=_no_number,
            parse_float=_finite,
        )
    except ValueError:  # of the decoder, of the parser, and of integers with thousands of digits
        raise _unreadable() from None


def _depth(body: bytes) -> int:
    deepest = depth = 0
    for bracket in _BRACKETS.findall(_STRINGS.sub(b"", body)):
        depth += 1 if bracket in b"[{" else -1
        deepest = max(deepest, depth)
    return deepest


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) < len(pairs):
        names = [name for name, _value in pairs]
        twice = next(name for name in names if names.count(name) > 1)
        raise _unreadable(_("“%(name)s” stands in it twice.") % {"name": twice[:50]})
    return found


def _no_number(text: str) -> NoReturn:
    raise _unreadable(_("“%(text)s” is no number in JSON.") % {"text": text})


def _finite(text: str) -> float:
    number = float(text)
    if number in (float("inf"), float("-inf")):
        raise _unreadable(_("“%(text)s” is too large a number.") % {"text": text[:50]})
    return number


def _unreadable(reason: str = "") -> Problem:
    return Problem(UNREADABLE, detail=f"{reason} {UNREADABLE.detail}".strip())

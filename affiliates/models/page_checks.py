"""Cleans the texts that editors type on pages, and returns errors by field."""

from collections.abc import Callable
from itertools import pairwise
from typing import TYPE_CHECKING, Any

from django.core.exceptions import ValidationError
from django.core.validators import validate_slug
from django.utils import timezone
from django.utils.translation import gettext as _

from affiliates.core.regions import is_region
from affiliates.core.regions.reading import read_region
from affiliates.core.scopes import misfit
from affiliates.core.states import Scope
from affiliates.core.text import clean_text, name_key
from affiliates.models.fields import STATEMENT_LENGTH
from workflows.core.exceptions import UnknownHolidays
from workflows.core.public_holidays import public_holidays

if TYPE_CHECKING:
    from affiliates.models import AffiliatePage, AffiliateProgramPage

Errors = dict[str, Any]

LADDERS = (
    (
        *("review_reminder_days", "review_days"),
        *("review_escalation_days", "review_second_escalation_days"),
    ),
    ("answer_reminder_days", "answer_days"),
    (
        *("update_reminder_days", "update_alternate_days", "update_attention_days"),
        *("update_call_days", "update_pause_days"),
    ),
)
"""Fields whose days have to increase from one to the next."""

RESERVED_SLUGS = frozenset({"application", "challenge", "link"})
"""First parts of the addresses in ``affiliates.urls`` that are not programs."""

RESERVED_FOR_ROUTES = frozenset({"updates"})
"""First parts below a program's page that are not affiliates; see ``UpdatesRoutes``."""


def clean_texts(page: Any, cleaners: dict[str, Callable[[str], str]]) -> Errors:
    errors = {}
    for field, clean in cleaners.items():
        try:
            setattr(page, field, clean(getattr(page, field) or ""))
        except ValidationError as refusal:
            errors[field] = refusal
    return errors


def clean_statements(page: "AffiliateProgramPage", fields: tuple[str, ...]) -> Errors:
    """Clean each statement, and report duplicates."""
    errors: Errors = {}
    for field in fields:
        try:
            _clean_list(getattr(page, field))
        except ValidationError as refusal:
            errors[field] = refusal
    return errors


def _clean_list(blocks: Any) -> None:
    seen = set()
    for number, block in enumerate(blocks, start=1):
        block.value = clean_text(block.value or "", max_length=STATEMENT_LENGTH)
        key = name_key(block.value)
        if key in seen:
            raise ValidationError(
                _("Number %(number)d says the same as one before it."), params={"number": number}
            )
        if not key:
            raise ValidationError(
                _("Number %(number)d has no words in it."), params={"number": number}
            )
        seen.add(key)


def ladder_errors(page: "AffiliateProgramPage") -> Errors:
    steps = [pair for ladder in LADDERS for pair in pairwise(ladder)]
    return {
        after: _("This has to be more than %(days)d, the days of “%(label)s”.")
        % {
            "days": getattr(page, before),
            "label": page._meta.get_field(before).verbose_name,  # type: ignore[union-attr]
        }
        for before, after in steps
        if None not in (getattr(page, before), getattr(page, after))
        and getattr(page, after) <= getattr(page, before)
    }


def slug_errors(page: "AffiliateProgramPage") -> Errors:
    """Only translations of a program may share its slug, which is part of the public address."""
    try:
        validate_slug(page.slug)
    except ValidationError:
        return {"slug": _("Please use only letters from a to z, digits and hyphens.")}
    if page.slug in RESERVED_SLUGS:
        return {"slug": _("This word has another meaning in the form’s address.")}
    others = type(page).objects.live().filter(slug=page.slug).exclude(pk=page.pk)
    if others.exclude(translation_key=page.translation_key).exists():
        return {"slug": _("Another program has this slug. The form’s address needs its own.")}
    return {}


def route_errors(page: "AffiliatePage") -> Errors:
    """Refuse a slug that a route of the program would shadow."""
    if page.slug in RESERVED_FOR_ROUTES:
        return {"slug": _("This word is the address of the program’s updates. Add another word.")}
    return {}


def picture_errors(page: Any, field: str) -> Errors:
    """Refuse an SVG, also where the site lets its editors upload some: it can carry scripts, and
    the picture's own address would run them.
    """
    picture = getattr(page, field)
    if picture and picture.is_svg():
        return {field: _("Please choose a PNG, JPEG or WebP. An SVG can carry scripts.")}
    return {}


def _code_of(typed: str, page: "AffiliateProgramPage") -> str:
    """A code as it is, since “CA” is Canada to whoever looks codes up; else a name."""
    if not typed or is_region(typed.upper()):
        return typed.upper()
    try:
        return read_region(typed, page.coverage)
    except ValidationError:
        return typed.upper()


def holiday_errors(page: "AffiliateProgramPage") -> Errors:
    """Normalize the code of a country or region, also one written by name, and refuse others."""
    typed = page.holidays_of.strip()
    page.holidays_of = _code_of(typed, page)
    try:
        if page.holidays_of:
            public_holidays(page.holidays_of, timezone.now().year)
    except UnknownHolidays:
        text = _(
            "No public holidays are known for “%(code)s”. Use the code of a country, such as US, or"
            " of a region, such as US-CA. Or leave it empty."
        )
        return {"holidays_of": text % {"code": typed}}
    return {}


def place_errors(page: "AffiliatePage") -> Errors:
    """Refuse a scope that the region does not have, and a group without a place."""
    if page.scope == Scope.LOCAL and not page.locality:
        return {"locality": _("Please say in which town or county the group works.")}
    if not page.region and page.scope != Scope.ONLINE:
        return {"region": _("Please choose where the group works. Only online groups have none.")}
    if page.scope in Scope.values and (problem := misfit(page.scope, page.region)):
        return {"scope": problem}
    return {}

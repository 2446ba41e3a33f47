"""What editors are told beside a field before a page is saved. Also cleans the texts they type.

Each function returns messages by field name. A field that is still empty gets none: whether it may
be empty is for Wagtail to say, which lets a draft be saved half done.
"""

from collections.abc import Callable
from itertools import pairwise
from typing import TYPE_CHECKING, Any

from django.core.exceptions import ValidationError
from django.core.validators import validate_slug
from django.utils.translation import gettext as _

from affiliates.core.regions import COUNTRIES, country_of
from affiliates.core.states import Scope
from affiliates.core.text import clean_text, name_key
from affiliates.models.fields import STATEMENT_LENGTH

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
"""Steps that follow each other: the days of each are more than those of the one before."""

RESERVED_SLUGS = frozenset({"application", "challenge", "link"})
"""First parts of the public addresses in ``affiliates.urls`` that are no program."""

RESERVED_FOR_ROUTES = frozenset({"updates"})
"""First parts of addresses below a program's page that are no affiliate; see ``UpdatesRoutes``."""

COUNTRY_OF_SCOPE = {Scope.STATE: "US", Scope.PROVINCIAL: "CA"}


def clean_texts(page: Any, cleaners: dict[str, Callable[[str], str]]) -> Errors:
    """Puts the cleaned text of each field in its place."""
    errors = {}
    for field, clean in cleaners.items():
        try:
            setattr(page, field, clean(getattr(page, field) or ""))
        except ValidationError as refusal:
            errors[field] = refusal
    return errors


def clean_statements(page: "AffiliateProgramPage", fields: tuple[str, ...]) -> Errors:
    """Cleans each statement and finds those that say the same twice."""
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
    """The slug is part of the form's public address, so no other program can have it; only its own
    translations can, which that address leads to by the visitor's language.
    """
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
    """An affiliate with such a slug would be shadowed by a page that the program makes itself."""
    if page.slug in RESERVED_FOR_ROUTES:
        return {"slug": _("This word is the address of the program’s updates. Add another word.")}
    return {}


def place_errors(page: "AffiliatePage") -> Errors:
    """A scope that the region's country does not have, or a local group without a place."""
    if page.scope == Scope.LOCAL and not page.locality:
        return {"locality": _("Please say in which town or county the group works.")}
    country = COUNTRY_OF_SCOPE.get(Scope(page.scope)) if page.scope in Scope.values else None
    if page.region and country not in (None, country_of(page.region)):
        return {
            "scope": _("This scope is for groups in %(country)s.") % {"country": COUNTRIES[country]}
        }
    return {}

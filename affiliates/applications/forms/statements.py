"""Beliefs and obligations as boxes to tick, one by one, and which text a person had before them."""

from collections.abc import Mapping
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from affiliates.core.states import StatementKind
from affiliates.models.fields import Statement

_MISSING = {
    StatementKind.BELIEF: _("Please tick this belief. Every affiliate shares it."),
    StatementKind.OBLIGATION: _("Please tick this promise. Every affiliate makes it."),
}
_CHANGED = _(
    "This text was changed while you were filling in the form. Please read it as it is now, and"
    " tick it again."
)


class StatementField(forms.BooleanField):
    """A tick that accepts one text. ``shown_name`` is the hidden field with that text's hash."""

    def __init__(self, kind: StatementKind, statement: Statement, *, has_changed: bool):
        super().__init__(
            label=statement.text,
            error_messages={"required": _CHANGED if has_changed else _MISSING[kind]},
        )
        self.kind = kind
        self.statement = statement
        self.shown_name = shown_name(statement)


def accept_name(statement: Statement) -> str:
    return f"accept_{statement.id}"


def shown_name(statement: Statement) -> str:
    return f"shown_{statement.id}"


def changed_since_shown(typed: Mapping[str, Any], statement: Statement) -> bool:
    """Whether a person ticked another text than the one that the statement has now."""
    return bool(
        typed.get(accept_name(statement))
        and typed.get(shown_name(statement)) != statement.text_hash
    )

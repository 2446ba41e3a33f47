"""The application's body as the form takes it, and the form's errors back at their places."""

from typing import Any

from django import forms
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from affiliates.api.error_messages import MESSAGES
from affiliates.api.problems import Mistake
from affiliates.applications.api.links import FlatLinks
from affiliates.applications.api.schemas import ApplicationIn, ContactIn
from affiliates.applications.forms.application import GROUP, ApplicationForm
from affiliates.applications.forms.fields import (
    PREFIX,
    StatementField,
    accept_name,
    question_fields,
    shown_name,
)
from affiliates.core.text import storable
from affiliates.models import AffiliateProgramPage
from affiliates.models.statements import Statement

Place = tuple[str | int, ...]

CONTACTS = {"contact": "contact", "alternate": "alternate_contact"}
"""How the form's names begin, and where the body has the same."""

UNKNOWN_STATEMENT: str | Promise = gettext_lazy(
    "This is no belief or obligation of this program. Take the ids from the program itself."
)
OTHER_TEXT = "other text than the program's"


class FlatApplication:
    """``data`` is what the form takes; ``mistakes`` are those that no form can have."""

    def __init__(self, program: AffiliateProgramPage, body: ApplicationIn):
        self.data: dict[str, Any] = {"language": body.language}
        self.places: dict[str, Place] = {"language": ("language",)}
        self.mistakes: list[Mistake] = []
        self.program = program
        self.second = body.alternate_contact
        self._add_group(body)
        self._add_contacts(body)
        self._add_accepted(body)
        self._add_answers(body)

    def checked(self) -> ApplicationForm:
        """The form. ``mistakes`` has all that is wrong with it."""
        if self.second and not any(dict(self.second).values()):
            message = _("Give this person’s name and address, or null.")
            self._refuse(message, "required", CONTACTS["alternate"])
        form = ApplicationForm(self.program, self.data)
        for name, errors in form.errors.get_json_data().items():
            for error in errors:
                self.mistakes.append(self._mistake(form, name, error))
        return form

    def typed(self) -> dict[str, list[str]]:
        """What a saved draft keeps: texts by the form's names, as a browser would send them."""
        return {name: _texts(value) for name, value in self.data.items()}

    def _mistake(self, form: ApplicationForm, name: str, error: dict[str, str]) -> Mistake:
        field = form.fields.get(name)
        about = field.statement.id if isinstance(field, StatementField) else ""
        code = error["code"] or "invalid"
        if about and name in form.changed:
            code = "changed"
        place = self.places.get(name, ("accepted",) if about else ())
        return Mistake(place, error["message"], code, about)

    def _put(self, name: str, value: Any, *place: str | int) -> None:
        self.data[name] = value
        self.places[name] = place

    def _refuse(self, message: str | Promise, code: str, *place: str | int) -> None:
        self.mistakes.append(Mistake(place, str(message), code))

    def _add_group(self, body: ApplicationIn) -> None:
        for name in GROUP:
            self._put(name, getattr(body.group, name), "group", name)
        links = FlatLinks(body.group.links, "group")
        self.data.update(links.data)
        self.places.update(links.places)
        self.mistakes += links.mistakes

    def _add_contacts(self, body: ApplicationIn) -> None:
        for prefix, member in CONTACTS.items():
            contact: ContactIn | None = getattr(body, member)
            for part in ("name", "email", "phone"):
                self._put(f"{prefix}_{part}", getattr(contact, part, ""), member, part)

    def _add_accepted(self, body: ApplicationIn) -> None:
        known = {one.id: one for _kind, one in self.program.statements_to_accept()}
        for number, accepted in enumerate(body.accepted):
            place = ("accepted", number)
            found = _read_accepted(accepted)
            if found is None:
                self._refuse(_("Give an id, or an object with “id” and “text”."), "shape", *place)
                continue
            key, shown = found
            statement = known.get(key)
            if statement is None:
                self._refuse(UNKNOWN_STATEMENT, "unknown", *place)
            else:
                text_hash = _hash_of(statement, shown)
                self._put(accept_name(statement), "on", *place)
                self._put(shown_name(statement), text_hash, *place)

    def _add_answers(self, body: ApplicationIn) -> None:
        fields = question_fields(list(self.program.questions.all()))
        for name, value in body.answers.items():
            field, place = fields.get(PREFIX + name), ("answers", name)
            if field is None:
                self._refuse(MESSAGES["extra_forbidden"], "unknown", *place)
            elif value is not None and not isinstance(value, _kinds(field)):
                self._refuse(_kind_message(field), "type", *place)
            elif isinstance(value, list) and not all(isinstance(one, str) for one in value):
                self._refuse(MESSAGES["string_type"], "type", *place)
            else:
                self._put(PREFIX + name, _as_typed(value), *place)
        for name in fields.keys() - self.places.keys():
            self.places[name] = ("answers", name.removeprefix(PREFIX))


def _texts(value: bool | str | list[str]) -> list[str]:
    """Without what no database can keep."""
    if isinstance(value, bool):
        return ["on"] if value else []
    return [storable(text) for text in ([value] if isinstance(value, str) else value)]


def _read_accepted(accepted: Any) -> tuple[str, str | None] | None:
    """The id, and the text that was shown if it was sent; None for anything else."""
    if isinstance(accepted, str):
        return accepted, None
    if isinstance(accepted, dict) and accepted.keys() == {"id", "text"}:
        key, shown = accepted["id"], accepted["text"]
        if isinstance(key, str) and isinstance(shown, str):
            return key, shown
    return None


def _hash_of(statement: Statement, shown: str | None) -> str:
    """As a browser sends it back: of the text that the person had before them."""
    if shown is None or shown == statement.text:
        return statement.text_hash
    try:
        return Statement(statement.id, shown).text_hash
    except UnicodeEncodeError:  # Half a character is no text that we ever showed.
        return OTHER_TEXT


def _kinds(field: forms.Field) -> tuple[type, ...]:
    """What an answer may be. A truth value is a number in Python, but is none here."""
    if isinstance(field, forms.MultipleChoiceField):
        return (list,)
    if isinstance(field, forms.BooleanField):
        return (bool,)
    return (str, _Number) if isinstance(field, forms.DecimalField) else (str,)


class _NumberType(type):
    def __instancecheck__(cls, value: Any) -> bool:
        return isinstance(value, int | float) and not isinstance(value, bool)


class _Number(metaclass=_NumberType):
    """A number, and no truth value."""


def _kind_message(field: forms.Field) -> str:
    kinds = {list: "list_type", bool: "bool_type", str: "string_type"}
    return str(MESSAGES[kinds[_kinds(field)[0]]])


def _as_typed(value: Any) -> Any:
    """What stands in a form for it. A number is read from its digits, as if it was typed."""
    if value is None:
        return ""
    return value if isinstance(value, bool | list | str) else str(value)

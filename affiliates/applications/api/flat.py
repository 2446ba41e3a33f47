"""Converts between the JSON body of an application and form data, and maps errors to the body."""

from collections.abc import Collection, Iterable
from functools import reduce
from typing import Any

from django import forms
from django.db.models import prefetch_related_objects
from django.utils.functional import Promise
from django.utils.translation import gettext as _

from affiliates.api.error_messages import MESSAGES
from affiliates.api.problems import Mistake
from affiliates.api.schemas import MOST_SENT
from affiliates.applications.api.schemas import ApplicationIn, LinkIn
from affiliates.applications.forms.application import CONTACTS, GROUP, PARTS, ApplicationForm
from affiliates.applications.forms.fields import (
    PREFIX,
    StatementField,
    accept_name,
    question_fields,
    shown_name,
)
from affiliates.applications.forms.public import draft_form
from affiliates.core.networks import label_of
from affiliates.core.text import storable
from affiliates.models import AffiliateProgramPage, Application
from affiliates.models.fields import Statement

Place = tuple[str | int, ...]

MEMBERS = {"contact": "contact", "alternate": "alternate_contact"}
"""The form's prefix of each contact, and its member in the body."""

PLACES: dict[str, tuple[str, ...]] = {
    "language": ("language",),
    **{name: ("group", name) for name in GROUP},
    **{f"{prefix}_{part}": (MEMBERS[prefix], part) for prefix in CONTACTS for part in PARTS},
}
"""Where the body holds the form fields that every program has."""

OTHER_TEXT = "other text than the program's"


class FlatLinks:
    """``data`` has a form field for each link to a network of ``shown``; ``places`` maps it to its
    place in the body.
    """

    def __init__(self, links: Iterable[LinkIn], shown: Collection[str], *below: str):
        self.shown = shown
        self.data: dict[str, str] = {}
        self.places: dict[str, Place] = {}
        self.mistakes: list[Mistake] = []
        for number, link in enumerate(links):
            self._add(link, (*below, "links", number))

    def _add(self, link: LinkIn, place: Place) -> None:
        name = f"link_{link.network}"
        if link.network not in self.shown:
            self.mistakes.append(Mistake((*place, "network"), self._not_shown(), "enum"))
        elif name in self.data:
            message = _("One link for each network.")
            self.mistakes.append(Mistake((*place, "network"), message, "twice"))
        else:
            self.data[name], self.places[name] = link.url, (*place, "url")

    def _not_shown(self) -> str:
        message = _("This program does not ask for it. It asks for: %(networks)s.")
        asked = ", ".join(f"{name} ({label_of(name)})" for name in self.shown)
        return message % {"networks": asked} if asked else _("This program asks for no links.")


class FlatApplication:
    """``data`` is the form data; ``mistakes`` are errors that the form cannot detect."""

    def __init__(self, program: AffiliateProgramPage, body: ApplicationIn):
        links = FlatLinks(body.group.links, program.network_names, "group")
        prefetch_related_objects([program], "questions")  # Here and in the form.
        self.program = program
        self.second = body.alternate_contact
        self.data: dict[str, Any] = {name: _at(body, place) for name, place in PLACES.items()}
        self.data.update(links.data)
        self.places: dict[str, Place] = {**PLACES, **links.places}
        self.mistakes = links.mistakes
        self._add_accepted(body)
        self._add_answers(body)

    def checked(self) -> ApplicationForm:
        if self.second and not any(dict(self.second).values()):
            message = _("Give this person’s name and address, or null.")
            self._refuse(message, "required", MEMBERS["alternate"])
        form = ApplicationForm(self.program, self.data)
        for name, errors in form.errors.get_json_data().items():
            for error in errors:
                self.mistakes.append(self._mistake(form, name, error))
        return form

    def typed(self) -> dict[str, list[str]]:
        """Form data as a browser sends it, which a draft stores."""
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

    def _add_accepted(self, body: ApplicationIn) -> None:
        known = {one.id: one for _kind, one in self.program.statements_to_accept()}
        for number, accepted in enumerate(body.accepted):
            place = ("accepted", number)
            key, shown = _read_accepted(accepted)
            statement = known.get(key or "")
            if key is None:
                self._refuse(_("Give an id, or an object with “id” and “text”."), "shape", *place)
            elif statement is None:
                message = _("This program has no such statement. Use the ids that it lists.")
                self._refuse(message, "unknown", *place)
            else:
                self._put(accept_name(statement), "on", *place)
                self._put(shown_name(statement), _hash_of(statement, shown), *place)

    def _add_answers(self, body: ApplicationIn) -> None:
        fields = question_fields(list(self.program.questions.all()))
        for name, value in body.answers.items():
            field, place = fields.get(PREFIX + name), ("answers", name)
            if field is None:
                self._refuse(MESSAGES["extra_forbidden"], "unknown", *place)
            elif kind := _misfit(field, value):
                self._refuse(MESSAGES[kind], "type", *place)
            else:
                self._put(PREFIX + name, _as_typed(value), *place)
        for name in fields.keys() - self.places.keys():
            self.places[name] = ("answers", name.removeprefix(PREFIX))


def body_of(draft: Application) -> dict[str, Any]:
    """A saved draft as a request body, without statements whose text has changed since."""
    form = draft_form(draft)
    typed = form.initial
    body: dict[str, Any] = {"group": {}, **{member: {} for member in MEMBERS.values()}}
    for name, (*above, last) in PLACES.items():
        (body[above[0]] if above else body)[last] = typed.get(name, "")
    urls = {name: typed.get(f"link_{name}") for name in draft.program.network_names}
    body["group"]["links"] = [{"network": name, "url": url} for name, url in urls.items() if url]
    if not any(body["alternate_contact"].values()):
        body["alternate_contact"] = None
    statements = (one for _kind, one in draft.program.statements_to_accept())
    accepted = (one for one in statements if typed.get(accept_name(one)))
    answers = {
        name.removeprefix(PREFIX): _answer(field, typed[name])
        for name, field in form.fields.items()
        if name.startswith(PREFIX) and name in typed
    }
    return {
        **body,
        "accepted": [{"id": one.id, "text": one.text} for one in accepted],
        "answers": answers,
    }


def _answer(field: forms.Field, typed: Any) -> Any:
    return bool(typed) if isinstance(field, forms.BooleanField) else typed


def _at(body: ApplicationIn, place: Iterable[str]) -> str:
    return reduce(lambda part, name: getattr(part, name, ""), place, body)  # type: ignore[arg-type, return-value]


def _texts(value: bool | str | list[str]) -> list[str]:
    if isinstance(value, bool):
        return ["on"] if value else []
    return [storable(text) for text in ([value] if isinstance(value, str) else value)]


def _read_accepted(accepted: Any) -> tuple[str | None, str | None]:
    """Return the id and, if sent, the text that was shown; (None, None) for any other shape."""
    if isinstance(accepted, str):
        return accepted, None
    if isinstance(accepted, dict) and accepted.keys() == {"id", "text"}:
        key, shown = accepted["id"], accepted["text"]
        if isinstance(key, str) and isinstance(shown, str):
            return key, shown
    return None, None


def _hash_of(statement: Statement, shown: str | None) -> str:
    """The hash that the browser form sends, computed from the text that the person saw."""
    if shown is None or shown == statement.text:
        return statement.text_hash
    try:
        return Statement(statement.id, shown).text_hash
    except UnicodeEncodeError:  # A lone surrogate, which no shown text contains.
        return OTHER_TEXT


def _misfit(field: forms.Field, value: Any) -> str:
    """The key of the error message if the type is wrong, else "". ``bool`` is not a number here."""
    if value is None:
        return ""
    if isinstance(field, forms.BooleanField):
        return "" if isinstance(value, bool) else "bool_type"
    if isinstance(field, forms.MultipleChoiceField):
        if not isinstance(value, list):
            return "list_type"
        if len(value) > MOST_SENT:
            return "too_long"
        return "" if all(isinstance(one, str) for one in value) else "string_type"
    is_number = isinstance(value, int | float) and not isinstance(value, bool)
    fits = isinstance(value, str) or (is_number and isinstance(field, forms.DecimalField))
    return "" if fits else "string_type"


def _as_typed(value: Any) -> Any:
    if value is None:
        return ""
    return value if isinstance(value, bool | list | str) else str(value)

"""A saved draft as a body: what was typed into the form, at its places in an application."""

from typing import Any

from django import forms

from affiliates.applications.forms.application import ALTERNATE, GROUP
from affiliates.applications.forms.fields import PREFIX, accept_name
from affiliates.applications.forms.public import as_initial
from affiliates.core.states import Network
from affiliates.models import Application

PARTS = ("name", "email", "phone")


def body_of(draft: Application) -> dict[str, Any]:
    """Without what was accepted in other words than the program has now: it is to be read again."""
    return DraftBody(draft).body()


class DraftBody:
    def __init__(self, draft: Application):
        typed = {name: texts for name, texts in draft.form_data.items() if isinstance(texts, list)}
        self.form = as_initial(draft.program, typed)
        self.typed = self.form.initial

    def body(self) -> dict[str, Any]:
        has_alternate = any(self._text(name) for name in ALTERNATE)
        return {
            "group": {name: self._text(name) for name in GROUP} | {"links": self._links()},
            "contact": self._contact("contact"),
            "alternate_contact": self._contact("alternate") if has_alternate else None,
            "accepted": self._accepted(),
            "answers": self._answers(),
            "language": self._text("language"),
        }

    def _text(self, name: str) -> str:
        return self.typed.get(name, "")

    def _links(self) -> list[dict[str, str]]:
        urls = {network: self._text(f"link_{network}") for network in Network.values}
        return [{"network": network, "url": url} for network, url in urls.items() if url]

    def _contact(self, prefix: str) -> dict[str, str]:
        return {part: self._text(f"{prefix}_{part}") for part in PARTS}

    def _accepted(self) -> list[dict[str, str]]:
        statements = (one for _kind, one in self.form.program.statements_to_accept())
        accepted = (one for one in statements if self.typed.get(accept_name(one)))
        return [{"id": one.id, "text": one.text} for one in accepted]

    def _answers(self) -> dict[str, Any]:
        return {
            name.removeprefix(PREFIX): _answer(field, self.typed[name])
            for name, field in self.form.fields.items()
            if name.startswith(PREFIX) and name in self.typed
        }


def _answer(field: forms.Field, typed: Any) -> Any:
    return bool(typed) if isinstance(field, forms.BooleanField) else typed

"""The update's body as the form takes it, the form's errors back at their places, the version."""

import uuid
from collections.abc import Iterator
from typing import Any

from django.utils.translation import gettext_lazy as _

from affiliates.api.error_messages import mistakes_of
from affiliates.api.problems import Mistake
from affiliates.core.states import UpdateKind
from affiliates.models import AffiliateProgramPage, ContactUpdate
from affiliates.updates.api.schemas import UpdateIn
from affiliates.updates.forms import UpdateForm
from affiliates.updates.services.answers import Shown

NOTHING_NEW = _(
    "You wrote something, and chose “Nothing new”. Please choose news, or help; or leave this out."
)


class WholeUpdateForm(UpdateForm):
    """As the one on the page, with the page's button for a quiet time as one more kind."""

    def __init__(self, program: AffiliateProgramPage, body: UpdateIn, current: Any = None):
        self.body = body
        data = {
            "kind": body.kind,
            "text": body.text,
            "needs": body.needs,
            "may_publish": body.publish,
        }
        super().__init__(program, data, current=current)
        kind: Any = self.fields["kind"]
        kind.choices = UpdateKind.choices

    def clean(self) -> None:
        super().clean()
        is_quiet = self.cleaned_data.get("kind") == UpdateKind.QUIET
        if is_quiet and self.cleaned_data.get("text"):
            self.add_error("text", NOTHING_NEW)

    def mistakes(self) -> Iterator[Mistake]:
        """All that is wrong. Each need that is none has a place of its own."""
        yield from (one for one in mistakes_of(self) if one.location != ("needs",))
        yield from self._mistaken_needs()

    def _mistaken_needs(self) -> Iterator[Mistake]:
        is_quiet = self.body.kind == UpdateKind.QUIET
        if is_quiet and self.body.needs:
            yield Mistake(("needs",), str(NOTHING_NEW))
        for number, need in enumerate(() if is_quiet else self.body.needs):
            if need not in self.offers:
                message = self.base_fields["needs"].error_messages["invalid_choice"]
                yield Mistake(("needs", number), str(message), "unknown")


def version_of(answer: ContactUpdate | None, *, can_change: bool) -> str:
    """Names what was read, so that what is sent cannot undo what came after it."""
    if answer is None:
        return str(uuid.uuid4())
    if can_change:
        return f"{answer.key}.{answer.version}"
    return f"{uuid.uuid4()}.0.{answer.key}"


def shown_with(version: str) -> Shown:
    """What the version names; one that names nothing is for a first update."""
    key, _dot, rest = version.partition(".")
    number, _dot, seen = rest.partition(".")
    return Shown(
        key=uuid.UUID(key) if key else uuid.uuid4(),
        version=int(number or 0),
        seen=uuid.UUID(seen) if seen else None,
    )

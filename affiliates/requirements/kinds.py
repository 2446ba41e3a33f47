"""The kinds of requirements: how each is proved. A kind registers itself where it stands; a site
may add its own.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from django import forms
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from affiliates.core.exceptions import UnknownRequirementKind
from affiliates.models import Affiliation, Commitment, Proof, Requirement
from affiliates.models.requirements import UPDATE

CONFIRM = _("Confirm")


class ProofForm(forms.Form):
    """What a group, or staff for it, gives as proof."""

    use_required_attribute = False

    def __init__(self, *args: Any, commitment: Commitment, **kwargs: Any):
        kwargs.setdefault("label_suffix", "")
        super().__init__(*args, **kwargs)
        self.commitment = commitment

    def proof(self) -> dict[str, Any]:
        """``note``, ``data``, ``document`` and ``accepted``, as far as the kind has them."""
        return {}

    def kept_until(self) -> date | None:
        """The day on which it ends, if the proof says so; otherwise the interval counts."""
        return None

    def given(self) -> dict[str, Any]:
        """All of it, for the service ``prove``."""
        return {**self.proof(), "kept_until": self.kept_until()}


class PressForm(ProofForm):
    """One press of a button."""


def _nothing_yet(affiliations: Sequence[Affiliation], requirement: Requirement) -> Any:
    return {}


def _no_facts(proof: Proof) -> Iterable[tuple[str, str]]:
    return ()


@dataclass(frozen=True)
class RequirementKind:
    """How a requirement is proved.

    ``explanation`` is for editors who choose the kind, ``asks`` the request to the group and
    ``button`` what it presses. ``form`` takes the proof; None: the group itself cannot give one.
    ``has_questions``: editors write a form of their own. ``proved_before`` maps affiliations,
    by key, to the day of a proof that was there before the requirement. ``facts`` describes a
    proof in pairs of label and value. ``received`` is called with each new proof, in its
    transaction. ``defaults`` are numbers of a new requirement.

    ``begun`` is called with new commitments, in the transaction and before their clocks start.
    ``found_out`` says what we know of commitments, by key, in a sentence for their groups.
    ``fields_template`` may also show what ``page_context`` gives it.
    """

    name: str
    label: str | Promise
    explanation: str | Promise
    asks: str | Promise = ""
    button: str | Promise = CONFIRM
    form: type[ProofForm] | None = PressForm
    proved_before: Callable[[Sequence[Affiliation], Requirement], Mapping[int, date]] = _nothing_yet
    facts: Callable[[Proof], Iterable[tuple[str, str]]] = _no_facts
    received: Callable[[Proof], None] = lambda proof: None
    has_questions: bool = False
    fields_template: str = "affiliates/requirements/fields.html"
    begun: Callable[[Sequence[Commitment], datetime], None] = lambda commitments, now: None
    found_out: Callable[[Sequence[Commitment]], Mapping[int, str]] = lambda commitments: {}
    page_context: Callable[[Commitment], Mapping[str, Any]] = lambda commitment: {}
    defaults: Mapping[str, Any] = field(default_factory=dict)

    @property
    def is_one_press(self) -> bool:
        return self.form is not None and issubclass(self.form, PressForm)


_kinds: dict[str, RequirementKind] = {}


def register(kind: RequirementKind) -> str:
    """Register a kind and return its name; a site may replace a registered kind."""
    _kinds[kind.name] = kind
    return kind.name


def get_kind(name: str) -> RequirementKind:
    """Raises UnknownRequirementKind."""
    try:
        return _kinds[name]
    except KeyError:
        raise UnknownRequirementKind(f"No kind of requirement “{name}”.") from None


def found_out(commitments: Sequence[Commitment]) -> dict[int, str]:
    """What we know of each, by key, where there is something to say. Costs the same for more."""
    known: dict[int, str] = {}
    for name in {one.requirement.kind for one in commitments}:
        own = [one for one in commitments if one.requirement.kind == name]
        known |= get_kind(name).found_out(own)
    return known


def all_kinds() -> list[RequirementKind]:
    """What editors may add; updates are there already."""
    return [kind for kind in _kinds.values() if kind.name != UPDATE]


register(
    RequirementKind(
        name=UPDATE,
        label=_("Regular update"),
        explanation=_("The group tells how it is doing. Its days are those of the Policy tab."),
        asks=_("Tell us how your group is doing."),
        form=None,
    )
)

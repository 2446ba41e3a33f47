"""In which order and under which headings the application form's fields stand."""

from collections.abc import Callable
from dataclasses import dataclass

from django.forms import Form
from django.forms.boundfield import BoundField
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from affiliates.applications.forms.application import ALTERNATE, GROUP
from affiliates.applications.forms.questions import PREFIX
from affiliates.applications.forms.statements import StatementField
from affiliates.core.states import Network, StatementKind


@dataclass(frozen=True)
class Section:
    """Fields under one heading."""

    id: str
    legend: str | Promise
    help: str | Promise
    fields: list[BoundField]


def sections(form: Form) -> list[Section]:
    """The form's visible fields under their headings; headings with nothing below are left out."""
    found = (
        Section(name, legend, note, [form[it] for it in fields(form) if not form[it].is_hidden])
        for name, legend, note, fields in _SECTIONS
    )
    return [section for section in found if section.fields]


def _these(*names: str) -> Callable[[Form], list[str]]:
    return lambda form: list(names)


def _statements(kind: StatementKind) -> Callable[[Form], list[str]]:
    return lambda form: [
        name
        for name, field in form.fields.items()
        if isinstance(field, StatementField) and field.kind == kind
    ]


def _questions(form: Form) -> list[str]:
    return [name for name in form.fields if name.startswith(PREFIX)]


_EACH = _("Please read and tick each one.")

_SECTIONS = (
    ("beliefs", _("Core beliefs"), _EACH, _statements(StatementKind.BELIEF)),
    ("obligations", _("What affiliates promise"), _EACH, _statements(StatementKind.OBLIGATION)),
    ("group", _("Your group"), "", _these(*GROUP)),
    (
        "links",
        _("Where people find you"),
        _("Links or names of your accounts. Leave out what you do not have."),
        _these(*(f"link_{network}" for network in Network)),
    ),
    (
        "contact",
        _("Contact person"),
        _("Only our staff see this."),
        _these("contact_name", "contact_email", "contact_phone"),
    ),
    (
        "alternate",
        _("Second contact (optional)"),
        _("We write to this person when the first one does not answer."),
        _these(*ALTERNATE),
    ),
    ("questions", _("More questions"), "", _questions),
    ("language", _("Language"), "", _these("language")),
)

"""A group's contacts, as a row names them."""

from collections.abc import Callable
from dataclasses import dataclass, field

from django.utils.translation import gettext_lazy as _

from affiliates.core.addresses import clean_address
from affiliates.core.fields import clean_phone
from affiliates.core.people import clean_person_name
from affiliates.core.states import ContactRole
from affiliates.models import Affiliation, Contact
from affiliates.transfer.importing.report import Change, ImportReport, Severity

PREFIXES = {ContactRole.PRIMARY: "contact", ContactRole.ALTERNATE: "alternate"}
READERS: dict[str, Callable[[str], str]] = {
    "name": clean_person_name,
    "email": clean_address,
    "phone": clean_phone,
}
CONTACT_COLUMNS = {
    f"{prefix}_{part}": (role, part) for role, prefix in PREFIXES.items() for part in READERS
}
"""The role and the part of each column."""

MISSING = {
    "name": _("Please give the person’s name, too."),
    "email": _("Please give the person’s email address, too."),
}

Said = dict[str, str]


@dataclass
class ContactPlan:
    said: dict[ContactRole, Said] = field(default_factory=dict)
    changes: tuple[Change, ...] = ()


def read_contact_cell(said: dict[ContactRole, Said], column: str, cell: str) -> None:
    """Record a cell, unless it is empty. Raises ``ValidationError``."""
    role, part = CONTACT_COLUMNS[column]
    if value := READERS[part](cell):
        said.setdefault(role, {})[part] = value


def plan_contacts(
    said: dict[ContactRole, Said],
    affiliation: Affiliation | None,
    *,
    number: int,
    report: ImportReport,
) -> ContactPlan:
    """Return what the row changes. A person without a name or an address is an error."""
    plan = ContactPlan()
    for role, parts in said.items():
        contact = (affiliation and affiliation.contact(role)) or Contact()
        before = {part: getattr(contact, part) for part in READERS}
        after = {**before, **parts}
        for part, message in MISSING.items():
            if not after[part]:
                report.add(number, f"{PREFIXES[role]}_{part}", Severity.ERROR, str(message))
        changes = [
            Change(f"{PREFIXES[role]}_{part}", before[part], after[part])
            for part in READERS
            if before[part] != after[part]
        ]
        if changes:
            plan.said[role] = after
            plan.changes += tuple(changes)
    return plan

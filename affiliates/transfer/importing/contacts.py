"""A group's contacts, as a row names them."""

from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field

from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from affiliates.core.addresses import clean_address
from affiliates.core.people import clean_person_name
from affiliates.core.phones import clean_phone
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

NO_PERSON = _("No person is named here. Our emails will greet “%(name)s”.")

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
    group: str,
    number: int,
    report: ImportReport,
) -> ContactPlan:
    """Return what the row changes. A person without an address is an error; an address without a
    person, such as info@example.org, is that of the group, whose name it gets.
    """
    plan = ContactPlan()
    for role, parts in said.items():
        contact = (affiliation and affiliation.contact(role)) or Contact()
        before = {part: getattr(contact, part) for part in READERS}
        after = {**before, **parts}
        if after["email"] and not after["name"] and (name := _as_person(group)):
            after["name"] = name
            report.add(
                number,
                f"{PREFIXES[role]}_email",
                Severity.NOTE,
                str(NO_PERSON) % {"name": name},
            )
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


def _as_person(group: str) -> str:
    """The group's name, if it may stand where a person's does."""
    with suppress(ValidationError):
        return clean_person_name(group)
    return ""

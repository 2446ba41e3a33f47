"""Collect all that is stored about one person, for people and machines."""

import json
import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.apps import apps
from django.contrib.auth import get_user_model
from django.db import models
from django.utils.translation import gettext as _

from affiliates.models import (
    Acceptance,
    Application,
    Contact,
    ContactUpdate,
    ImportUpload,
    InformationRequest,
    ProfileChange,
    SupportRequest,
)
from affiliates.privacy.data_map import NOT_OURS_TO_CHANGE, Place, Related, places_of, related_to
from affiliates.privacy.person import SHORTEST_NAME, Person
from workflows.mail.reading import read_mail
from workflows.mail.secrecy import shareable
from workflows.models import OutgoingMail

BOOKKEEPING = (
    r"live|expired|(?:live|latest)_revision|has_unpublished_changes|latest_revision_created_at"
)

TECHNICAL = re.compile(
    rf"id|.*_(?:key|hash|ptr|nonce|token|type)|key|object_id|attempts|version|{BOOKKEEPING}"
)
"""Columns that only machines get."""

SECRETS = frozenset({"link_nonce", "lease_token", "network_hash", "content", "message"})


@dataclass(frozen=True)
class Found:
    """``contacts`` and ``drafts`` are the person's own records; ``places`` mention the person."""

    person: Person
    contacts: list[Contact]
    drafts: list[Application]
    related: Related
    places: list[Place]

    @property
    def is_empty(self) -> bool:
        return not (self.contacts or self.drafts or self.places)

    @property
    def kept(self) -> list[Place]:
        """Public content of the organization, which only editors can change."""
        return [place for place in self.places if place.model in NOT_OURS_TO_CHANGE]

    @property
    def has_account(self) -> bool:
        return get_user_model()._default_manager.filter(email__iexact=self.person.address).exists()


def find_person(address: str) -> Found:
    """Scan all columns (see ``data_map``); takes up to a minute on a large site."""
    contacts = list(Contact.objects.filter(email__iexact=address).order_by("pk"))
    drafts = list(Application.objects.filter(draft_email__iexact=address).order_by("pk"))
    person = Person(address, names=frozenset(_names(address, contacts, drafts)))
    related = related_to(contacts, drafts)
    places = list(places_of(person, related))
    return Found(person, contacts, drafts, related, places)


def _names(
    address: str, contacts: Iterable[Contact], drafts: Iterable[Application]
) -> Iterable[str]:
    to_them = OutgoingMail.objects.filter(recipient__iexact=address)
    names = {
        *(contact.name for contact in contacts),
        *to_them.values_list("recipient_name", flat=True),
        *(_typed(draft, "contact_name") for draft in drafts),
    }
    return {name.strip() for name in names if len(name.strip()) >= SHORTEST_NAME}


def _typed(draft: Application, name: str) -> str:
    """A value of the form; drafts store lists of values."""
    value = draft.form_data.get(name, "")
    return str(value[0] if isinstance(value, list) and value else value or "")


def records_of(found: Found) -> list[dict[str, Any]]:
    """The person's own records in full, then the matching columns of other records."""
    own = {(type(row), row.pk): _values_of(row) for row in _own_rows(found)}
    others = [place for place in found.places if (place.model, place.pk) not in own]
    return [
        *(_record(model, pk, values, whole=True) for (model, pk), values in own.items()),
        *(_record(each.model, each.pk, _readable(each), whole=False) for each in others),
    ]


def readable_values(record: dict[str, Any]) -> dict[str, Any]:
    model = apps.get_model(record["record"])
    names = {column.name: str(column.verbose_name) for column in model._meta.concrete_fields}
    return {
        names.get(name, name): value
        for name, value in record["values"].items()
        if value not in ("", None, [], {}) and not TECHNICAL.fullmatch(name)
    }


def _own_rows(found: Found) -> Iterable[models.Model]:
    applications = found.related.get(Application, set())
    contacts = [contact.pk for contact in found.contacts]
    yield from found.contacts
    yield from Application.objects.filter(pk__in=applications).order_by("pk")
    yield from Acceptance.objects.filter(application__in=applications).order_by("pk")
    yield from InformationRequest.objects.filter(application__in=applications).order_by("pk")
    yield from ContactUpdate.objects.filter(contact__in=contacts).order_by("pk")
    yield from ProfileChange.objects.filter(contact__in=contacts).order_by("pk")
    yield from SupportRequest.objects.filter(update__contact__in=contacts).order_by("pk")
    yield from OutgoingMail.objects.filter(recipient__iexact=found.person.address).order_by("pk")


def _record(
    model: type[models.Model], pk: Any, values: dict[str, Any], *, whole: bool
) -> dict[str, Any]:
    return {
        "record": model._meta.label,
        "id": plain(pk),
        "title": str(model._meta.verbose_name),
        "whole": whole,
        "values": values,
    }


def _values_of(row: models.Model) -> dict[str, Any]:
    values = {
        column.name: plain(column.value_from_object(row))
        for column in row._meta.concrete_fields
        if column.name not in SECRETS
    }
    message = shareable(row) if isinstance(row, OutgoingMail) else None
    if message:
        values["text"] = read_mail(message).text
    return values


def _readable(place: Place) -> dict[str, Any]:
    hidden = {
        OutgoingMail: {"message": "an email that names the person"},
        ImportUpload: {"content": "an uploaded table"},
    }.get(place.model, {})
    return {name: hidden.get(name, plain(value)) for name, value in place.values.items()}


def plain(value: Any) -> Any:
    if isinstance(value, datetime | date):
        return value.isoformat()
    if isinstance(value, bytes | memoryview):
        return bytes(value).decode("utf-8", "replace")
    if isinstance(value, str | int | float | bool | list | dict) or value is None:
        return value
    return str(value)


def as_json(found: Found, *, now: datetime) -> str:
    return json.dumps(_data(found, now), ensure_ascii=False, indent=2) + "\n"


def as_text(found: Found, *, now: datetime) -> str:
    data = _data(found, now)
    title = _("What is stored about %(address)s") % {"address": found.person.address}
    lines = [title, now.strftime("%Y-%m-%d %H:%M %Z"), ""]
    if not data["records"]:
        lines.append(_("Nothing."))
    for record in data["records"]:
        lines += [f"{record['title'].capitalize()} {record['id']}", *_values(record), ""]
    return "\n".join(lines).rstrip() + "\n"


def _data(found: Found, now: datetime) -> dict[str, Any]:
    return {
        "address": found.person.address,
        "names": sorted(found.person.names),
        "exported_at": now.isoformat(),
        "has_account": found.has_account,
        "records": records_of(found),
    }


def _values(record: dict[str, Any]) -> list[str]:
    return [f"  {name}: {_line(value)}" for name, value in readable_values(record).items()]


def _line(value: Any) -> str:
    text = value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
    return text.replace("\n", "\n    ")

"""Model fields that our tables share."""

import hashlib
import unicodedata
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from django.db import models
from django.utils.translation import gettext_lazy as _
from rest_framework.fields import Field
from wagtail import blocks
from wagtail.fields import StreamField
from wagtail.rich_text import expand_db_html

from affiliates.core.text import fold
from workflows.core.rows import among

STATEMENT_LENGTH = 600


def optional_relation(to, label=None, *, field=models.ForeignKey, related_name="+", **kwargs):
    """A relation that is set to null when the other record is deleted."""
    return field(
        to,
        on_delete=models.SET_NULL,
        null=True,
        blank=True,
        related_name=related_name,
        verbose_name=label,
        **kwargs,
    )


def part_of(to, related_name, **kwargs):
    """A relation to the owner, which the record is deleted with."""
    return models.ForeignKey(to, on_delete=models.CASCADE, related_name=related_name, **kwargs)


def state_field(states, default, *, max_length=16, db_index=True):
    """Only ``affiliates.audit.transitions`` changes a state."""
    return models.CharField(
        _("state"),
        max_length=max_length,
        choices=states.choices,
        default=default,
        db_index=db_index,
        editable=False,
    )


def know(model: type[models.Model], records: Mapping[int, models.Model], name: str) -> None:
    """Fetch the related rows ``name`` of records by their keys, for ``known``. For thousands of
    records this takes a third of what Django's prefetching takes.
    """
    relation: Any = model._meta.get_field(name)
    owner = relation.field.attname
    rows = relation.related_model._default_manager.filter(**{f"{owner}__in": among(records)})
    found: dict[int, list[Any]] = {key: [] for key in records}
    for row in rows:
        found[getattr(row, owner)].append(row)
    for key, record in records.items():
        record.__dict__[f"_known_{name}"] = found[key]


def known(record: models.Model, name: str) -> Iterable[Any]:
    """The related rows ``name``, without a query if they were fetched."""
    found = record.__dict__.get(f"_known_{name}")
    return getattr(record, name).all() if found is None else found


@dataclass(frozen=True)
class Statement:
    id: str
    text: str

    @property
    def text_hash(self) -> str:
        """SHA-256 of the text in NFC, in hexadecimal digits."""
        return hashlib.sha256(unicodedata.normalize("NFC", self.text).encode()).hexdigest()


def statements_field(label, help_text, **kwargs):
    """Ordered texts whose ids survive editing, moving and translating."""
    statement = blocks.TextBlock(label=_("Statement"), max_length=STATEMENT_LENGTH, rows=2)
    return StreamField(
        [("statement", statement)],
        verbose_name=label,
        help_text=help_text,
        **kwargs,
    )


class StatementsSerializer(Field):
    def to_representation(self, value: Any) -> list[dict[str, str]]:
        return [{"id": block.id, "text": str(block.value)} for block in value]


class RichTextSerializer(Field):
    """HTML as on the page, with resolved links."""

    def to_representation(self, value: str) -> str:
        return str(expand_db_html(value))


class FoldedField(models.TextField):
    """The folded text that the model's method ``source`` returns, refreshed on every save.

    Only ``QuerySet.update()`` and ``loaddata`` bypass it (see ``affiliates.directory.services``).
    It is not in revisions, and migrations see a plain text field.
    """

    def __init__(self, *args, source: str = "", **kwargs):
        self.source = source
        super().__init__(*args, **kwargs | {"editable": False, "serialize": False, "default": ""})

    def deconstruct(self):
        name, _path, args, kwargs = super().deconstruct()
        return name, "django.db.models.TextField", args, kwargs

    def pre_save(self, model_instance, add):
        value = fold(getattr(model_instance, self.source)())
        setattr(model_instance, self.attname, value)
        return value


class OwnKeyField(models.UUIDField):
    """The translation key that the page had when it was first saved; a copy keeps its original's.
    Migrations see a plain UUID field.
    """

    def deconstruct(self):
        name, _path, args, kwargs = super().deconstruct()
        return name, "django.db.models.UUIDField", args, kwargs

    def pre_save(self, model_instance, add):
        if getattr(model_instance, self.attname) is None:
            setattr(model_instance, self.attname, model_instance.translation_key)
        return super().pre_save(model_instance, add)

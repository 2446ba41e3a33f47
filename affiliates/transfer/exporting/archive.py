"""Exports all records of the app, its mails and deadlines as a ZIP; see docs/import-export.md."""

import base64
import hashlib
import json
import zipfile
from collections.abc import Iterator
from datetime import date, datetime, time
from decimal import Decimal
from itertools import chain
from typing import IO, Any

from django.apps import apps
from django.db import models
from wagtail.fields import StreamField

from affiliates.core.conf import OUR_APPS
from affiliates.models import ImportUpload
from workflows.core.chunks import in_chunks
from workflows.mail.secrecy import shareable
from workflows.models import OutgoingMail

FORMAT = "wagtail-affiliates/1"
LEFT_OUT = (ImportUpload,)
"""Kept for a day only."""


def archived_models() -> list[type[models.Model]]:
    """Our models with tables, including those of many-to-many relations."""
    ours = [apps.get_app_config(label).get_models(include_auto_created=True) for label in OUR_APPS]
    return [model for each in ours for model in each if model not in LEFT_OUT]


def write_archive(target: IO[bytes], *, now: datetime) -> dict[str, int]:
    """Stream all records; return how many there are of each model."""
    counts = {}
    files = {}
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as archive:
        for model in archived_models():
            name = f"{model._meta.label_lower}.jsonl"
            digest, count = hashlib.sha256(), 0
            with archive.open(name, "w", force_zip64=True) as file:
                for line in _lines(model):
                    file.write(line)
                    digest.update(line)
                    count += 1
            counts[model._meta.label_lower] = count
            files[name] = {"records": count, "sha256": digest.hexdigest()}
        manifest = {"format": FORMAT, "written_at": now.isoformat(), "files": files}
        archive.writestr("manifest.json", json.dumps(manifest, indent=2))
    return counts


def _lines(model: type[models.Model]) -> Iterator[bytes]:
    for row in chain.from_iterable(in_chunks(model._base_manager.order_by("pk"))):
        record = {"id": _plain(row.pk), "fields": dict(_fields(row))}
        yield json.dumps(record, ensure_ascii=False).encode() + b"\n"


def _fields(row: models.Model) -> Iterator[tuple[str, Any]]:
    for column in row._meta.concrete_fields:
        if isinstance(column, StreamField):
            yield column.name, list(getattr(row, column.name).raw_data)
        elif isinstance(row, OutgoingMail) and column.name == "message":
            yield column.name, _plain(shareable(row))
        else:
            yield column.name, _plain(column.value_from_object(row))
    for relation in row._meta.local_many_to_many:
        keys = getattr(row, relation.name).order_by("pk").values_list("pk", flat=True)
        yield relation.name, [_plain(key) for key in keys]


def _plain(value: Any) -> Any:
    if isinstance(value, datetime | date | time):
        return value.isoformat()
    if isinstance(value, bytes | memoryview):
        return {"base64": base64.b64encode(bytes(value)).decode()}
    if isinstance(value, Decimal):
        return str(value)
    if value is None or isinstance(value, str | int | float | bool | list | dict):
        return value
    return str(value)

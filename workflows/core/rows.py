"""Thousands of rows in one statement. On PostgreSQL, what differs between them is one JSON value:
an instance of a model and a placeholder for each field take ten times as long. No signals are sent.
"""

import json
from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import Any

from django.db import connection, models
from django.db.models.expressions import RawSQL
from django.db.models.sql import Query

Rows = Collection[Sequence[Any]]


def _is_postgresql() -> bool:
    return connection.vendor == "postgresql"


def among(keys: Iterable[int]) -> Any:
    """For ``__in``: integer keys as one parameter instead of thousands."""
    if not _is_postgresql():
        return list(keys)
    return RawSQL("SELECT unnest(%s::bigint[])", [f"{{{','.join(map(str, keys))}}}"])


def insert_rows(
    model: type[models.Model], names: Sequence[str], rows: Rows, *, skip_known: bool, **same: Any
) -> None:
    """Insert ``rows`` of values of the fields ``names``. ``same`` are values or expressions for all
    rows; other fields get their default. ``skip_known``: leave out rows that break a unique
    constraint. Raises IntegrityError.
    """
    if not rows:
        return
    if not _is_postgresql():
        new = (model(**dict(zip(names, row, strict=True)), **same) for row in rows)
        model._default_manager.bulk_create(new, ignore_conflicts=skip_known)
        return
    source = _Source(model, names, rows, _defaults(model) | same)
    source.execute(
        f"INSERT INTO {source.table} ({', '.join(map(source.column, source.values))})",
        f"SELECT {', '.join(source.values.values())}",
        f"FROM {source.recordset}",
        "ON CONFLICT DO NOTHING" if skip_known else "",
    )


def update_rows(model: type[models.Model], names: Sequence[str], rows: Rows) -> None:
    """Set the fields ``names`` to the values in ``rows``. Each row ends with its primary key."""
    if not rows:
        return
    if not _is_postgresql():
        _update_alike(model, names, rows)
        return
    pk = model._meta.pk.attname
    source = _Source(model, [*names, pk], rows, {})
    key = source.values.pop(pk)
    changes = (f"{source.column(name)} = {value}" for name, value in source.values.items())
    source.execute(
        f"UPDATE {source.table} SET",
        ", ".join(changes),
        f"FROM {source.recordset}",
        f"WHERE {source.table}.{source.column(pk)} = {key}",
    )


def _update_alike(model: type[models.Model], names: Sequence[str], rows: Rows) -> None:
    """One update per group of equal values: ``bulk_update`` takes longer than all the rest."""
    alike: dict[tuple[Any, ...], list[int]] = {}
    for *values, key in rows:
        alike.setdefault(tuple(values), []).append(key)
    for found, keys in alike.items():
        model._default_manager.filter(pk__in=keys).update(**dict(zip(names, found, strict=True)))


def _defaults(model: type[models.Model]) -> dict[str, Any]:
    fields = model._meta.concrete_fields
    return {field.attname: field.get_default() for field in fields if not field.primary_key}


class _Source:
    """``values``: the SQL of each field's value, from ``recordset`` where the rows differ."""

    def __init__(
        self,
        model: type[models.Model],
        names: Sequence[str],
        rows: Rows,
        same: Mapping[str, Any],
    ) -> None:
        self.fields: dict[str, Any] = {
            field.attname: field for field in model._meta.concrete_fields
        }
        self.table = connection.ops.quote_name(model._meta.db_table)
        columns = dict(zip(names, zip(*rows, strict=True), strict=True))
        differing = [name for name in names if len(set(columns[name])) > 1] or [names[-1]]
        shared = {name: values[0] for name, values in columns.items() if name not in differing}
        self.values = {name: f"r.{self.column(name)}" for name in differing}
        self.params: list[Any] = []
        compiler = Query(model).get_compiler(connection=connection)
        for name, value in {**same, **shared}.items():
            if name not in differing:
                self.values[name], params = self._compiled(compiler, name, value)
                self.params += params
        types = (f"{self.column(name)} {self._type(name)}" for name in differing)
        self.recordset = f"json_to_recordset(%s) AS r({', '.join(types)})"
        self.params.append(self._json(differing, columns))

    def column(self, name: str) -> str:
        return connection.ops.quote_name(self.fields[name].column)

    def execute(self, *sql: str) -> None:
        with connection.cursor() as cursor:
            cursor.execute(" ".join(sql), self.params)

    def _type(self, name: str) -> str | None:
        return self.fields[name].cast_db_type(connection)

    def _compiled(self, compiler: Any, name: str, value: Any) -> tuple[str, Sequence[Any]]:
        if hasattr(value, "as_sql"):
            return compiler.compile(value)
        return f"%s::{self._type(name)}", [self.fields[name].get_db_prep_save(value, connection)]

    def _json(self, names: Sequence[str], columns: Mapping[str, Sequence[Any]]) -> str:
        keys = [self.fields[name].column for name in names]
        rows = zip(*(columns[name] for name in names), strict=True)
        return json.dumps([dict(zip(keys, row, strict=True)) for row in rows], default=str)

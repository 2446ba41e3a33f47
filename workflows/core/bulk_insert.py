"""Inserts rows in fewer statements than Django's own ways take."""

from collections.abc import Sequence
from typing import Any

from django.db import connections, router
from django.db.models import AutoField, Field, Model
from django.db.models.constants import OnConflict
from django.db.models.sql import InsertQuery


def insert_inherited(objects: Sequence[Model]) -> None:
    """Insert new objects of one model, with one statement for each table that it inherits from;
    Django's ``bulk_create`` refuses such models. Effects: primary keys and automatic dates are set
    on the objects. Sends no signal.
    """
    model = type(objects[0])
    root, *others = [*reversed(model._meta.get_parent_list()), model]
    names = [field.attname for field in root._meta.local_concrete_fields]
    rows = root._base_manager.bulk_create(
        root(**{name: getattr(instance, name) for name in names}) for instance in objects
    )
    for instance, row in zip(objects, rows, strict=True):
        for name in names:
            setattr(instance, name, getattr(row, name))
        for child in others:
            setattr(instance, child._meta.pk.attname, row.pk)
        instance._state.adding, instance._state.db = False, row._state.db
    for child in others:
        manager: Any = child._base_manager
        # Django's save() calls this for each table of an inherited model.
        manager._insert(objects, fields=child._meta.local_concrete_fields, using=rows[0]._state.db)


def insert_unless_taken(instance: Model) -> bool:
    """Insert a new object unless a row has one of its unique values; return whether it was. Waits
    for a concurrent transaction that inserts such a row. Unlike ``bulk_create``, sets the key.
    """
    meta = type(instance)._meta
    manager: Any = type(instance)._base_manager
    found = manager._insert(
        [instance],
        fields=_written(type(instance)),
        returning_fields=[meta.pk],
        using=router.db_for_write(type(instance)),
        on_conflict=OnConflict.IGNORE,
    )
    row = next(filter(None, found), None)
    if row:
        instance.pk = row[0]
        instance._state.adding, instance._state.db = False, router.db_for_write(type(instance))
    return bool(row)


def insert_together(*groups: Sequence[Model]) -> None:
    """Insert new rows of several models, each group of one, in the caller's transaction: on
    PostgreSQL in one statement, whose parts must not refer to each other. Sets no keys.
    """
    queries = []
    for rows in filter(None, groups):
        query = InsertQuery(type(rows[0]))
        query.insert_values(_written(type(rows[0])), list(rows))
        queries.append(query)
    using = router.db_for_write(type(groups[0][0]))
    connection = connections[using]
    parts = [part for query in queries for part in query.get_compiler(using).as_sql()]
    if connection.vendor == "postgresql":
        *first, (last, _params) = parts
        ahead = ", ".join(f"part{number} AS ({sql})" for number, (sql, _) in enumerate(first))
        params = [value for _sql, values in parts for value in values]
        parts = [(f"WITH {ahead} {last}" if ahead else last, params)]
    with connection.cursor() as cursor:
        for sql, values in parts:
            cursor.execute(sql, values)


def _written(model: type[Model]) -> list[Field]:
    return [
        field for field in model._meta.local_concrete_fields if not isinstance(field, AutoField)
    ]

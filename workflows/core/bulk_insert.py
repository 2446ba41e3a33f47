"""Inserts rows of inherited models in few statements."""

from collections.abc import Sequence

from django.db.models import Model


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
        # Django's save() calls this for each table of an inherited model.
        child._base_manager._insert(
            objects, fields=child._meta.local_concrete_fields, using=rows[0]._state.db
        )

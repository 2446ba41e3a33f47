"""Find rows with a person's address or name. Scans all text, JSON and binary columns of our tables,
future ones too, and Wagtail's revisions, logs, comments and review comments.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import reduce
from operator import or_
from typing import Any

from django.apps import apps
from django.contrib.contenttypes.models import ContentType
from django.db import models
from django.db.models import Q
from django.db.models.functions import Cast
from wagtail.fields import StreamField
from wagtail.models import (
    Comment,
    CommentReply,
    ModelLogEntry,
    PageLogEntry,
    Revision,
    TaskState,
)

from affiliates.core.conf import OUR_APPS
from affiliates.models import (
    AffiliatePage,
    AffiliateProgramPage,
    Affiliation,
    Application,
    Contact,
    ContactUpdate,
)
from affiliates.privacy.person import Person
from workflows.core.chunks import keys_in_chunks

BESIDE = (Revision, PageLogEntry, ModelLogEntry, TaskState, Comment, CommentReply)
TEXTS = (models.CharField, models.TextField, models.JSONField)
NOT_OURS_TO_CHANGE = (AffiliateProgramPage,)
"""Public content of the organization with its own address; only editors change it."""

GROUPS_NAMES = {Application: {"name"}, Affiliation: {"name"}}
"""A group may be named after a person. The name is public, so only editors remove it."""


@dataclass(frozen=True)
class Place:
    """A row and its columns that mention a person. ``by_name``: names count, too."""

    model: type[models.Model]
    pk: Any
    values: dict[str, Any]
    by_name: bool


Related = dict[type[models.Model], set[Any]]


def scanned_models() -> list[type[models.Model]]:
    ours = [model for label in OUR_APPS for model in apps.get_app_config(label).get_models()]
    return [*ours, *BESIDE]


def columns_of(model: type[models.Model]) -> list[models.Field]:
    """Columns that may hold free text; choices cannot."""
    return [
        column
        for column in model._meta.concrete_fields
        if isinstance(column, (*TEXTS, models.BinaryField))
        and not (column.choices and not column.primary_key)
        and not isinstance(column, StreamField)
    ]


def places_of(person: Person, related: Related) -> Iterator[Place]:
    """Rows of all tables with the address, and rows of ``related`` with a name."""
    for model in scanned_models():
        columns = columns_of(model)
        about = _about(model, related)
        seen: set[Any] = set()
        if about is not None:
            for place in _rows(model, columns, person, about, by_name=True):
                seen.add(place.pk)
                yield place
        for place in _rows(model, columns, person, None, by_name=False):
            if place.pk not in seen:
                yield place


def related_to(contacts: Iterable[Contact], drafts: Iterable[Application]) -> Related:
    """Records of the applications and affiliations that have the person as contact, by model."""
    related: Related = defaultdict(set)
    for contact in contacts:
        if contact.application_id:
            related[Application].add(contact.application_id)
        if contact.affiliation_id:
            related[Affiliation].add(contact.affiliation_id)
    related[Application] |= {draft.pk for draft in drafts}
    pages = AffiliatePage.objects.filter(
        Q(application__in=related[Application]) | Q(affiliation__in=related[Affiliation])
    )
    related[AffiliatePage] = set(pages.values_list("pk", flat=True))
    for model in scanned_models():
        if model is not Contact:
            keys = _keys_of_parts(model, related)
            if keys:
                related[model] |= keys
    return dict(related)


def _keys_of_parts(model: type[models.Model], related: Related) -> set[Any]:
    found: set[Any] = set()
    for column in model._meta.concrete_fields:
        parent = column.related_model if column.many_to_one else None
        if parent in (Application, Affiliation) and related.get(parent):
            rows = model._base_manager.filter(**{f"{column.name}__in": related[parent]})
            found |= set(rows.values_list("pk", flat=True))
    return found


def _about(model: type[models.Model], related: Related) -> Q | None:
    pages = related.get(AffiliatePage, set())
    wanted = []
    if model in related and model is not AffiliatePage:
        wanted.append(Q(pk__in=related[model]))
    if {"content_type", "object_id"} <= {column.name for column in model._meta.fields}:
        wanted += [
            Q(content_type=ContentType.objects.get_for_model(each), object_id__in=map(str, keys))
            for each, keys in related.items()
            if keys
        ]
    if model in (PageLogEntry, Comment):
        wanted.append(Q(page__in=pages))
    if model is CommentReply:
        wanted.append(Q(comment__page__in=pages))
    if model is TaskState:
        keys = pages | related.get(ContactUpdate, set())
        wanted.append(Q(workflow_state__object_id__in=map(str, keys)))
    return reduce(or_, wanted) if wanted else None


def _rows(
    model: type[models.Model],
    columns: list[models.Field],
    person: Person,
    about: Q | None,
    *,
    by_name: bool,
) -> Iterator[Place]:
    rows = model._base_manager.all() if about is None else model._base_manager.filter(about)
    binary = [column.name for column in columns if isinstance(column, models.BinaryField)]
    if not (by_name or binary):
        rows = _with_address(rows, columns, person)
    ignored = GROUPS_NAMES.get(model, set())
    names = [column.name for column in columns]
    for keys in keys_in_chunks(rows):
        for row in rows.filter(pk__in=keys).values("pk", *names):
            pk = row.pop("pk")
            found = {
                name: value
                for name, value in row.items()
                if person.is_in(value, by_name=by_name and name not in ignored)
            }
            if found:
                yield Place(model, pk, found, by_name)


def _with_address(
    rows: models.QuerySet, columns: list[models.Field], person: Person
) -> models.QuerySet:
    """A coarse filter by the database."""
    wanted = Q()
    for column in columns:
        name = column.name
        if isinstance(column, models.JSONField):
            rows = rows.annotate(**{f"{name}_text": Cast(name, models.TextField())})
            name = f"{name}_text"
        wanted |= Q(**{f"{name}__icontains": person.address})
    return rows.filter(wanted) if columns else rows.none()

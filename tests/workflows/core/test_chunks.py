"""Long tables are read a few rows at a time."""

import pytest
from django.contrib.auth.models import Group
from django.db import connection
from django.test.utils import CaptureQueriesContext

from workflows.core.chunks import in_chunks

NAMES = ["a", "b", "c", "d", "e"]


@pytest.fixture
def groups(db):
    Group.objects.all().delete()
    Group.objects.bulk_create(Group(name=name) for name in reversed(NAMES))
    return Group.objects.order_by("name")


def test_rows_come_in_their_order_and_only_a_chunk_is_asked_for_at_once(groups):
    chunks = in_chunks(groups, 2)
    with CaptureQueriesContext(connection) as statements:
        first = [group.name for group in next(chunks)]
    assert first == NAMES[:2]
    assert len(statements) == 2
    assert [[group.name for group in chunk] for chunk in chunks] == [["c", "d"], ["e"]]


def test_row_that_is_deleted_or_no_longer_meant_is_left_out(groups):
    chunks = in_chunks(groups.exclude(name="x"), 1)
    next(chunks)
    groups.filter(name="b").delete()
    groups.filter(name="c").update(name="x")
    assert [group.name for chunk in chunks for group in chunk] == ["d", "e"]


def test_nothing_to_read_is_no_chunk(groups):
    assert list(in_chunks(groups.none())) == []

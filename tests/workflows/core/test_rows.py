"""Rows that are written in bulk are those that one by one would be."""

from datetime import UTC, datetime, timedelta

import pytest
from django.contrib.auth.models import Group
from django.db import IntegrityError, transaction
from django.db.models.functions import Now

from workflows.core.rows import among, insert_rows, update_rows
from workflows.models import OutgoingMail

NOON = datetime(2026, 11, 23, 12, 0, 0, 123456, tzinfo=UTC)
NAMES = ("key", "recipient", "recipient_name", "secrets_expire_at")
ROWS = [
    ("one", "kim@example.org", "O'Hara \\ “Kim” 😀 %s", NOON),
    ("two", "kim@example.org", "Zoë\nand Ann", None),
    ("three", "lea@example.org", "", NOON - timedelta(days=200)),
]


def insert(rows, **same):
    same = {"kind": "welcome", "next_attempt_at": Now(), **same}
    insert_rows(OutgoingMail, NAMES, rows, skip_known=True, **same)


def found(*names):
    return list(OutgoingMail.objects.order_by("pk").values_list(*names))


@pytest.mark.django_db
@pytest.mark.parametrize("number", [0, 1, 3])
def test_rows_are_as_given(number):
    insert(ROWS[:number])
    assert found(*NAMES) == ROWS[:number]


@pytest.mark.django_db
def test_other_fields_get_their_default():
    insert(ROWS[:1], created_at=NOON)
    mail = OutgoingMail.objects.get()
    assert (mail.kind, mail.created_at) == ("welcome", NOON)
    assert (mail.state, mail.attempts, mail.answer) == ("queued", 0, "")
    assert mail in OutgoingMail.due()


@pytest.mark.django_db
@pytest.mark.parametrize("number", [1, 3])
def test_one_statement_for_all(number, django_assert_num_queries):
    with django_assert_num_queries(1):
        insert(ROWS[:number])


@pytest.mark.django_db
def test_known_rows_stay_as_they_are():
    insert(ROWS[:2])
    insert([("two", "else@example.org", "Else", None), ROWS[2]])
    assert found(*NAMES) == ROWS


@pytest.mark.django_db
def test_known_rows_are_refused_unless_to_be_left_out():
    insert(ROWS[:1])
    with pytest.raises(IntegrityError), transaction.atomic():
        insert_rows(OutgoingMail, NAMES, ROWS, skip_known=False)
    assert found("key") == [("one",)]


@pytest.mark.django_db
@pytest.mark.parametrize("number", [0, 1, 3])
def test_each_row_gets_its_own_values(number):
    insert(ROWS)
    keys = [key for (key,) in found("pk")]
    new = [(f"Person {key}", NOON + timedelta(days=key), "de", key) for key in keys[:number]]
    update_rows(OutgoingMail, ("recipient_name", "secrets_expire_at", "language"), new)
    changed = [(name, at, language) for name, at, language, _key in new]
    untouched = [(name, at, "") for _key, _to, name, at in ROWS[number:]]
    assert found("recipient_name", "secrets_expire_at", "language") == changed + untouched


@pytest.mark.django_db
def test_among_keys():
    groups = [Group.objects.create(name=name) for name in "abc"]
    two = among(group.pk for group in groups[:2])
    assert set(Group.objects.filter(pk__in=two)) == {*groups[:2]}
    assert not Group.objects.filter(pk__in=among([])).exists()

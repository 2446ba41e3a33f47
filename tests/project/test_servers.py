"""The servers that the tests run on are real, and leave nothing behind."""

import json
import os
import subprocess
import sys
from pathlib import Path

import psycopg
import pytest
import redis
from django.conf import settings
from django.db import connection

from program_site.settings.test import of_this_worker
from tests import keeper
from tests.servers import servers_to_start


@pytest.fixture
def kept():
    """A keeper of its own with both servers: the process and what it answered."""
    process = subprocess.Popen(
        [sys.executable, keeper.__file__, "postgresql", "valkey"],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    yield process, json.loads(process.stdout.readline())
    process.communicate()


def test_test_database_is_the_one_asked_for(db):
    asked_for = os.environ.get("TEST_DATABASE") or settings.DATABASES["default"]["ENGINE"]
    assert asked_for.endswith(connection.vendor) or connection.vendor in asked_for
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1")
        assert cursor.fetchone() == (1,)


def test_test_broker_answers():
    with redis.Redis.from_url(settings.REDIS_URL) as broker:
        assert broker.ping()


@pytest.mark.parametrize(
    ("worker", "expected"),
    [("", "redis://h:1/0"), ("gw0", "redis://h:1/1"), ("gw7", "redis://h:1/8")],
)
def test_each_xdist_worker_has_its_own_broker_database(worker, expected):
    assert of_this_worker("redis://h:1/0", worker) == expected


@pytest.mark.parametrize(
    ("environment", "expected"),
    [
        ({}, ["postgresql", "valkey"]),
        ({"TEST_DATABASE": "sqlite"}, ["sqlite", "valkey"]),
        ({"DATABASE_URL": "postgres://h/d"}, ["valkey"]),
        ({"REDIS_URL": "redis://h"}, ["postgresql"]),
        ({"DATABASE_URL": "postgres://h/d", "REDIS_URL": "redis://h"}, []),
    ],
)
def test_servers_named_in_the_environment_are_respected(environment, expected):
    assert servers_to_start(environment) == expected


def test_keeper_whose_owner_closes_its_input_stops_both_servers(kept):
    process, answer = kept
    with psycopg.connect(answer["DATABASE_URL"]) as database:
        directory = Path(database.execute("SHOW data_directory").fetchone()[0]).parents[1]
    with redis.Redis.from_url(answer["REDIS_URL"]) as broker:
        assert broker.ping()

    process.communicate()

    assert process.returncode == 0
    assert not directory.exists()
    with pytest.raises(psycopg.OperationalError):
        psycopg.connect(answer["DATABASE_URL"])
    with redis.Redis.from_url(answer["REDIS_URL"]) as broker, pytest.raises(redis.ConnectionError):
        broker.ping()


def test_keeper_that_is_terminated_removes_its_files(kept):
    process, answer = kept
    with psycopg.connect(answer["DATABASE_URL"]) as database:
        directory = Path(database.execute("SHOW data_directory").fetchone()[0]).parents[1]

    process.terminate()
    process.wait()

    assert not directory.exists()


def test_two_keepers_at_once_do_not_meet(kept):
    _, first = kept
    second = subprocess.run(
        [sys.executable, keeper.__file__, "postgresql", "valkey"],
        input="",
        capture_output=True,
        text=True,
        check=True,
    )
    assert not set(first.values()) & set(json.loads(second.stdout).values())

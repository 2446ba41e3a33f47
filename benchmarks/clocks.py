"""Travelling in time, the database too: ours goes by its own clock where machines may differ."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime

import time_machine
from django.db import connection

OUR_CLOCK = """
CREATE SCHEMA IF NOT EXISTS fast_forward;
CREATE OR REPLACE FUNCTION fast_forward.statement_timestamp() RETURNS timestamptz
    LANGUAGE sql STABLE
    AS $$ SELECT current_setting('fast_forward.now')::timestamptz $$;
"""
"""Found before PostgreSQL's own function, for this connection only."""


@contextmanager
def at(moment: datetime) -> Iterator[None]:
    with time_machine.travel(moment, tick=False):
        _set_clock_of_database(moment.astimezone(UTC))
        yield


def _set_clock_of_database(now: datetime) -> None:
    if connection.vendor == "sqlite":
        connection.ensure_connection()
        text = f"{now:%Y-%m-%d %H:%M:%S.%f}"
        connection.connection.create_function("strftime", 2, lambda _form, _when: text[:-3])
        return
    with connection.cursor() as cursor:
        cursor.execute("SELECT to_regproc('fast_forward.statement_timestamp')")
        if cursor.fetchone() == (None,):
            cursor.execute(OUR_CLOCK)
        cursor.execute("SET search_path = fast_forward, public, pg_catalog")
        cursor.execute("SELECT set_config('fast_forward.now', %s, false)", [now.isoformat()])

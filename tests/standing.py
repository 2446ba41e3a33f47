"""Rows that stand in the database for many tests in a row, as Django's ``setUpTestData`` does it.

Most tests begin with the same program, and some with the loaded demo. What a fixture named in
``makers`` needs is made once, in a transaction around the tests that ask for it. Each test still
has one of its own within, which is undone. A test that does without, or that commits, finds nothing
of it.
"""

from collections.abc import Callable
from contextlib import AbstractContextManager
from typing import Any

import pytest
from django.db import connection, transaction

COMMITTING = {"transactional_db", "live_server"}


class Standing:
    """``fixture`` names what stands at the moment, ``made`` is what its maker returned."""

    def __init__(self) -> None:
        self.makers: dict[str, Callable[[], Any]] = {}
        self.unblock: Callable[[], AbstractContextManager[None]] | None = None
        self.fixture: str | None = None
        self.made: Any = None
        self.block: transaction.Atomic | None = None

    def of(self, fixture: str) -> Any:
        """What the fixture's maker returned; for the first test of all, it has to make it now."""
        return self.made if self.fixture == fixture else self.makers[fixture]()

    def prepare(self, item: pytest.Item) -> None:
        """To be called between tests. Without a database yet, a test makes its rows itself."""
        wanted = self.wanted_by(item)
        if self.unblock is None or (wanted == self.fixture and not self.is_broken()):
            return
        with self.unblock():
            self.take_down()
            if wanted:
                self.put_up(wanted)

    def wanted_by(self, item: pytest.Item) -> str | None:
        names = set(getattr(item, "fixturenames", ()))
        marker = item.get_closest_marker("django_db")
        if names & COMMITTING or (marker and marker.kwargs.get("transaction")):
            return None
        return next((name for name in self.makers if name in names), None)

    def is_broken(self) -> bool:
        """Whether a test has lost the connection, and with it what stood."""
        lost = connection.closed_in_transaction or not connection.in_atomic_block
        return self.block is not None and (lost or connection.needs_rollback)

    def put_up(self, fixture: str) -> None:
        self.block = transaction.atomic()
        self.block._from_testcase = True  # It does not count for what insists on no transaction.
        self.block.__enter__()
        self.fixture, self.made = fixture, self.makers[fixture]()

    def take_down(self) -> None:
        block, self.block, self.fixture, self.made = self.block, None, None, None
        if block and connection.in_atomic_block:
            transaction.set_rollback(True)
            block.__exit__(None, None, None)


standing = Standing()

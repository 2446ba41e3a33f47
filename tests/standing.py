"""Rows that stand in the database for many tests in a row, as Django's ``setUpTestData`` does it.

Most tests of a file begin with the same program and the same group. ``@stands()`` in the place of
``@pytest.fixture`` makes them once, in a transaction around the tests that ask for them:

    @stands(at=MONDAY)
    def group(program):
        return affiliation(program)

It may need only what stands itself. ``at`` is the time at which it is made; otherwise that is now,
whatever clock a test stops. Each test has a transaction of its own within, which is undone, and
reads the records anew. A test that does without finds nothing of it, and one that commits makes
its own.
"""

import inspect
from collections.abc import Callable
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass
from datetime import datetime
from itertools import takewhile
from typing import Any

import pytest
import time_machine
from django.db import connection, transaction
from django.db.models import Model

from tests.kept_rows import put_rows_back

COMMITTING = {"transactional_db", "live_server"}


@dataclass(frozen=True, eq=False)
class Maker:
    """``needs`` are the names of the fixtures that are made before."""

    make: Callable[..., Any]
    needs: tuple[str, ...]
    at: datetime | None

    def __call__(self, *needs: Any) -> Any:
        with time_machine.travel(self.at, tick=False) if self.at else nullcontext():
            return self.make(*needs)


Wanted = dict[Maker, list[Maker]]
"""Makers with those that they need."""


@dataclass(frozen=True)
class Stood:
    """What a maker returned, and the transaction in which its rows are."""

    maker: Maker
    made: Any
    block: transaction.Atomic


def stands(*, at: datetime | None = None) -> Callable[[Callable[..., Any]], Any]:
    def decorated(make: Callable[..., Any]) -> Any:
        needs = inspect.signature(make).parameters
        maker = Maker(make, tuple(needs), at)

        def fixture(**given: Any) -> Any:
            found = standing.of(maker)
            return read_anew(found.made) if found else maker(*(given[name] for name in needs))

        database = inspect.Parameter("db", inspect.Parameter.KEYWORD_ONLY)
        fixture.__signature__ = inspect.Signature([*needs.values(), database])  # type: ignore[attr-defined]
        fixture.__doc__ = make.__doc__
        fixture.maker = maker  # type: ignore[attr-defined]
        return pytest.fixture(name=make.__name__)(fixture)

    return decorated


def read_anew(made: Any) -> Any:
    """Records as the database has them; everything else as it is."""
    match made:
        case Model():
            return type(made)._base_manager.get(pk=made.pk)
        case tuple() | list():
            return type(made)(map(read_anew, made))
        case dict():
            return {key: read_anew(value) for key, value in made.items()}
    return made


class Standing:
    """What stands at the moment, the first at the bottom. It is taken down from the top."""

    def __init__(self) -> None:
        self.unblock: Callable[[], AbstractContextManager[None]] | None = None
        self.stack: list[Stood] = []
        self.is_emptied = False
        """Whether the test before has committed, after which the database is emptied."""

    def of(self, maker: Maker) -> Stood | None:
        return next((stood for stood in self.stack if stood.maker is maker), None)

    def prepare(self, item: pytest.Item) -> None:
        """To be called between tests. Without a database yet, a test makes its rows itself."""
        commits = is_committing(item)
        if self.unblock is not None:
            with self.unblock():
                if self.is_emptied and not commits:
                    put_rows_back()
                self.change_to({} if commits else wanted_by(item))
        self.is_emptied = commits

    def change_to(self, wanted: Wanted) -> None:
        self.take_down(0 if self.is_broken() else self.count_wanted(wanted))
        for maker, needs in wanted.items():
            if not self.of(maker):
                self.put_up(maker, needs)

    def count_wanted(self, wanted: Wanted) -> int:
        return len(list(takewhile(lambda stood: stood.maker in wanted, self.stack)))

    def is_broken(self) -> bool:
        """Whether a test has lost the connection, and with it what stood."""
        lost = connection.closed_in_transaction or not connection.in_atomic_block
        return bool(self.stack) and (lost or connection.needs_rollback)

    def put_up(self, maker: Maker, needs: list[Maker]) -> None:
        block = transaction.atomic()
        block._from_testcase = True  # It does not count for what insists on no transaction.
        block.__enter__()
        self.stack.append(Stood(maker, None, block))
        try:
            made = maker(*(read_anew(self.of(need).made) for need in needs))
        except Exception:
            self.take_down(len(self.stack) - 1)
            raise
        self.stack[-1] = Stood(maker, made, block)

    def take_down(self, kept: int = 0) -> None:
        while len(self.stack) > kept:
            block = self.stack.pop().block
            if connection.in_atomic_block:
                transaction.set_rollback(True)
                block.__exit__(None, None, None)


def is_committing(item: pytest.Item) -> bool:
    marker = item.get_closest_marker("django_db")
    asked = marker and marker.kwargs.get("transaction")
    return bool(asked or COMMITTING.intersection(item.fixturenames))


def wanted_by(item: pytest.Item) -> Wanted:
    """All makers of the test's fixtures, each after those that it needs."""
    wanted: Wanted = {}
    definitions = item._fixtureinfo.name2fixturedefs

    def want(name: str, index: int = -1) -> Maker | None:
        maker = getattr(definitions[name][index].func, "maker", None)
        if maker and maker not in wanted:
            # A fixture that asks for one of its own name means the one that it replaces.
            needs = [want(need, index - 1 if need == name else -1) for need in maker.needs]
            wanted[maker] = needs
        return maker

    for name in definitions:
        want(name)
    return wanted


standing = Standing()

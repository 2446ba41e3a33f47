"""A pytest plugin: a real PostgreSQL and a real Valkey for the tests, without any set-up.

Loaded by ``-p tests.servers`` (see ``addopts``), before Django's settings ask the environment for
``DATABASE_URL`` and ``REDIS_URL``. Whatever is set already is respected. ``TEST_DATABASE=sqlite``
puts SQLite, in a file so that threads and other processes see it, in PostgreSQL's place.

The servers belong to a keeper process (``tests/keeper.py``) that ends with this one, however this
one ends. Workers of pytest-xdist inherit the environment, so only the first process starts any.
"""

import json
import os
import subprocess
import sys
from collections.abc import Generator
from pathlib import Path

import pytest

from tests.migrated import make_database

KEEPER = Path(__file__).with_name("keeper.py")
WITHOUT_TESTS = ("help", "version", "collectonly", "markers", "showfixtures")


@pytest.hookimpl(wrapper=True, tryfirst=True)
def pytest_load_initial_conftests(early_config: pytest.Config) -> Generator[None]:
    """A wrapper, since those run before pytest-django's own hook of this name."""
    missing = servers_to_start(dict(os.environ))
    if missing and not any(
        getattr(early_config.known_args_namespace, name, False) for name in WITHOUT_TESTS
    ):
        start_servers(early_config, missing)
    return (yield)


def servers_to_start(environment: dict[str, str]) -> list[str]:
    sqlite = environment.get("TEST_DATABASE", "").lower() == "sqlite"
    database = "sqlite" if sqlite else "postgresql"
    wanted = {"DATABASE_URL": database, "REDIS_URL": "valkey"}
    return [server for variable, server in wanted.items() if variable not in environment]


def start_servers(config: pytest.Config, servers: list[str]) -> None:
    keeper = subprocess.Popen(
        [sys.executable, str(KEEPER), *servers],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        start_new_session=True,  # Ctrl-C is for pytest; the keeper notices when pytest is gone.
    )
    assert keeper.stdout is not None
    answer = keeper.stdout.readline()
    if not answer:
        stop(keeper)
        raise pytest.UsageError("The servers for the tests did not start; the reason stands above.")
    config.add_cleanup(lambda: stop(keeper))
    os.environ.update(json.loads(answer))
    if "postgresql" in servers:
        os.environ["TEST_TEMPLATE"] = make_database(os.environ["DATABASE_URL"])


def stop(keeper: subprocess.Popen[str]) -> None:
    keeper.communicate()

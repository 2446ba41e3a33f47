"""A PostgreSQL and a Valkey for one run, with the demo's content."""

import contextlib
import json
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]


@contextlib.contextmanager
def servers() -> Iterator[dict[str, str]]:
    """Start them; the environment for sites that use them."""
    keeper = subprocess.Popen(
        [sys.executable, ROOT / "tests" / "keeper.py", "postgresql", "valkey"],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    try:
        yield os.environ | json.loads(keeper.stdout.readline())
    finally:
        keeper.communicate()


def environment_for(settings: str, directory: str) -> dict[str, str]:
    (Path(directory) / "static").mkdir()
    return {
        "DJANGO_SETTINGS_MODULE": settings,
        "PYTHONPATH": f"{ROOT}{os.pathsep}{ROOT / 'site'}",
        "DEMO_DIR": directory,
        "LOG_LEVEL": "ERROR",
    }


def prepare(environment: dict[str, str], *commands: str) -> None:
    for command in commands or ("migrate --run-syncdb", "load_demo"):
        subprocess.run(
            [sys.executable, ROOT / "site" / "manage.py", *command.split()],
            env=environment,
            check=True,
            stdout=subprocess.DEVNULL,
        )

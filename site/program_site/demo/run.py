"""The demo from start to end: everything on this machine, nothing left running behind."""

import contextlib
import fcntl
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

from program_site.demo import messages
from program_site.demo.addresses import Addresses, NotPossible, addresses
from program_site.demo.services import background_services, broker, mail_server, manage, web
from program_site.demo.supervisor import Supervisor

DATA = ("demo.sqlite3", "demo.sqlite3-wal", "demo.sqlite3-shm", "media", "valkey")
"""What ``RESET=1`` removes from the demo's directory."""


def main(environment: dict[str, str]) -> int:
    """Runs the demo until Ctrl-C or SIGTERM. The exit status: 0 if it ran, 1 if it could not."""
    try:
        where = addresses(environment)
        with only_one(where.directory), Supervisor(where.environment) as supervisor:
            run(where, supervisor, reset=environment.get("RESET", "") not in ("", "0"))
    except NotPossible as problem:
        messages.say(str(problem), stream=sys.stderr)
        return 1
    except KeyboardInterrupt:
        messages.say(messages.STOPPED)
    return 0


def run(where: Addresses, supervisor: Supervisor, *, reset: bool) -> None:
    if reset:
        remove_data(where)
    for service in (broker(where), mail_server(where)):
        if service:
            supervisor.start(service)
    prepare(where)
    # The web first and alone: people wait for it, and nobody yet for the others.
    supervisor.start(web(where))
    supervisor.wait_for(where.base_url_here)
    forget_looks(where)
    for service in background_services(where):
        supervisor.start(service)
    messages.say(messages.welcome(where))
    supervisor.watch()


def prepare(where: Addresses) -> None:
    """The tables, and the content the first time."""
    messages.say(messages.PREPARING)
    if subprocess.run(
        manage("load_demo", "--migrate"), env=where.environment, check=False
    ).returncode:
        raise NotPossible(messages.NOT_PREPARED)


def forget_looks(where: Addresses) -> None:
    """Beat begins anew each time. What it noted under a clock that was ahead would let it wait."""
    for path in where.directory.glob("beat*"):
        path.unlink()


def remove_data(where: Addresses) -> None:
    if where.foreign_database:
        raise NotPossible(messages.RESET_OF_FOREIGN_DATABASE)
    messages.say(messages.STARTING_OVER)
    for path in (where.directory / name for name in DATA):
        if path.is_dir():
            shutil.rmtree(path)
        else:
            path.unlink(missing_ok=True)


@contextlib.contextmanager
def only_one(directory: Path) -> Iterator[None]:
    """Two demos must not share one directory. The system frees the lock, however we end."""
    (directory / "static").mkdir(parents=True, exist_ok=True)
    with (directory / "lock").open("w") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise NotPossible(messages.RUNS_ALREADY.format(directory=directory)) from None
        yield

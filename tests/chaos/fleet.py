"""The processes of the site. Whichever ends is started again, as a service manager would."""

import contextlib
import os
import random
import shutil
import signal
import subprocess
import sys
import time
from dataclasses import dataclass, field
from pathlib import Path

import psutil

from program_site.demo import ends_with_parent
from program_site.demo.addresses import Addresses
from program_site.demo.services import Service, background_services, broker, web
from program_site.demo.supervisor import signal_group
from tests.keeper import Cluster

START_AGAIN_SECONDS = 0.5
LOOK_SECONDS = 0.1

POSTGRESQL = "postgresql"
POSTGRESQL_OPTIONS = {
    "listen_addresses": "127.0.0.1",
    "unix_socket_directories": "",
    # Unlike the quick tests' PostgreSQL this one keeps what it has committed.
    "fsync": "on",
    "synchronous_commit": "on",
}


def database_service(cluster: Cluster, port: int) -> Service:
    command = cluster.command(port, POSTGRESQL_OPTIONS)
    if cluster.user:
        setpriv = shutil.which("setpriv") or "setpriv"
        ids = [f"--reuid={cluster.user['user']}", f"--regid={cluster.user['group']}"]
        # The change of user makes Linux forget what ends_with_parent asked for.
        command = [setpriv, *ids, "--clear-groups", "--pdeathsig=INT", *command]
    return Service(POSTGRESQL, tuple(command))


def other_services(where: Addresses) -> list[Service]:
    """The broker, the web server, two workers and beat."""
    valkey = broker(where)
    assert valkey is not None
    worker, beat = background_services(where)
    workers = [
        Service(f"{worker.name}-{name}", (*worker.command, f"--hostname={name}@%h"))
        for name in ("one", "two")
    ]
    return [valkey, web(where), *workers, beat]


@dataclass
class Member:
    service: Service
    process: subprocess.Popen[bytes]
    ended_at: float | None = None


@dataclass
class Fleet:
    directory: Path
    """Holds a log for each service."""
    environment: dict[str, str]
    members: list[Member] = field(default_factory=list)
    _turns: list[Member] = field(default_factory=list)

    def __enter__(self) -> "Fleet":
        return self

    def __exit__(self, *_exception: object) -> None:
        """Nobody needs what they would still do. The last one started uses the others."""
        for member in reversed(self.members):
            stop = signal.SIGQUIT if member.service.name == POSTGRESQL else signal.SIGKILL
            signal_group(member.process, stop)
            member.process.wait()

    def start(self, *wanted: Service) -> None:
        self.members += [Member(service, self._spawn(service)) for service in wanted]

    def look_after(self, seconds: float) -> None:
        """Waits so long; whatever has ended meanwhile is started again."""
        end = time.monotonic() + seconds
        while True:
            for member in self.members:
                self._revive(member)
            left = end - time.monotonic()
            if left <= 0:
                return
            time.sleep(min(left, LOOK_SECONDS))

    def kill_one(self, random_: random.Random) -> str:
        """A service, or only a child of it; says which. Each has its turn before any has two."""
        if not self._turns:
            self._turns = random_.sample(self.members, len(self.members))
        member = self._turns.pop()
        pid = victim = member.process.pid
        number = signal.SIGKILL
        if random_.random() < 0.5:
            victim = random_.choice([*children(pid), pid])
        elif member.service.name == POSTGRESQL and random_.random() < 0.5:
            number = signal.SIGQUIT  # PostgreSQL's immediate stop.
        with contextlib.suppress(ProcessLookupError):
            os.kill(victim, number)
        part = "" if victim == pid else " (a child)"
        return f"{number.name} to {member.service.name}{part}"

    def _revive(self, member: Member) -> None:
        if member.process.poll() is None:
            return
        now = time.monotonic()
        member.ended_at = member.ended_at or now
        if now - member.ended_at >= START_AGAIN_SECONDS:
            signal_group(member.process, signal.SIGKILL)  # Orphans would keep the port.
            member.process, member.ended_at = self._spawn(member.service), None

    def _spawn(self, service: Service) -> subprocess.Popen[bytes]:
        with (self.directory / f"{service.name}.log").open("ab") as log:
            return subprocess.Popen(
                [sys.executable, ends_with_parent.__file__, *service.command],
                cwd=self.directory,
                env=self.environment,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )


def children(pid: int) -> list[int]:
    with contextlib.suppress(psutil.NoSuchProcess):
        return [child.pid for child in psutil.Process(pid).children()]
    return []

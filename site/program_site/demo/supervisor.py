"""Starts the demo's processes, starts them again when they end, and ends them all.

Each process has a group of its own, so that Ctrl-C reaches only the supervisor, which then ends
them in order. On Linux the system also ends them if the supervisor itself is killed.
"""

import contextlib
import os
import signal
import subprocess
import sys
import threading
import time
import urllib.error
import urllib.request
from dataclasses import dataclass, field
from types import FrameType
from typing import IO, NoReturn

from program_site.demo import ends_with_parent, messages
from program_site.demo.addresses import NotPossible
from program_site.demo.services import SITE, Service

LOOK_EVERY_SECONDS = 0.2
ANSWER_WITHIN_SECONDS = 60
STOP_WITHIN_SECONDS = 2
SOON = 10.0
"""A process that ends sooner than this many seconds after its start has failed to start."""
PAUSES = (0.5, 1.0, 2.0, 4.0)
"""Seconds before each new start in a row; after the last one, the demo gives up."""


@dataclass
class Running:
    service: Service
    process: subprocess.Popen[str]
    started: float
    failures: int = 0
    start_again_at: float | None = None


@dataclass
class Supervisor:
    environment: dict[str, str]
    running: list[Running] = field(default_factory=list)

    def __enter__(self) -> "Supervisor":
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            signal.signal(number, interrupt)
        ends_with_parent.end_with_parent()
        return self

    def __exit__(self, *_exception: object) -> None:
        # One Ctrl-C is enough: nothing may interrupt the end.
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            signal.signal(number, signal.SIG_IGN)
        # Those who use the others go first.
        for one in reversed(self.running):
            signal_group(one.process, signal.SIGTERM)
        deadline = time.monotonic() + STOP_WITHIN_SECONDS
        for one in reversed(self.running):
            with contextlib.suppress(subprocess.TimeoutExpired):
                one.process.wait(max(0.0, deadline - time.monotonic()))
        for one in self.running:
            signal_group(one.process, signal.SIGKILL)
            one.process.wait()

    def start(self, service: Service) -> None:
        self.running.append(Running(service, self.spawn(service), time.monotonic()))

    def spawn(self, service: Service) -> subprocess.Popen[str]:
        process = subprocess.Popen(
            [sys.executable, ends_with_parent.__file__, *service.command],
            cwd=SITE,
            env=self.environment,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            errors="replace",
            start_new_session=True,
        )
        threading.Thread(
            target=copy_lines, args=(service.name, process.stdout), daemon=True
        ).start()
        return process

    def wait_for(self, url: str) -> None:
        """Returns once the site answers. Raises NotPossible if it does not."""
        deadline = time.monotonic() + ANSWER_WITHIN_SECONDS
        while not answers(url):
            self.restart_ended()
            if time.monotonic() > deadline:
                raise NotPossible(messages.NO_ANSWER.format(seconds=ANSWER_WITHIN_SECONDS))
            time.sleep(LOOK_EVERY_SECONDS)

    def watch(self) -> NoReturn:
        while True:
            self.restart_ended()
            time.sleep(LOOK_EVERY_SECONDS)

    def restart_ended(self) -> None:
        for one in self.running:
            if one.process.poll() is not None:
                self.restart(one, now=time.monotonic())

    def restart(self, one: Running, *, now: float) -> None:
        """Notes that a process ended; starts it again after a pause that grows."""
        if one.start_again_at is None:
            one.failures = one.failures + 1 if now - one.started < SOON else 1
            if one.failures > len(PAUSES):
                raise NotPossible(
                    messages.KEEPS_FAILING.format(name=one.service.name, times=one.failures)
                )
            pause = PAUSES[one.failures - 1]
            write_line("demo", f"{one.service.name} ended; starting it again in {pause:g} s")
            one.start_again_at = now + pause
        elif now >= one.start_again_at:
            one.process, one.started, one.start_again_at = self.spawn(one.service), now, None


def interrupt(_number: int, _frame: FrameType | None) -> NoReturn:
    raise KeyboardInterrupt


def signal_group(process: subprocess.Popen[str], number: signal.Signals) -> None:
    """To the process and all it started, some of which may be left when it has ended."""
    with contextlib.suppress(ProcessLookupError):
        os.killpg(process.pid, number)


def answers(url: str) -> bool:
    try:
        with urllib.request.urlopen(url, timeout=5) as answer:  # noqa: S310
            return answer.status == 200
    except urllib.error.HTTPError as error:
        error.close()
        return False
    except OSError:
        return False


def copy_lines(name: str, lines: IO[str]) -> None:
    """Until the process, and all it started, have closed their output."""
    with lines:
        for line in lines:
            write_line(name, line.rstrip())


def write_line(name: str, text: str) -> None:
    sys.stdout.write(f"{name:<7}| {text}\n")
    sys.stdout.flush()

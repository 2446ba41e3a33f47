"""How long the demo takes to start and to end, and how long a command of Django's takes.

In a clone of the last commit: cold, without an environment, but with the packages in the cache;
then warm. “Bare” is the project that ``wagtail start`` writes, checked in turns with ours.
"""

import contextlib
import os
import signal
import statistics
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import psutil

from benchmarks.brokers import free_port
from benchmarks.goals import Goal, lines
from benchmarks.servers import ROOT

TURNS = 5
COLD, WARM, STOP, CHECK = 45, 10, 3, 2
"""Our goals, in seconds."""
USE_SECONDS = 8
"""How long the demo runs before it is stopped, so that all its processes are there."""


def run() -> str:
    with tempfile.TemporaryDirectory() as directory:
        clone, bare = Path(directory) / "clone", Path(directory) / "bare"
        call("git", "clone", "--quiet", ROOT, clone)
        cold, _ = measure_demo(clone)
        warm, stop = measure_demo(clone)
        bare.mkdir()
        call(clone / ".venv/bin/wagtail", "start", "bare", bare)
        ours, theirs = measure_checks(clone, bare)
    return as_markdown(cold, warm, stop, ours, theirs)


def measure_demo(clone: Path) -> tuple[float, float]:
    """Seconds from the command to the first answer, and from Ctrl-C until nothing is left."""
    port = free_port()
    with demo(clone, port) as process:
        started = time.perf_counter()
        while not answers(port):
            if process.poll() is not None:
                raise RuntimeError("The demo did not start.")
            time.sleep(0.05)
        start = time.perf_counter() - started
        time.sleep(USE_SECONDS)
        everybody = psutil.Process(process.pid).children(recursive=True)
        started = time.perf_counter()
        os.killpg(process.pid, signal.SIGINT)
        psutil.wait_procs(everybody)
        return start, time.perf_counter() - started


@contextlib.contextmanager
def demo(clone: Path, port: int) -> Iterator[subprocess.Popen[bytes]]:
    environment = {**os.environ, "PORT": str(port)}
    for name in ("DATABASE_URL", "REDIS_URL", "EMAIL_URL", "DEMO_DIR", "DJANGO_SETTINGS_MODULE"):
        environment.pop(name, None)
    process = subprocess.Popen(
        ["make", "demo"],
        cwd=clone,
        env=environment,
        stdout=subprocess.DEVNULL,
        start_new_session=True,
    )
    try:
        yield process
    finally:
        with contextlib.suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGTERM)
        process.wait()


def answers(port: int) -> bool:
    try:
        with urllib.request.urlopen(f"http://127.0.0.1:{port}/") as answer:
            return answer.status == 200
    except OSError:
        return False


def measure_checks(clone: Path, bare: Path) -> tuple[float, float]:
    """Seconds of ``manage.py check`` in our project and in the bare one."""
    python = clone / ".venv/bin/python"
    ours, theirs = [], []
    for turn in range(-1, TURNS):  # The first one compiles.
        for manage, seconds in ((clone / "site/manage.py", ours), (bare / "manage.py", theirs)):
            started = time.perf_counter()
            call(python, manage, "check")
            if turn >= 0:
                seconds.append(time.perf_counter() - started)
    return statistics.median(ours), statistics.median(theirs)


def call(*command: object) -> None:
    environment = {name: value for name, value in os.environ.items() if name[:6] != "DJANGO"}
    subprocess.run(
        [str(word) for word in command], check=True, env=environment, stdout=subprocess.DEVNULL
    )


def as_markdown(cold: float, warm: float, stop: float, ours: float, theirs: float) -> str:
    python = sys.version.split()[0]
    return "\n".join(
        [
            "## Starting",
            "",
            f"In a clone, with the packages in uv's cache, on Python {python}. “Bare” is",
            "the project that `wagtail start` writes, in the same environment.",
            "",
            "| what | seconds |",
            "|---|---|",
            f"| `make demo`, cold, until the first page | {cold:.1f} |",
            f"| `make demo`, warm, until the first page | {warm:.1f} |",
            f"| from Ctrl-C until no process is left | {stop:.1f} |",
            f"| `manage.py check` | {ours:.2f} |",
            f"| `manage.py check`, bare | {theirs:.2f} |",
            "",
            *lines(
                Goal("start cold, seconds", cold, at_most=COLD),
                Goal("start warm, seconds", warm, at_most=WARM),
                Goal("start stop, seconds", stop, at_most=STOP),
                Goal("start check, seconds", ours, at_most=CHECK),
            ),
            "",
        ]
    )

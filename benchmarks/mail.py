"""How fast confirmations go out, beside plain Celery and django-post-office.

Each sends the same mails, with two processes, to one server that is never the limit. They take
turns within one run. What counts is the time from the first mail to the last at that server.
"""

import contextlib
import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

import django
import psutil

from benchmarks import confirmations
from benchmarks.servers import ROOT, environment_for, prepare, servers
from benchmarks.smtp_sink import Sink, sink

MAILS = int(os.environ.get("MAILS", "5000"))
COUNTED = 2_000
"""Mails of the turn in which statements are counted, and the time is not."""
TURNS = 3
GOALS = {"Celery": 5, "django-post-office": 2}
MEMORY_GOAL = 0.65
STATEMENTS_GOAL = 1.2
LOOK_SECONDS = 0.2


class NotAllSent(Exception):
    """The server took another number of mails than were queued."""


@dataclass
class Sent:
    a_second: list[float] = field(default_factory=list)
    statements: float = 0
    memory: float = 0

    @property
    def rate(self) -> float:
        return statistics.median(self.a_second)


@dataclass(frozen=True)
class Bench:
    sink: Sink
    ours: dict[str, str]
    peers: dict[str, str]

    def wait_until_sent(self, number: int, processes: list[psutil.Popen]) -> tuple[float, float]:
        """Mails a second, and the MiB that the processes held at most."""
        sent, memory, seconds = 0, 0.0, 0.0
        rest = number * 0.5 + 60
        while sent < number and rest > 0:
            time.sleep(LOOK_SECONDS)
            rest -= LOOK_SECONDS
            memory = max(memory, held(processes))
            sent, seconds = self.sink.counted()
        self.sink.counted(anew=True)
        if sent != number:
            raise NotAllSent(f"{sent} of {number}")
        return number / seconds, memory


def run() -> str:
    with contextlib.ExitStack() as stack:
        environment = stack.enter_context(servers())
        directory = stack.enter_context(tempfile.TemporaryDirectory())
        server = stack.enter_context(sink(directory))
        environment["EMAIL_URL"] = f"smtp://127.0.0.1:{server.port}"
        environment |= environment_for("benchmarks.mail_settings", directory)
        peers = environment | {"DJANGO_SETTINGS_MODULE": "benchmarks.peers.mail_settings"}
        prepare(environment)
        manage(peers, "migrate", "post_office")
        os.environ.update(environment)
        sys.path.append(str(ROOT / "site"))
        django.setup()
        return as_markdown(measure(Bench(server, environment, peers), Path(directory)))


def measure(bench: Bench, directory: Path) -> dict[str, Sent]:
    from django.conf import settings
    from django.utils import timezone

    confirmations.write_texts(Path(settings.MAIL_TEXTS))
    confirmations.create(MAILS, now=timezone.now())
    found = {name: Sent() for name in WAYS}
    for name, way in WAYS.items():
        statements = directory / "statements"
        statements.unlink(missing_ok=True)
        way(with_environment(bench, STATEMENTS=str(statements)), COUNTED)
        found[name].statements = statements.stat().st_size / COUNTED
    for turn in range(TURNS):
        for name in [*WAYS][turn:] + [*WAYS][:turn]:
            rate, memory = WAYS[name](bench, MAILS)
            found[name].a_second.append(rate)
            found[name].memory = max(found[name].memory, memory)
            sys.stderr.write(f"turn {turn + 1} of {TURNS}: {name} {rate:.0f}/s\n")
    return found


def by_us(bench: Bench, number: int) -> tuple[float, float]:
    from django.utils import timezone

    confirmations.empty_outbox()
    drain = manage_command("drain_outbox", "--loop", "--interval=0.05")
    with (
        running(drain, bench.ours, stdout=subprocess.PIPE, text=True) as one,
        running(drain, bench.ours, stdout=subprocess.PIPE, text=True) as two,
    ):
        for process in (one, two):
            process.stdout.readline()  # It has looked for the first time.
        confirmations.queue_ours(number, now=timezone.now())
        return bench.wait_until_sent(number, [one, two])


def by_celery(bench: Bench, number: int) -> tuple[float, float]:
    from affiliates.models import Application
    from benchmarks.peers.celery_mail import send_confirmation

    chosen = Application.objects.filter(reference__startswith="B").order_by("pk")
    for pk in chosen.values_list("pk", flat=True)[:number]:
        send_confirmation.delay(pk)
    worker = ["-m", "celery", "--app=benchmarks.peers.celery_mail", "worker", "--concurrency=2"]
    with running([*worker, "--loglevel=ERROR"], bench.peers, stdout=subprocess.DEVNULL) as process:
        return bench.wait_until_sent(number, [process])


def by_post_office(bench: Bench, number: int) -> tuple[float, float]:
    queue = [sys.executable, "-m", "benchmarks.peers.post_office_mail"]
    quiet = bench.peers | {"STATEMENTS": "", "MAILS": str(number)}
    subprocess.run(queue, env=quiet, cwd=ROOT, check=True)
    send = manage_command("send_queued_mail", "--processes=2", "--log-level=0")
    with running(send, bench.peers, stderr=subprocess.DEVNULL) as process:
        return bench.wait_until_sent(number, [process])


WAYS: dict[str, Callable[[Bench, int], tuple[float, float]]] = {
    "ours": by_us,
    "Celery": by_celery,
    "django-post-office": by_post_office,
}


def held(processes: list[psutil.Popen]) -> float:
    """MiB of the processes and all that they started, shared pages counted once."""
    family = [one for process in processes for one in (process, *process.children(recursive=True))]
    total = 0
    for one in family:
        with contextlib.suppress(psutil.NoSuchProcess, psutil.ZombieProcess):
            total += one.memory_full_info().pss
    return total / 2**20


@contextlib.contextmanager
def running(arguments: list[str], environment: dict[str, str], **streams) -> Iterator[psutil.Popen]:
    process = psutil.Popen([sys.executable, *arguments], env=environment, cwd=ROOT, **streams)
    try:
        yield process
    finally:
        process.terminate()
        process.wait()


def with_environment(bench: Bench, **more: str) -> Bench:
    return Bench(bench.sink, bench.ours | more, bench.peers | more)


def manage_command(*words: str) -> list[str]:
    return [str(ROOT / "site" / "manage.py"), *words]


def manage(environment: dict[str, str], *words: str) -> None:
    command = [sys.executable, *manage_command(*words)]
    subprocess.run(command, env=environment, check=True, stdout=subprocess.DEVNULL)


def as_markdown(found: dict[str, Sent]) -> str:
    ours = found["ours"]
    rows = [
        f"| {name} | {one.rate:.0f} | {one.statements:.2f} | {one.memory:.0f} |"
        for name, one in found.items()
    ]
    return "\n".join(
        [
            "## Sending mail",
            "",
            f"{MAILS} confirmations of applications, with text and HTML, from the queue to a mail",
            "server in C, by two processes on PostgreSQL and Valkey. The others send the same",
            "texts by Django's templates and messages: plain Celery with a task for each mail and",
            "its default settings, django-post-office in batches of 100. The time is that from the",
            "first mail to the last at the server. “MiB”: all processes that send, at most.",
            "",
            "| who | mails a second | statements a mail | MiB |",
            "|---|---|---|---|",
            *rows,
            "",
            *[
                f"    mail ÷ {name} ratio={ours.rate / found[name].rate:.1f} goal>={goal}"
                for name, goal in GOALS.items()
            ],
            f"    mail statements ratio={ours.statements:.2f} goal<={STATEMENTS_GOAL}",
            f"    mail memory ÷ Celery ratio={ours.memory / found['Celery'].memory:.2f}"
            f" goal<={MEMORY_GOAL}",
            "",
        ]
    )

"""What a second, third and fourth worker add, with two web servers and two beats beside them.

One PostgreSQL behind PgBouncer in transaction pooling mode, one Valkey, and a mail server that
takes 50 ms a mail, as one at a distance does: so workers wait most of the time, and two cores are
enough for four of them. One worker and four take turns within one run. All mails of a turn are
queued in one transaction, which wakes one worker: that others join in is up to the workers.
"""

import contextlib
import os
import statistics
import subprocess
import sys
import tempfile
import threading
import time
import urllib.request
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

import django
import psutil

from benchmarks.brokers import free_port
from benchmarks.goals import Goal, lines
from benchmarks.pgbouncer import MISSING, SERVER_CONNECTIONS, pooled, program
from benchmarks.servers import ROOT, environment_for, prepare, servers
from benchmarks.slow_mail_server import SECONDS_A_MAIL, SlowMailServer, slow_mail_server
from workflows.core.celery_settings import WORKER_FLAGS

MAILS_EACH = 600
"""For each worker of a turn, so that turns take equally long."""
WORKERS = 4
TURNS = 2
PATHS = ("/join/affiliates/", "/healthz")
ASK_SECONDS = 0.25
WITHIN_SECONDS = 300
GOAL = 3.6


@dataclass
class Visitor:
    """Asks the web servers in turns while the workers work."""

    ports: list[int]
    seconds: list[float] = field(default_factory=list)
    failed: list[str] = field(default_factory=list)
    gone: threading.Event = field(default_factory=threading.Event)

    def ask(self) -> None:
        number = 0
        while not self.gone.wait(ASK_SECONDS):
            port = self.ports[number % len(self.ports)]
            path = PATHS[number // len(self.ports) % len(PATHS)]
            number += 1
            started = time.perf_counter()
            try:
                urllib.request.urlopen(f"http://127.0.0.1:{port}{path}", timeout=30).read()
            except OSError as error:
                self.failed.append(f"{path}: {error}")
            self.seconds.append(time.perf_counter() - started)


@dataclass(frozen=True)
class Turn:
    workers: int
    mails: int
    seconds: float
    processor: float
    """Percent of all cores."""

    @property
    def rate(self) -> float:
        return self.mails / self.seconds


def run() -> str:
    if program() is None:
        return f"## Past one machine\n\nNot measured. {MISSING}\n"
    with contextlib.ExitStack() as stack:
        started = stack.enter_context(servers())
        directory = stack.enter_context(tempfile.TemporaryDirectory())
        mail_server, mail_url = stack.enter_context(slow_mail_server())
        url = stack.enter_context(pooled(started["DATABASE_URL"]))
        started |= environment_for("benchmarks.scale_settings", directory)
        started["DATABASE_URL"] = f"{url}?DISABLE_SERVER_SIDE_CURSORS=True"
        started |= {"EMAIL_URL": mail_url, "LOG_LEVEL": "WARNING"}
        prepare(started)
        os.environ.update(started)
        sys.path.append(str(ROOT / "site"))
        django.setup()
        return measure(started, Path(directory), mail_server)


def measure(environment: dict[str, str], directory: Path, mail_server: SlowMailServer) -> str:
    with contextlib.ExitStack() as stack:
        ports = [stack.enter_context(web(environment)) for _ in range(2)]
        logs = [directory / f"beat-{number}.log" for number in range(2)]
        for log in logs:
            stack.enter_context(beat(environment, log))
        visitor = stack.enter_context(visiting(ports))
        turns = []
        for _ in range(TURNS):
            for number in (1, WORKERS):
                with contextlib.ExitStack() as workers:
                    for name in range(number):
                        workers.enter_context(worker(environment, directory / f"worker-{name}.log"))
                    turns.append(one_turn(number, mail_server))
                sys.stderr.write(f"{turns[-1]}\n")
        if visitor.failed:
            sys.exit("\n".join(["Requests failed:", *visitor.failed]))
        rings = [log.read_text().count("Sending due task") for log in logs]
    return as_markdown(turns, visitor, rings)


def one_turn(workers: int, mail_server: SlowMailServer) -> Turn:
    mail_server.arrived.clear()
    psutil.cpu_percent()
    mails = MAILS_EACH * workers
    started = time.monotonic()
    queue_confirmations(mails)
    wait_until_sent(started)
    processor = psutil.cpu_percent()
    refuse_unless_each_once(mails, mail_server)
    seconds = max(moment for moment, _name in mail_server.arrived) - started
    return Turn(workers, mails, seconds, processor)


def wait_until_sent(started: float) -> None:
    from workflows.core.states import UNFINISHED
    from workflows.models import OutgoingMail

    while OutgoingMail.objects.filter(state__in=UNFINISHED).exists():
        if time.monotonic() > started + WITHIN_SECONDS:
            sys.exit(f"Mails still wait after {WITHIN_SECONDS} s.")
        time.sleep(0.1)


def refuse_unless_each_once(mails: int, mail_server: SlowMailServer) -> None:
    from workflows.models import OutgoingMail

    arrived = Counter(name for _moment, name in mail_server.arrived)
    sent = set(OutgoingMail.objects.filter(state="sent").values_list("message_id", flat=True))
    lost, repeated = mails - len(sent & arrived.keys()), arrived.total() - len(arrived)
    if lost or repeated:
        sys.exit(f"Of {mails} mails {lost} were lost and {repeated} repeated.")


def queue_confirmations(number: int) -> None:
    """In one transaction, as a sweep queues its reminders, into an outbox that is empty else."""
    from django.db import transaction
    from django.utils import timezone

    from affiliates.applications.mails.applying import application_received
    from affiliates.core.states import ApplicationState, ContactRole
    from affiliates.models import AffiliateProgramPage, Application, Contact
    from workflows.mail.outbox import queue
    from workflows.models import Deadline, OutgoingMail

    now = timezone.now()
    program = AffiliateProgramPage.objects.order_by("pk").first()
    with transaction.atomic():
        OutgoingMail.objects.all().delete()
        Deadline.objects.update(next_step_at=None)  # Of the demo: nothing else becomes due.
        Application.objects.filter(reference__startswith="SCALE").delete()
        added = Application.objects.bulk_create(
            Application(
                program=program,
                reference=f"SCALE{n:06}",
                name=f"Parents of County {n}",
                state=ApplicationState.SUBMITTED,
                submitted_at=now,
                language="en",
            )
            for n in range(number)
        )
        Contact.objects.bulk_create(
            Contact(
                application=one,
                role=ContactRole.PRIMARY,
                name=f"Kim {one.pk}",
                email=f"kim{one.pk}@example.org",
            )
            for one in added
        )
        chosen = Application.objects.filter(reference__startswith="SCALE")
        queue(*map(application_received, chosen.prefetch_related("contacts")), now=now)


@contextlib.contextmanager
def web(environment: dict[str, str]) -> Iterator[int]:
    port = free_port()
    options = [f"--bind=127.0.0.1:{port}", "--workers=1", "--threads=4", "--no-control-socket"]
    with process(environment, "gunicorn", "program_site.wsgi", *options, "--log-level=error"):
        wait_for(lambda: asked(f"http://127.0.0.1:{port}/healthz"))
        yield port


def asked(url: str) -> bool:
    with contextlib.suppress(OSError):
        urllib.request.urlopen(url, timeout=5).close()
        return True
    return False


@contextlib.contextmanager
def worker(environment: dict[str, str], log: Path) -> Iterator[None]:
    """As in production, but with one process to send."""
    log.unlink(missing_ok=True)
    options = ["--concurrency=1", f"--hostname={log.stem}@%h", "--loglevel=INFO", *WORKER_FLAGS]
    with process(environment, "celery", "--app=program_site", "worker", *options, log=log):
        wait_for(lambda: "ready." in log.read_text())
        yield


@contextlib.contextmanager
def beat(environment: dict[str, str], log: Path) -> Iterator[None]:
    options = ["--loglevel=INFO", "--pidfile=", f"--schedule={log.with_suffix('.schedule')}"]
    with process(environment, "celery", "--app=program_site", "beat", *options, log=log):
        wait_for(lambda: "Sending due task" in log.read_text())
        yield


@contextlib.contextmanager
def process(
    environment: dict[str, str], module: str, *arguments: str, log: Path | None = None
) -> Iterator[None]:
    with contextlib.ExitStack() as stack:
        output = stack.enter_context(log.open("wb")) if log else None
        started = subprocess.Popen(
            [sys.executable, "-m", module, *arguments],
            cwd=ROOT / "site",
            env=environment,
            stdout=output,
            stderr=output,
        )
        try:
            yield
        finally:
            started.terminate()
            started.wait()


def wait_for(is_there: Callable[[], bool]) -> None:
    deadline = time.monotonic() + WITHIN_SECONDS
    while not is_there():
        if time.monotonic() > deadline:
            sys.exit("A process did not start.")
        time.sleep(0.1)


@contextlib.contextmanager
def visiting(ports: list[int]) -> Iterator[Visitor]:
    visitor = Visitor(ports)
    thread = threading.Thread(target=visitor.ask)
    thread.start()
    try:
        yield visitor
    finally:
        visitor.gone.set()
        thread.join()


def as_markdown(turns: list[Turn], visitor: Visitor, rings: list[int]) -> str:
    one, four = (
        statistics.median(turn.rate for turn in turns if turn.workers == number)
        for number in (1, WORKERS)
    )
    return "\n".join(
        [
            "## Past one machine",
            "",
            f"Confirmations by one Celery worker and by {WORKERS}, each with one process, in turns",
            "within one run, from the transaction that queues them all to the arrival of the last",
            f"at a mail server that takes {SECONDS_A_MAIL * 1000:.0f} ms a mail. Beside them two",
            "web servers and two beats; one Valkey; one PostgreSQL behind PgBouncer with",
            f"transaction pooling and {SERVER_CONNECTIONS} connections. Each mail arrives exactly",
            "once, and each request is answered, or the run fails.",
            "",
            "| workers | mails | seconds | mails a second | processor |",
            "|---|---|---|---|---|",
            *(
                f"| {turn.workers} | {turn.mails} | {turn.seconds:.1f} | {turn.rate:.1f}"
                f" | {turn.processor:.0f} % |"
                for turn in turns
            ),
            "",
            f"Meanwhile {len(visitor.seconds)} requests were answered, in"
            f" {statistics.median(visitor.seconds) * 1000:.0f} ms (median), and the beats rang"
            f" {' and '.join(map(str, rings))} times.",
            "",
            *lines(Goal("scale", four / one, at_least=GOAL)),
            "",
        ]
    )

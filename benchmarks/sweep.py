"""How long taking the steps of due deadlines takes, and that each is taken once.

Two workers and two beats first; then one sweep by itself, beside the cheapest statements that could
do it and the loop that most sites have, in turns within one run. The goals come last.
"""

import contextlib
import gc
import json
import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime

import django

from benchmarks.goals import Goal, lines
from benchmarks.peers.sweeping import LOOPED, by_asking_statements, by_loop, by_statements
from benchmarks.servers import ROOT, environment_for, prepare, servers

DUE = 20_000
FEW = 4_000
RESTING = 200_000
TURNS = 3
POLL_SECONDS = 0.05


def run() -> str:
    with contextlib.ExitStack() as stack:
        started = stack.enter_context(servers())
        directory = stack.enter_context(tempfile.TemporaryDirectory())
        started |= environment_for("benchmarks.sweep_settings", directory)
        prepare(started)
        os.environ.update(started)
        sys.path.append(str(ROOT / "site"))
        django.setup()
        gc.freeze()  # As workers do.
        return as_markdown(measure(started, directory))


@dataclass
class Found:
    """``seconds`` of each way, ``race`` of two workers with their start, ``idle`` of a look when
    nothing is due; ``few`` and ``many`` of a process of its own: seconds and MiB for what was due.
    """

    race: float
    seconds: dict[str, float]
    idle: float
    few: tuple[float, float]
    many: tuple[float, float]


def measure(environment: dict[str, str], directory: str) -> Found:
    from django.utils import timezone

    from benchmarks import questions

    now = timezone.now()
    questions.create(DUE, now=now)
    questions.make_due(now=now)
    race = timed(lambda: wait_for_the_end(environment, directory))
    one_sweep()
    refuse_unless_each_once()
    seconds: dict[str, list[float]] = {name: [] for name in WAYS}
    for turn in range(TURNS):
        for name in [*WAYS][turn:] + [*WAYS][:turn]:
            questions.make_due(now=now)
            share = DUE / LOOPED if name == "loop" else 1
            seconds[name].append(timed(WAYS[name]) * share)
        sys.stderr.write(f"turn {turn + 1} of {TURNS}\n")
    few, many = by_processes(environment, now)
    questions.add_resting(RESTING, now=now)
    idle = statistics.median(timed(one_sweep) for _ in range(20))
    medians = {name: statistics.median(times) for name, times in seconds.items()}
    return Found(race, medians, idle, few, many)


def by_processes(
    environment: dict[str, str], now: datetime
) -> tuple[tuple[float, float], tuple[float, float]]:
    """The medians of processes that sweep few and many, in turns."""
    from benchmarks import questions

    found: dict[int, list[list[float]]] = {FEW: [], DUE: []}
    for _ in range(TURNS):
        for due, times in found.items():
            questions.make_due(now=now, number=due)
            process = [sys.executable, "-c", PROCESS]
            output = subprocess.check_output(process, env=environment, cwd=ROOT, text=True)
            times.append(json.loads(output))
    few, many = (tuple(map(statistics.median, zip(*found[due], strict=True))) for due in (FEW, DUE))
    return few, many


PROCESS = """
import django, gc, json, resource, time
django.setup()
from benchmarks.sweep import one_sweep
gc.freeze()
start = time.process_time()
one_sweep()
memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
print(json.dumps([time.process_time() - start, memory / 1024]))
"""


def refuse_unless_each_once() -> None:
    from workflows.models import OutgoingMail, TakenStep

    found = TakenStep.objects.count(), OutgoingMail.objects.count()
    if found != (DUE, DUE):
        sys.exit(f"Of {DUE} steps and mails there are {found}: not each exactly once.")


def as_markdown(found: Found) -> str:
    seconds, race = found.seconds, found.race
    (few, little), (many, much) = found.few, found.many
    return "\n".join(
        [
            "## Taking the steps of deadlines",
            "",
            f"{DUE} groups are reminded of a question at the same hour: {DUE} steps, {DUE} mails",
            "into the outbox, on PostgreSQL. Two Celery workers with two beats take each exactly",
            "once, also when looked at again (counted, or the run fails). “Statements”: the least",
            "that a sweep must write, as three SQL statements that ask nothing. “Asking”: the same",
            "statements ask for each whether an answer is owed, and whom to write to, as a sweep",
            "has to. “Loop”: a query, a mail and a save for each, measured with",
            f"{LOOPED} and scaled.",
            "",
            "| way | seconds | steps a second |",
            "|---|---|---|",
            f"| two workers, two beats, with their start | {race:.1f} | {DUE / race:.0f} |",
            *[f"| {name} | {each:.2f} | {DUE / each:.0f} |" for name, each in seconds.items()],
            "",
            f"A look when nothing is due among {RESTING + DUE} takes {found.idle * 1000:.1f} ms.",
            f"Processes that take {FEW} and {DUE} steps use {few / FEW * 1e6:.0f} and",
            f"{many / DUE * 1e6:.0f} µs of CPU a step and hold {little:.0f} and {much:.0f} MiB.",
            "",
            *lines(
                Goal("sweep", seconds["sweep"] / seconds["statements"], at_most=3),
                Goal("sweep-asking", seconds["sweep"] / seconds["asking"], at_most=3),
                Goal("sweep-loop", seconds["loop"] / seconds["sweep"], at_least=50),
                Goal("sweep-idle-ms", found.idle * 1000, at_most=5),
                Goal("sweep-linear", (many / DUE) / (few / FEW), at_most=1.2),
                Goal("sweep-memory", much / little, at_most=1.2),
            ),
            "",
        ]
    )


def timed(do: Callable[[], None]) -> float:
    start = time.perf_counter()
    do()
    return time.perf_counter() - start


def wait_for_the_end(environment: dict[str, str], directory: str) -> None:
    """Counted with the start of the processes, until nothing is due any more."""
    from django.utils import timezone

    from workflows.models import Deadline

    with processes(environment, directory):
        while Deadline.objects.filter(next_step_at__lte=timezone.now()).exists():
            time.sleep(POLL_SECONDS)


@contextlib.contextmanager
def processes(environment: dict[str, str], directory: str) -> Iterator[None]:
    celery = [sys.executable, "-m", "celery", "--app=program_site"]
    worker = [*celery, "worker", "--concurrency=1", "--without-mingle", "--without-gossip"]
    beat = [*celery, "beat", "--pidfile="]
    commands = [
        [*worker, "--hostname=one@%h"],
        [*worker, "--hostname=two@%h"],
        [*beat, f"--schedule={directory}/one"],
        [*beat, f"--schedule={directory}/two"],
    ]
    running = [
        subprocess.Popen(
            [*command, "--loglevel=ERROR"],
            cwd=ROOT / "site",
            env=environment,
            stdout=subprocess.DEVNULL,
        )
        for command in commands
    ]
    try:
        yield
    finally:
        for process in running:
            process.terminate()
        for process in running:
            process.wait()


def one_sweep() -> None:
    from django.utils import timezone

    from workflows.deadlines.sweep import sweep

    sweep(now=timezone.now())


WAYS = {
    "sweep": one_sweep,
    "statements": by_statements,
    "asking": by_asking_statements,
    "loop": by_loop,
}

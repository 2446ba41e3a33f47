"""How long taking the steps of due deadlines takes, and that each is taken once.

Two workers and two beats first; then one sweep by itself, beside the cheapest statements that could
do it and the loop that most sites have, in turns within one run. The ratios come last.
"""

import contextlib
import os
import resource
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from datetime import timedelta

import django

from affiliates.applications.mails.reviewing import answer_reminders
from benchmarks.servers import ROOT, environment_for, prepare, servers

DUE = 20_000
LOOPED = 1_000
"""Rows for the loop, which is too slow for all; its time is scaled to the others'."""
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
        return measure(started, directory)


def measure(environment: dict[str, str], directory: str) -> str:
    from django.utils import timezone

    from benchmarks import questions

    now = timezone.now()
    questions.create(DUE, now=now)
    questions.make_due(now=now)
    race = timed(lambda: wait_for_the_end(environment, directory))
    refuse_unless_each_once()
    seconds: dict[str, list[float]] = {name: [] for name in WAYS}
    for turn in range(TURNS):
        for name in [*WAYS][turn:] + [*WAYS][:turn]:
            questions.make_due(now=now)
            share = DUE / LOOPED if name == "loop" else 1
            seconds[name].append(timed(WAYS[name]) * share)
        sys.stderr.write(f"turn {turn + 1} of {TURNS}\n")
    questions.make_due(now=now)
    one_sweep()
    questions.add_resting(RESTING, now=now)
    idle = statistics.median(timed(one_sweep) for _ in range(20))
    return as_markdown(
        race, {name: statistics.median(times) for name, times in seconds.items()}, idle
    )


def refuse_unless_each_once() -> None:
    from workflows.models import OutgoingMail, TakenStep

    found = TakenStep.objects.count(), OutgoingMail.objects.count()
    if found != (DUE, DUE):
        sys.exit(f"Of {DUE} steps and mails there are {found}: not each exactly once.")


def as_markdown(race: float, medians: dict[str, float], idle: float) -> str:
    sweep = medians["sweep"]
    memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    return "\n".join(
        [
            "## Taking the steps of deadlines",
            "",
            f"{DUE} groups are reminded of a question at the same hour: {DUE} steps, {DUE} mails",
            "into the outbox, on PostgreSQL. Two Celery workers with two beats take each exactly",
            "once (counted, or the run fails). “Statements”: the least that a sweep must write, as",
            "three SQL statements that ask nothing. “Loop”: a query, a mail and a save for each,",
            f"measured with {LOOPED} and scaled.",
            "",
            "| way | seconds | steps a second |",
            "|---|---|---|",
            f"| two workers, two beats, with their start | {race:.1f} | {DUE / race:.0f} |",
            *[f"| {name} | {each:.1f} | {DUE / each:.0f} |" for name, each in medians.items()],
            "",
            f"A look when nothing is due among {RESTING + DUE} takes {idle * 1000:.1f} ms.",
            f"The process that made all rows and swept them held {memory:.0f} MiB at most.",
            "",
            "Ratios within this run:",
            "",
            f"- sweep ÷ statements: {sweep / medians['statements']:.1f}",
            f"- loop ÷ sweep: {medians['loop'] / sweep:.1f}",
            f"- two workers ÷ one sweep: {race / sweep:.2f}",
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


def by_statements() -> None:
    """What any sweep has to write, with nothing asked and nothing known about the rows."""
    from django.db import connection, transaction
    from django.utils import timezone

    now = timezone.now()
    later = now + timedelta(days=6)
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(STEPS, [now, now])
        cursor.execute(MAILS, [now, now, now])
        cursor.execute(MOVE, [later, now])


STEPS = """
insert into affiliate_workflows_takenstep (deadline_id, name, audience, scheduled_for, taken_at)
select id, next_step, 'group', next_step_at, %s from affiliate_workflows_deadline
where next_step_at <= %s
"""

MAILS = """
insert into affiliate_workflows_outgoingmail
    (key, kind, language, recipient, recipient_key, recipient_name, content_type_id, object_id,
     state, priority, attempts, uncertain_attempts, message_id, subject_line, envelope_sender,
     answer, created_at, next_attempt_at)
select 'answer_reminder/' || object_id, 'answer_reminder', 'en', object_id || '@example.org',
    object_id || '@example.org', 'Kim',
    content_type_id, object_id, 'queued', 50, 0, 0, '', '', '', '', %s, %s
from affiliate_workflows_deadline where next_step_at <= %s
"""

MOVE = """
update affiliate_workflows_deadline
set last_step = next_step, counted_from = next_step_at, next_step = 'no_answer', next_step_at = %s
where next_step_at <= %s
"""


def by_loop() -> None:
    """A query, a mail and a save for each: what sites do that send reminders from a cron job."""
    from django.utils import timezone

    # REMOVED
    from workflows.mail.outbox import queue
    from workflows.models import Deadline, TakenStep

    now = timezone.now()
    for deadline in Deadline.objects.filter(next_step_at__lte=now)[:LOOPED]:
        application = deadline.subject
        TakenStep.objects.create(
            deadline=deadline,
            name=deadline.next_step,
            audience="group",
            scheduled_for=deadline.next_step_at,
            taken_at=now,
        )
        queue(*answer_reminders(application), now=now)
        deadline.last_step, deadline.next_step = deadline.next_step, "no_answer"
        deadline.counted_from = deadline.next_step_at
        deadline.next_step_at = now + timedelta(days=6)
        deadline.save()


WAYS = {"sweep": one_sweep, "statements": by_statements, "loop": by_loop}

"""How soon a burst of applications is in review, and what one start costs.

Forms are sent over real HTTP while no worker runs; then one comes up, as in the demo, sends their
mails and starts their reviews. Then starts by themselves, beside Wagtail's own way to add a draft
and start a workflow on it, in turns within one run. The goals come last.
"""

import contextlib
import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor

import django

from benchmarks import brokers
from benchmarks.form_client import FormClient
from benchmarks.goals import Goal, lines
from benchmarks.servers import ROOT, environment_for, prepare, servers
from benchmarks.submit import PATH, site

BURST = 400
CONNECTIONS = 8
SECONDS, STATEMENTS = 120, 12
"""Our goals, for the burst and for one start."""
TOGETHER = 50
ONE_BY_ONE = 10
"""Starts in Wagtail's way, which is too slow for all; its time is scaled to the others'."""
TURNS = 4
POLL_SECONDS = 0.1


def run() -> str:
    with contextlib.ExitStack() as stack:
        environment = stack.enter_context(servers())
        directory = stack.enter_context(tempfile.TemporaryDirectory())
        environment |= environment_for("benchmarks.settings", directory)
        port = brokers.free_port()
        environment["EMAIL_URL"] = f"smtp://127.0.0.1:{port}"
        prepare(environment)
        os.environ.update(environment)
        sys.path.append(str(ROOT / "site"))
        django.setup()
        with running(environment, "program_site.demo.mail_server", str(port)):
            started = measure_burst(environment)
        return as_markdown(started, *measure_starts())


def measure_burst(environment: dict[str, str]) -> float:
    """Seconds from the start of the worker until all are in review."""
    before = in_review()
    with site("up", environment) as web, ThreadPoolExecutor(CONNECTIONS) as people:
        list(people.map(FormClient(web.port, PATH).submit, map(str, range(BURST))))
    begin = time.perf_counter()
    with worker(environment):
        while in_review() < before + BURST:
            time.sleep(POLL_SECONDS)
        return time.perf_counter() - begin


def in_review() -> int:
    from affiliates.models import Application

    return Application.objects.filter(state="in_review").count()


def worker(environment: dict[str, str]) -> contextlib.AbstractContextManager[None]:
    from workflows.core.celery_settings import WORKER_FLAGS

    celery = ("celery", "--app=program_site", "worker", "--concurrency=2", "--loglevel=ERROR")
    return running(environment, *celery, *WORKER_FLAGS)


@contextlib.contextmanager
def running(environment: dict[str, str], *command: str) -> Iterator[None]:
    process = subprocess.Popen(
        [sys.executable, "-m", *command],
        cwd=ROOT / "site",
        env=environment,
        stdout=subprocess.DEVNULL,
    )
    try:
        yield
    finally:
        process.terminate()
        process.wait()


def measure_starts() -> tuple[float, float, dict[str, float]]:
    """Statements of one start, in our way and in Wagtail's, and milliseconds by way."""
    from django.db import connection
    from django.test.utils import CaptureQueriesContext
    from django.utils import timezone

    from affiliates.applications.services.starting import start_waiting_reviews

    def ours() -> None:
        if start_waiting_reviews(now=timezone.now()) != TOGETHER:
            sys.exit("Some reviews did not start.")

    milliseconds: dict[str, list[float]] = {"ours": [], "Wagtail’s": []}
    for turn in range(TURNS):
        submit(turn)
        milliseconds["ours"].append(timed(ours) / TOGETHER)
        milliseconds["Wagtail’s"].append(timed(start_one_by_one) / ONE_BY_ONE)
    submit(TURNS)
    with CaptureQueriesContext(connection) as statements:
        ours()
    with CaptureQueriesContext(connection) as statements_of_wagtail:
        start_one_by_one()
    refuse_a_broken_tree()
    return (
        len(statements) / TOGETHER,
        len(statements_of_wagtail) / ONE_BY_ONE,
        {way: statistics.median(times) for way, times in milliseconds.items()},
    )


def submit(turn: int) -> None:
    import uuid

    from django.utils import timezone

    from affiliates.applications.forms.application import ApplicationForm
    from affiliates.applications.forms.fields import accept_name, shown_name
    from affiliates.applications.services.submission import submit_application
    from affiliates.models import AffiliateProgramPage
    from benchmarks.form_client import ANSWERS

    program = AffiliateProgramPage.objects.get(slug=PATH.strip("/").rpartition("/")[2])
    accepted = [statement for _kind, statement in program.statements_to_accept()]
    answers = {
        **ANSWERS,
        "link_website": "www.example.org",
        **{accept_name(statement): "on" for statement in accepted},
        **{shown_name(statement): statement.text_hash for statement in accepted},
    }
    for number in range(TOGETHER):
        own = {"name": f"Group {turn}-{number}", "contact_email": f"{turn}-{number}@example.org"}
        form = ApplicationForm(program, {**answers, **own})
        form.full_clean()
        submit_application(form=form, program=program, key=uuid.uuid4(), now=timezone.now())


def start_one_by_one() -> None:
    from django.db import transaction

    from affiliates.models import AffiliateLink, AffiliatePage, AffiliateProgramPage

    for number in range(ONE_BY_ONE):
        with transaction.atomic():
            program = AffiliateProgramPage.objects.get(slug=PATH.strip("/").rpartition("/")[2])
            page = AffiliatePage(
                title=f"Single {number}", region="US-MI", summary="Words", live=False
            )
            page.links = [AffiliateLink(network="website", url="https://www.example.org")]
            program.add_child(instance=page)
            page.save_revision()
            page.get_workflow().start(page, user=None)


def refuse_a_broken_tree() -> None:
    from affiliates.models.base_page import Page

    problems = Page.find_problems()
    if any(problems):
        sys.exit(f"The tree of pages has problems: {problems}")


def timed(do: Callable[[], None]) -> float:
    start = time.process_time()
    do()
    return (time.process_time() - start) * 1000


def as_markdown(
    started: float,
    statements: float,
    statements_of_wagtail: float,
    milliseconds: dict[str, float],
) -> str:
    ours, theirs = milliseconds["ours"], milliseconds["Wagtail’s"]
    return "\n".join(
        [
            "## Starting reviews",
            "",
            f"{BURST} applications were sent over real HTTP while no worker ran. Then one came",
            "up, as in the demo, sent their mails and started their reviews. All were in review",
            f"{started:.1f} s after the start of its process.",
            "",
            f"One start, of {TOGETHER} together, beside `add_child`, `save_revision` and",
            "`Workflow.start`, a page at a time. The tree is whole afterwards (`find_problems`, or",
            "the run fails).",
            "",
            "| way | statements | ms of CPU |",
            "|---|---|---|",
            f"| ours, with all that an application needs | {statements:.1f} | {ours:.1f} |",
            f"| Wagtail’s, page and workflow only | {statements_of_wagtail:.1f} | {theirs:.1f} |",
            "",
            *lines(
                Goal("reviews burst, seconds", started, at_most=SECONDS),
                Goal("reviews statements", statements, at_most=STATEMENTS),
            ),
            "",
        ]
    )

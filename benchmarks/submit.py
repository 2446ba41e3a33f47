"""How long sending an application takes, with the broker up, refused and half-open, and beside a
bare form.

Three sites, alike but for their broker, share one PostgreSQL and are asked in turns within one
run, so that whatever else the machine does falls on all of them. The first one has a form that is
as Django makes it and inserts two rows; it gets the same bytes as ours. The goals come last.
"""

import contextlib
import itertools
import os
import statistics
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field

from benchmarks import brokers
from benchmarks.form_client import FormClient, fill_in
from benchmarks.goals import Goal, lines
from benchmarks.servers import ROOT, environment_for, prepare, servers

CONNECTIONS = 8
PER_TURN = 40
TURNS = 10
START_WITHIN_SECONDS = 60
PATH = "/join/affiliates/"
BARE = "/bare/"
THROUGHPUT, FROZEN, STATEMENTS = 0.33, 1.1, 12
"""Our goals: of the bare form's, of the 99th percentile with the broker up, and at most."""


@dataclass
class Site:
    name: str
    port: int
    path: str = PATH
    seconds: list[float] = field(default_factory=list)
    rates: list[float] = field(default_factory=list)

    @property
    def median(self) -> float:
        return statistics.median(self.seconds) * 1000

    @property
    def p99(self) -> float:
        return statistics.quantiles(self.seconds, n=100)[98] * 1000

    @property
    def rate(self) -> float:
        return statistics.median(self.rates)

    @property
    def slowest(self) -> float:
        return max(self.seconds) * 1000


def run() -> str:
    with contextlib.ExitStack() as stack:
        environment = stack.enter_context(servers())
        directory = stack.enter_context(tempfile.TemporaryDirectory())
        environment |= environment_for("benchmarks.submit_settings", directory)
        prepare(environment)
        addresses = {
            "up": environment["REDIS_URL"],
            "refused": stack.enter_context(brokers.refused()),
            "half-open": stack.enter_context(brokers.half_open()),
        }
        sites = [
            stack.enter_context(site(name, environment | {"REDIS_URL": url}))
            for name, url in addresses.items()
        ]
        sites.append(Site("bare form", sites[0].port, BARE))
        measure(sites)
        os.environ.update(environment)
        sys.path.append(str(ROOT / "site"))
        statements = count_statements()
    return as_markdown(sites, statements)


def measure(sites: list[Site]) -> None:
    numbers = itertools.count()
    with ThreadPoolExecutor(CONNECTIONS) as people:
        for turn in range(TURNS):
            # Each turn begins with another site, so that none always follows the slow one.
            shift = turn % len(sites)
            for one in sites[shift:] + sites[:shift]:
                client = FormClient(one.port, PATH)
                batch = [f"{turn}-{next(numbers)}" for _ in range(PER_TURN)]
                bodies = list(people.map(client.filled_in, batch))
                started = time.perf_counter()
                sent = [people.submit(client.send, body, one.path) for body in bodies]
                one.seconds.extend(each.result() for each in sent)
                one.rates.append(PER_TURN / (time.perf_counter() - started))
            sys.stderr.write(f"turn {turn + 1} of {TURNS}\n")


def count_statements() -> int:
    """Of the second form that one process takes, without those that begin and end transactions."""
    import django

    django.setup()
    from django.db import connection
    from django.test import Client
    from django.test.utils import CaptureQueriesContext

    client = Client(SERVER_NAME="localhost")
    for number in ("first", "second"):
        page = client.get(PATH).content.decode()
        with CaptureQueriesContext(connection) as captured:
            answer = client.post(PATH, fill_in(page, number))
        if answer.status_code not in (302, 303):
            sys.exit(f"A form was answered with {answer.status_code}.")
    control = ("BEGIN", "COMMIT")
    return sum(not query["sql"].startswith(control) for query in captured.captured_queries)


@contextlib.contextmanager
def site(name: str, environment: dict[str, str], *more: str) -> Iterator[Site]:
    """A web server with two workers, and more of gunicorn's options."""
    port = brokers.free_port()
    options = [f"--bind=127.0.0.1:{port}", "--workers=2", "--no-control-socket", *more]
    server = subprocess.Popen(
        [sys.executable, "-m", "gunicorn", "program_site.wsgi", *options, "--log-level=error"],
        cwd=ROOT / "site",
        env=environment,
    )
    try:
        wait_for(f"http://127.0.0.1:{port}{PATH}")
        yield Site(name, port)
    finally:
        server.terminate()
        server.wait()


def wait_for(url: str) -> None:
    deadline = time.monotonic() + START_WITHIN_SECONDS
    while True:
        try:
            urllib.request.urlopen(url, timeout=5).close()
        except OSError:
            if time.monotonic() > deadline:
                raise
            time.sleep(0.2)
        else:
            return


def as_markdown(sites: list[Site], statements: int) -> str:
    up, refused, frozen, bare = sites
    rows = [
        f"| {one.name} | {len(one.seconds)} | {one.rate:.0f}"
        f" | {one.median:.0f} | {one.p99:.0f} | {one.slowest:.0f} |"
        for one in sites
    ]
    return "\n".join(
        [
            "## Sending an application",
            "",
            "Milliseconds from sending the form to the whole answer, over real HTTP to gunicorn",
            f"with two workers on PostgreSQL, {CONNECTIONS} connections at once. The three sites",
            "are asked in turns within one run. “Refused”: nobody listens where the broker should",
            "be. “Half-open”: connections are taken and nothing ever answers. “Bare form”:",
            "Django’s own form with two inserts, nothing else, in the first site's processes.",
            "",
            "A separate thread wakes the workers, so no request waits for the broker.",
            "",
            "| broker | forms | forms/s | median | p99 | slowest |",
            "|---|---|---|---|---|---|",
            *rows,
            "",
            f"A form takes {statements} statements in one transaction. Refused ÷ up: median"
            f" {refused.median / up.median:.2f}, p99 {refused.p99 / up.p99:.2f}.",
            "",
            *lines(
                Goal("submit throughput", up.rate / bare.rate, at_least=THROUGHPUT),
                Goal("submit frozen broker p99", frozen.p99 / up.p99, at_most=FROZEN),
                Goal("submit statements", statements, at_most=STATEMENTS),
            ),
            "",
        ]
    )

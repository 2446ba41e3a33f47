"""How long sending an application takes, with the broker up, refused and half-open.

Three sites, alike but for their broker, share one PostgreSQL and are asked in turns within one
run, so that whatever else the machine does falls on all of them. The ratios come last.
"""

import contextlib
import itertools
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
from benchmarks.form_client import FormClient
from benchmarks.servers import ROOT, environment_for, prepare, servers

CONNECTIONS = 8
PER_TURN = 40
TURNS = 10
START_WITHIN_SECONDS = 60
PATH = "/join/affiliates/"


@dataclass
class Site:
    name: str
    port: int
    seconds: list[float] = field(default_factory=list)

    @property
    def median(self) -> float:
        return statistics.median(self.seconds) * 1000

    @property
    def p99(self) -> float:
        return statistics.quantiles(self.seconds, n=100)[98] * 1000

    @property
    def slowest(self) -> float:
        return max(self.seconds) * 1000


def run() -> str:
    with contextlib.ExitStack() as stack:
        environment = stack.enter_context(servers())
        directory = stack.enter_context(tempfile.TemporaryDirectory())
        environment |= environment_for("benchmarks.settings", directory)
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
        measure(sites)
    return as_markdown(sites)


def measure(sites: list[Site]) -> None:
    numbers = itertools.count()
    with ThreadPoolExecutor(CONNECTIONS) as people:
        for turn in range(TURNS):
            # Each turn begins with another site, so that none always follows the slow one.
            shift = turn % len(sites)
            for one in sites[shift:] + sites[:shift]:
                client = FormClient(one.port, PATH)
                batch = [f"{turn}-{next(numbers)}" for _ in range(PER_TURN)]
                one.seconds.extend(people.map(client.submit, batch))
            sys.stderr.write(f"turn {turn + 1} of {TURNS}\n")


@contextlib.contextmanager
def site(name: str, environment: dict[str, str]) -> Iterator[Site]:
    """A web server with two workers."""
    port = brokers.free_port()
    options = [f"--bind=127.0.0.1:{port}", "--workers=2", "--no-control-socket"]
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


def as_markdown(sites: list[Site]) -> str:
    up = sites[0]
    rows = [
        f"| {one.name} | {len(one.seconds)}"
        f" | {one.median:.0f} | {one.p99:.0f} | {one.slowest:.0f} |"
        for one in sites
    ]
    ratios = [
        f"- {one.name} ÷ up: median {one.median / up.median:.2f}, p99 {one.p99 / up.p99:.2f}"
        for one in sites[1:]
    ]
    return "\n".join(
        [
            "## Sending an application",
            "",
            "Milliseconds from sending the form to the whole answer, over real HTTP to gunicorn",
            f"with two workers on PostgreSQL, {CONNECTIONS} connections at once. The three sites",
            "are asked in turns within one run. “Refused”: nobody listens where the broker should",
            "be. “Half-open”: connections are taken and nothing ever answers.",
            "",
            "A separate thread wakes the workers, so no request waits for the broker.",
            "",
            "| broker | forms | median | p99 | slowest |",
            "|---|---|---|---|---|",
            *rows,
            "",
            "Ratios within this run:",
            "",
            *ratios,
            "",
        ]
    )

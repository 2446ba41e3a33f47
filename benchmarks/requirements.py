"""What staff wait for, and what workers do in a night, where 10,000 affiliates owe seven things.

One site on PostgreSQL. The websites of the groups are one server on this machine, under an address
for each, since a worker leaves a minute between two visits to one host.
"""

import contextlib
import json
import subprocess
import sys
import tempfile

from benchmarks.admin import fill
from benchmarks.asking import Way, milliseconds
from benchmarks.goals import Goal, lines
from benchmarks.servers import ROOT, environment_for, prepare, servers
from benchmarks.submit import site

GROUPS, APPLICATIONS = 10_000, 100
TURNS = 9
MOST_MILLISECONDS, MOST_SECONDS = 300, 60
"""Our goals: the matrix's first page, and a night's own work."""

MATRIX = "/admin/reports/requirements-of-affiliates/"
PATHS = {
    "first page": MATRIX,
    "last page": f"{MATRIX}?p=9999",
    "all that is late": f"{MATRIX}?state=late",
}


def run() -> str:
    with contextlib.ExitStack() as stack:
        environment = stack.enter_context(servers())
        directory = stack.enter_context(tempfile.TemporaryDirectory())
        environment |= environment_for("program_site.settings.demo", directory)
        prepare(environment)
        known = fill(environment, GROUPS, APPLICATIONS)
        asked = shell(environment, "counts")
        with site("up", environment, "--threads=4") as one:
            pages = measure(one.port, known["session"])
        return as_markdown(asked, pages, shell(environment, "night"))


def shell(environment: dict[str, str], function: str) -> dict[str, float]:
    code = f"from benchmarks.requirements_night import {function}; {function}()"
    command = [sys.executable, ROOT / "site" / "manage.py", "shell", "--no-imports", "-c", code]
    done = subprocess.run(command, env=environment, check=True, stdout=subprocess.PIPE, text=True)
    return json.loads(done.stdout.splitlines()[-1])


def measure(port: int, session: str) -> dict[str, float]:
    ways = {name: Way(path, {"Cookie": f"sessionid={session}"}) for name, path in PATHS.items()}
    return milliseconds(port, ways, turns=TURNS)


def as_markdown(asked: dict[str, float], pages: dict[str, float], night: dict[str, float]) -> str:
    seconds = night["looking"] + night["sweeping"]
    return "\n".join(
        [
            "## Requirements of ten thousand affiliates",
            "",
            f"{asked['affiliates']} affiliates owe {asked['requirements']} things each. Pages of",
            "the matrix: milliseconds to the whole answer, over real HTTP to gunicorn and",
            "PostgreSQL. A night: a look for the badge at each website that is due, one in seven",
            "since each is looked at once a week, and a sweep in which one thing in thirty has a",
            "step. The websites answer at once from this machine, so the seconds are nearly all",
            "our own work.",
            "",
            "| page | ms |",
            "|---|---|",
            *[f"| {name} | {each:.0f} |" for name, each in pages.items()],
            "",
            "| work of a night | of how many | s |",
            "|---|---|---|",
            f"| looks for the badge | {night['looks']} | {night['looking']:.1f} |",
            f"| steps of deadlines | {night['steps']} | {night['sweeping']:.1f} |",
            "",
            *lines(
                Goal("matrix first page, ms", pages["first page"], at_most=MOST_MILLISECONDS),
                Goal("requirements night, s", seconds, at_most=MOST_SECONDS),
            ),
            "",
        ]
    )

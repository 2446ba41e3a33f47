"""What the admin's pages cost with 100 and with 10,000 affiliates.

One site on PostgreSQL is asked by one person, first with few groups, then with many. The ratios
come last.
"""

import contextlib
import json
import statistics
import subprocess
import sys
import tempfile
import time

from benchmarks.asking import Way, ask
from benchmarks.servers import ROOT, environment_for, prepare, servers
from benchmarks.submitting import site

FEW, MANY = 100, 10_000
TURNS = 9

PATHS = {
    "first page": "/admin/",
    "list": "/admin/affiliates/groups/",
    "list, searched": "/admin/affiliates/groups/?q=chapter+7",
    "list, who needs attention": "/admin/affiliates/groups/?standing=attention",
    "list, last page": "/admin/affiliates/groups/?p=9999",
    "report of standing": "/admin/reports/standing-of-affiliates/",
    "record": "/admin/affiliates/groups/{group}/",
    "pages below the program": "/admin/pages/{program}/",
    "editor of the program": "/admin/pages/{program}/edit/",
    "editor of an affiliate": "/admin/pages/{page}/edit/",
    "updates": "/admin/affiliates/updates/",
    "export (CSV)": "/admin/affiliates/groups/?export=csv",
}


def run() -> str:
    with contextlib.ExitStack() as stack:
        environment = stack.enter_context(servers())
        directory = stack.enter_context(tempfile.TemporaryDirectory())
        environment |= environment_for("program_site.settings.demo", directory)
        prepare(environment)
        found = []
        for first, last in ((0, FEW), (FEW, MANY)):
            known = fill(environment, first, last)
            with site("up", environment) as one:
                found.append(measure(one.port, known))
        return as_markdown(*found)


def fill(environment: dict[str, str], first: int, last: int) -> dict[str, str]:
    code = f"from benchmarks.many_groups import fill; fill({first}, {last})"
    shell = [sys.executable, ROOT / "site" / "manage.py", "shell", "--no-imports", "-c", code]
    done = subprocess.run(shell, env=environment, check=True, stdout=subprocess.PIPE, text=True)
    return json.loads(done.stdout.splitlines()[-1])


def measure(port: int, known: dict[str, str]) -> dict[str, float]:
    """Milliseconds by page, the median of all turns after those that warm up."""
    headers = {"Cookie": f"sessionid={known['session']}"}
    ways = {name: Way(path.format(**known), headers) for name, path in PATHS.items()}
    seconds: dict[str, list[float]] = {name: [] for name in ways}
    for turn in range(-2, TURNS):  # Each of the two workers has to have been asked before.
        for name, way in ways.items():
            started = time.perf_counter()
            ask(port, way)
            if turn >= 0:
                seconds[name].append(time.perf_counter() - started)
    return {name: statistics.median(each) * 1000 for name, each in seconds.items()}


def as_markdown(few: dict[str, float], many: dict[str, float]) -> str:
    return "\n".join(
        [
            "## The admin with thousands of affiliates",
            "",
            "Milliseconds to the whole answer, for one person, over real HTTP to gunicorn on",
            f"PostgreSQL, with {FEW} and with {MANY} groups. Each group has a contact and an open",
            "request for an update, every third a late one. The export holds all groups.",
            "",
            f"| page | {FEW} groups | {MANY} groups |",
            "|---|---|---|",
            *[f"| {name} | {few[name]:.0f} | {many[name]:.0f} |" for name in PATHS],
            "",
            f"Ratios within this run, {MANY} ÷ {FEW} groups:",
            "",
            *[f"- {name} {many[name] / few[name]:.1f}" for name in PATHS],
            "",
        ]
    )

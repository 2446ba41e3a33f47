"""What the admin's pages cost with 100 affiliates and applications, and with very many.

Two sites on one PostgreSQL, with few groups and with many, are asked in turns by one person. Each
page shows as many rows on both. The ratios come last.
"""

import contextlib
import json
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from urllib.parse import urlsplit

import psycopg

from benchmarks.asking import Way, first_byte, milliseconds_of_sites
from benchmarks.goals import Goal, lines
from benchmarks.servers import ROOT, environment_for, prepare, servers
from benchmarks.submit import site

FEW, MANY = (100, 100), (10_000, 50_000)
"""How many affiliates, and how many applications."""
TURNS = 9
MOST_RATIO, MOST_MILLISECONDS, MOST_FIRST_BYTE = 1.2, 300, 500
"""Our goals: many ÷ few, the first page, and an export's first byte."""

PATHS = {
    "first page": "/admin/",
    "list": "/admin/affiliates/groups/",
    "list, searched by name": "/admin/affiliates/groups/?q=chapter",
    "list, searched by address": "/admin/affiliates/groups/?q=kim%40c77.org",
    "list, who needs attention": "/admin/affiliates/groups/?standing=attention",
    "list, last page": "/admin/affiliates/groups/?p=9999",
    "report of standing": "/admin/reports/standing-of-affiliates/",
    "record": "/admin/affiliates/groups/{group}/",
    "pages below the program": "/admin/pages/{program}/",
    "editor of the program": "/admin/pages/{program}/edit/",
    "editor of an affiliate": "/admin/pages/{page}/edit/",
    "updates": "/admin/affiliates/updates/",
    "applications": "/admin/affiliates/applications/",
    "applications that wait": "/admin/affiliates/applications/?state=in_review",
    "applications, searched by name": "/admin/affiliates/applications/?q=chapter",
    "applications, searched by reference": "/admin/affiliates/applications/?q=B000077",
    "applications, last page": "/admin/affiliates/applications/?p=9999",
    "application": "/admin/affiliates/applications/{application}/",
}
EXPORTS = {
    "affiliates": "/admin/affiliates/groups/?export=csv",
    "applications": "/admin/affiliates/applications/?export=csv",
}


def run() -> str:
    with contextlib.ExitStack() as stack:
        environment = stack.enter_context(servers())
        few, many = (
            stack.enter_context(filled_site(environment, number, *size))
            for number, size in enumerate((FEW, MANY), start=1)
        )
        found = milliseconds_of_sites(dict([few, many]), turns=TURNS)
        port, ways = many
        headers = next(iter(ways.values())).headers
        exports = {
            name: first_byte(port, Way(path, headers)) * 1000 for name, path in EXPORTS.items()
        }
    return as_markdown(*found.values(), exports)


@contextlib.contextmanager
def filled_site(
    environment: dict[str, str], number: int, groups: int, applications: int
) -> Iterator[tuple[int, dict[str, Way]]]:
    """Its port, and what to ask it for. ``number`` is that of its databases."""
    with tempfile.TemporaryDirectory() as directory:
        own = environment | environment_for("program_site.settings.demo", directory)
        with psycopg.connect(environment["DATABASE_URL"], autocommit=True) as connection:
            connection.execute(f"CREATE DATABASE site_{number}")
        for name, path in (("DATABASE_URL", f"/site_{number}"), ("REDIS_URL", f"/{number}")):
            own[name] = urlsplit(environment[name])._replace(path=path).geturl()
        prepare(own)
        known = fill(own, groups, applications)
        headers = {"Cookie": f"sessionid={known['session']}"}
        ways = {name: Way(path.format(**known), headers) for name, path in PATHS.items()}
        # With threads, as deployed: without, a worker is stopped in an answer of half a minute.
        with site("up", own, "--threads=4") as one:
            yield one.port, ways


def fill(environment: dict[str, str], groups: int, applications: int) -> dict[str, str]:
    """Until there are so many."""
    code = f"from benchmarks.many_groups import fill; fill({groups}, {applications})"
    shell = [sys.executable, ROOT / "site" / "manage.py", "shell", "--no-imports", "-c", code]
    done = subprocess.run(shell, env=environment, check=True, stdout=subprocess.PIPE, text=True)
    return json.loads(done.stdout.splitlines()[-1])


def as_markdown(few: dict[str, float], many: dict[str, float], exports: dict[str, float]) -> str:
    ratios = {name: many[name] / few[name] for name in PATHS}
    return "\n".join(
        [
            "## The admin with thousands of affiliates",
            "",
            "Milliseconds to the whole answer, for one person, over real HTTP to gunicorn on",
            f"PostgreSQL. Few: {FEW[0]} affiliates and {FEW[1]} applications. Many: {MANY[0]} and",
            f"{MANY[1]}. Each affiliate has a contact and an open request for an update, every",
            "second a late one. Pages show as many rows among few as among many: a full page by",
            "name, one by address or reference. The exports hold all there are; what counts is",
            "their first byte.",
            "",
            "| page | few | many | many ÷ few |",
            "|---|---|---|---|",
            *[
                f"| {name} | {few[name]:.0f} | {many[name]:.0f} | {ratio:.2f} |"
                for name, ratio in ratios.items()
            ],
            *[
                f"| export of {name}, first byte | | {each:.0f} | |"
                for name, each in exports.items()
            ],
            "",
            *lines(
                *[Goal(f"admin {name}", each, at_most=MOST_RATIO) for name, each in ratios.items()],
                Goal("admin first page, ms", many["first page"], at_most=MOST_MILLISECONDS),
                *[
                    Goal(f"admin export of {name}, first byte, ms", each, at_most=MOST_FIRST_BYTE)
                    for name, each in exports.items()
                ],
            ),
            "",
        ]
    )

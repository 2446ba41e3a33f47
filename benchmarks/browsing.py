"""How fast the directory of a program with thousands of affiliates is, beside the plain way.

One site on PostgreSQL is asked for both in turns within one run. The ratio comes last.
"""

import contextlib
import subprocess
import sys
import tempfile

from benchmarks.asking import Way, ask, rates
from benchmarks.servers import ROOT, environment_for, prepare, servers
from benchmarks.submitting import CONNECTIONS, site

AFFILIATES = 10_000
TURNS = 5
SECONDS = 3
SLUG = "many"

FILL = f"""
from affiliates.models import AffiliateProgramPage
from tests.factories.many import add_many
home = AffiliateProgramPage.objects.get().get_parent()
program = AffiliateProgramPage(
    title="Many", slug="{SLUG}", introduction="<p>Many groups.</p>", contact_email="a@example.org",
    beliefs=[("statement", "A belief")], obligations=[("statement", "A promise")])
home.add_child(instance=program)
add_many(program, {AFFILIATES})
from django.db import connection
connection.cursor().execute("vacuum analyze")
"""

WAYS = {
    "directory": f"/{SLUG}/",
    "search": f"/{SLUG}/?q=calm+river",
    "region": f"/{SLUG}/?region=US-MI",
    "values()": f"/by-values/{SLUG}/",
}


def run() -> str:
    with contextlib.ExitStack() as stack:
        environment = stack.enter_context(servers())
        directory = stack.enter_context(tempfile.TemporaryDirectory())
        environment |= environment_for("benchmarks.directory_settings", directory)
        prepare(environment)
        fill(environment)
        one = stack.enter_context(site("up", environment))
        return as_markdown(*measure(one.port))


def fill(environment: dict[str, str]) -> None:
    shell = [sys.executable, ROOT / "site" / "manage.py", "shell", "-c", FILL]
    subprocess.run(shell, env=environment, check=True, stdout=subprocess.DEVNULL)


def measure(port: int) -> tuple[dict[str, float], dict[str, int]]:
    """Answers a second and bytes of an answer, by way."""
    ways = {way: Way(path) for way, path in WAYS.items()}
    sizes = {name: len(ask(port, way)[0]) for name, way in ways.items()}
    return rates(port, ways, turns=TURNS, seconds=SECONDS), sizes


def as_markdown(found: dict[str, float], sizes: dict[str, int]) -> str:
    rows = [f"| {way} | {found[way]:.1f} | {sizes[way] / 1000:.0f} |" for way in WAYS]
    plain = found["values()"]
    ratios = [f"- {way} ÷ values(): {found[way] / plain:.1f}" for way in WAYS if way != "values()"]
    return "\n".join(
        [
            "## Showing a long directory",
            "",
            f"A program with {AFFILIATES} affiliates, over real HTTP to gunicorn with two workers",
            f"on PostgreSQL, {CONNECTIONS} connections at once. “values()” is the plain way: all",
            "groups on one page, by one query without model instances, without a skin, links or",
            "search. Ours shows one page of them with search form, map and counts.",
            "",
            "| page | answers a second | kB |",
            "|---|---|---|",
            *rows,
            "",
            "Ratios within this run:",
            "",
            *ratios,
            "",
        ]
    )

"""How fast public pages are, beside a bare page of Wagtail and a plain view of all groups.

One site on PostgreSQL is asked for all of them in turns within one run. The ratios come last.
"""

import contextlib
import json
import subprocess
import sys
import tempfile
from collections.abc import Mapping

from benchmarks.asking import Way, ask, rates
from benchmarks.goals import Goal, lines
from benchmarks.servers import ROOT, environment_for, prepare, servers
from benchmarks.submit import CONNECTIONS, site

AFFILIATES = 10_000
TURNS = 3
SECONDS = 1.5
SLUG = "many"
ANEW = "?anew=1"
"""No page knows this condition, so its answer is made each time."""

FILL = f"""
import json
from django.db import connection
from affiliates.models import AffiliatePage, AffiliateProgramPage, ContactUpdate
from benchmarks.peers.bare_page.models import BarePage
from tests.factories.many import add_many
demo = AffiliateProgramPage.objects.order_by("pk").first()
home = demo.get_parent()
home.add_child(instance=BarePage(title="Bare", slug="bare"))
news = ContactUpdate.objects.filter(live=True, affiliation__program=demo).first()
program = AffiliateProgramPage(
    title="Many", slug="{SLUG}", introduction="<p>Many groups.</p>", contact_email="a@example.org",
    beliefs=[("statement", "A belief")], obligations=[("statement", "A promise")])
home.add_child(instance=program)
add_many(program, {AFFILIATES})
connection.cursor().execute("vacuum analyze")
print(json.dumps({{"program": demo.url, "affiliate": news.affiliation.page.url}}))
"""

BARE, VALUES, CONDITIONAL = (
    "a bare page of Wagtail",
    "all groups by values()",
    "made, then compared",
)
KEPT_GOAL, DIRECTORY_GOAL, UNCHANGED_GOAL = 5, 20, 20


def run() -> str:
    with contextlib.ExitStack() as stack:
        environment = stack.enter_context(servers())
        directory = stack.enter_context(tempfile.TemporaryDirectory())
        environment |= environment_for("benchmarks.pages_settings", directory)
        prepare(environment)
        paths = paths_of(fill(environment))
        one = stack.enter_context(site("up", environment))
        ways = ways_of(one.port, paths)
        sizes = {name: len(ask(one.port, way)[0]) for name, way in ways.items()}
        return as_markdown(rates(one.port, ways, turns=TURNS, seconds=SECONDS), sizes)


def fill(environment: dict[str, str]) -> dict[str, str]:
    """The addresses of the demo's program and of a group with news."""
    shell = [sys.executable, ROOT / "site" / "manage.py", "shell", "--no-imports", "-c", FILL]
    done = subprocess.run(shell, env=environment, check=True, stdout=subprocess.PIPE, text=True)
    return json.loads(done.stdout.splitlines()[-1])


def paths_of(known: Mapping[str, str]) -> dict[str, str]:
    return {
        "home": "/",
        "program": known["program"],
        "affiliate": known["affiliate"],
        "updates": f"{known['program']}updates/",
        "directory": f"/{SLUG}/",
    }


def ways_of(port: int, paths: Mapping[str, str]) -> dict[str, Way]:
    conditional = Way(f"/conditional{paths['program']}{ANEW}")
    return {
        BARE: Way("/bare/"),
        VALUES: Way(f"/by-values/{SLUG}/"),
        **{name: Way(path) for name, path in paths.items()},
        **{f"{name}, made anew": Way(path + ANEW) for name, path in paths.items()},
        "search": Way(f"/{SLUG}/?q=calm+river"),
        "program, unchanged": unchanged(port, Way(paths["program"])),
        CONDITIONAL: unchanged(port, conditional),
    }


def unchanged(port: int, way: Way) -> Way:
    """The same, asked by who has the answer already."""
    _content, headers = ask(port, way)
    return Way(
        way.path, {"If-None-Match": headers.get("ETag", "")}, 304 if "ETag" in headers else 200
    )


def as_markdown(found: Mapping[str, float], sizes: Mapping[str, int]) -> str:
    rows = [f"| {way} | {found[way]:.1f} | {sizes[way] / 1000:.0f} |" for way in found]
    return "\n".join(
        [
            "## Showing public pages",
            "",
            "Answers a second over real HTTP to gunicorn with two workers on PostgreSQL,",
            f"{CONNECTIONS} connections at once. Each page of ours is asked for twice: as it is,",
            "kept, and with a condition that nobody knows, so that it is made anew each time.",
            f"The directory has {AFFILIATES} groups and shows one page of them with search form,",
            "map and counts; “values()” is the plain way: all groups on one page, by one query",
            "without model instances, skin, links or search. “Unchanged” answers 304; beside it",
            "stands the same page under Django's `ConditionalGetMiddleware`.",
            "",
            "| page | answers a second | kB |",
            "|---|---|---|",
            *rows,
            "",
            "Ratios within this run:",
            "",
            *lines(*goals(found)),
            "",
        ]
    )


def goals(found: Mapping[str, float]) -> list[Goal]:
    bare, values = found[BARE], found[VALUES]
    unchanged = found["program, unchanged"] / found[CONDITIONAL]
    pages = ("home", "program", "affiliate", "updates")
    return [
        *(Goal(f"pages-{name}", found[name] / bare, KEPT_GOAL) for name in pages),
        *(Goal(f"pages-{name}-anew", found[f"{name}, made anew"] / bare, 0.5) for name in pages),
        Goal("pages-directory", found["directory"] / values, DIRECTORY_GOAL),
        Goal("pages-directory-anew", found["directory, made anew"] / values, 1),
        Goal("pages-unchanged", unchanged, UNCHANGED_GOAL),
    ]

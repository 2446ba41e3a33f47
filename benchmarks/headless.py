"""How fast the directory comes by our API, beside Wagtail's own with the same public fields.

One site on PostgreSQL is asked for both in turns within one run. The ratios come last.
"""

import contextlib
import json
import subprocess
import sys
import tempfile
from urllib.parse import urlencode

from benchmarks.asking import CONNECTIONS, Way, ask, rates
from benchmarks.servers import ROOT, environment_for, prepare, servers
from benchmarks.submit import site

AFFILIATES = 300
TURNS = 3
SECONDS = 1.5
SLUG = "many"
SIZES = (20, 100)

FILL = f"""
from affiliates.models import AffiliateProgramPage
from tests.factories.many import add_many
home = AffiliateProgramPage.objects.order_by("pk").first().get_parent()
program = AffiliateProgramPage(
    title="Many", slug="{SLUG}", introduction="<p>Many groups.</p>", contact_email="a@example.org",
    beliefs=[("statement", "A belief")], obligations=[("statement", "A promise")])
home.add_child(instance=program)
add_many(program, {AFFILIATES})
from django.db import connection
connection.cursor().execute("vacuum analyze")
print(program.pk)
"""

FIELDS = "region,scope,locality,summary,links,logo,affiliated_since"
UNKEPT = "&unkept=" + "x" * 200
"""So long an address is not kept, so its answer is built each time."""


class WrongList(Exception):
    """A way answers with another number of groups than the others."""


def run() -> str:
    with contextlib.ExitStack() as stack:
        environment = stack.enter_context(servers())
        directory = stack.enter_context(tempfile.TemporaryDirectory())
        environment |= environment_for("benchmarks.headless_settings", directory)
        prepare(environment)
        program = fill(environment)
        one = stack.enter_context(site("up", environment))
        ways = {size: ways_of(one.port, program, size) for size in SIZES}
        found = {size: rates(one.port, ways[size], turns=TURNS, seconds=SECONDS) for size in SIZES}
    return as_markdown(found)


def fill(environment: dict[str, str]) -> str:
    """The program's key."""
    shell = [sys.executable, ROOT / "site" / "manage.py", "shell", "--no-imports", "-c", FILL]
    done = subprocess.run(shell, env=environment, check=True, stdout=subprocess.PIPE, text=True)
    return done.stdout.split()[-1]


def ways_of(port: int, program: str, size: int) -> dict[str, Way]:
    ours = f"/api/affiliates/v1/programs/{SLUG}/affiliates/?limit={size}"
    query = {"type": "affiliates.AffiliatePage", "child_of": program, "order": "title"}
    wagtails = "/pages/?" + urlencode({**query, "fields": FIELDS, "limit": size})
    ways = {
        "ours, built": Way(ours + UNKEPT),
        "ours, kept": Way(ours),
        "Wagtail's": Way(f"/api/v2{wagtails}"),
    }
    for name, way in ways.items():
        listed = json.loads(ask(port, way)[0])["items"]
        if len(listed) != size:
            raise WrongList(f"{name}: {len(listed)}")
    conditional = Way(f"/api/conditional{wagtails}")
    return {
        **ways,
        "ours, 304": unchanged(port, ways["ours, kept"]),
        "Wagtail's, 304": unchanged(port, conditional),
    }


def unchanged(port: int, way: Way) -> Way:
    """The same, asked by who has the answer already."""
    _content, headers = ask(port, way)
    return Way(way.path, {"If-None-Match": headers["ETag"]}, 304)


def as_markdown(found: dict[int, dict[str, float]]) -> str:
    names = list(found[SIZES[0]])
    rows = [
        f"| {name} | " + " | ".join(f"{found[size][name]:.0f}" for size in SIZES) + " |"
        for name in names
    ]
    ratios = [
        f"- {size} groups: {ours} ÷ {wagtails} {found[size][ours] / found[size][wagtails]:.1f}"
        for size in SIZES
        for ours, wagtails in (
            ("ours, built", "Wagtail's"),
            ("ours, kept", "Wagtail's"),
            ("ours, 304", "Wagtail's, 304"),
        )
    ]
    return "\n".join(
        [
            "## The directory by the API",
            "",
            f"Answers a second with 20 and with 100 of {AFFILIATES} groups, over real HTTP to",
            f"gunicorn with two workers on PostgreSQL, {CONNECTIONS} connections at once. The",
            "groups have two links each and no logo. “Wagtail's” is its API v2 with the same",
            "public fields; it keeps nothing, and for “304” stands behind Django's",
            "`ConditionalGetMiddleware`. “Built”: under an address that is not kept. Each of our",
            "requests is counted for the limit by network; Wagtail's has none.",
            "",
            "| way | " + " | ".join(f"{size} groups" for size in SIZES) + " |",
            "|---|" + "---|" * len(SIZES),
            *rows,
            "",
            "Ratios within this run:",
            "",
            *ratios,
            "",
        ]
    )

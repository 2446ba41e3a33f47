"""How fast the application form shows, beside a bare page of Wagtail, in turns within one run."""

import contextlib
import tempfile

from benchmarks.asking import Way, ask, rates
from benchmarks.goals import Goal, lines
from benchmarks.pages import BARE, fill
from benchmarks.servers import environment_for, prepare, servers
from benchmarks.submit import CONNECTIONS, PATH, site

TURNS = 3
SECONDS = 1.5
FORM = "the application form"
WAYS = {BARE: Way("/bare/"), FORM: Way(PATH)}


def run() -> str:
    with contextlib.ExitStack() as stack:
        environment = stack.enter_context(servers())
        directory = stack.enter_context(tempfile.TemporaryDirectory())
        environment |= environment_for("benchmarks.pages_settings", directory)
        prepare(environment)
        fill(environment)
        one = stack.enter_context(site("up", environment))
        sizes = {name: len(ask(one.port, way)[0]) for name, way in WAYS.items()}
        return as_markdown(rates(one.port, WAYS, turns=TURNS, seconds=SECONDS), sizes)


def as_markdown(found: dict[str, float], sizes: dict[str, int]) -> str:
    rows = [f"| {way} | {found[way]:.1f} | {sizes[way] / 1000:.0f} |" for way in WAYS]
    return "\n".join(
        [
            "## Showing the application form",
            "",
            "Answers a second over real HTTP to gunicorn with two workers on PostgreSQL,",
            f"{CONNECTIONS} connections at once. Each form has a token of its own.",
            "",
            "| page | answers a second | kB |",
            "|---|---|---|",
            *rows,
            "",
            "Ratio within this run:",
            "",
            *lines(Goal("form", found[FORM] / found[BARE], 1)),
            "",
        ]
    )

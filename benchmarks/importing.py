"""How long loading a table of affiliates takes, beside Wagtail's own way to add and publish a page.

Each turn loads a table of new groups into a program of its own, from its bytes to the commit, and
adds some more one by one. The tree is checked afterwards, and the ratio comes last.
"""

import contextlib
import os
import statistics
import sys
import tempfile
import time
from collections.abc import Callable

import django

from benchmarks.servers import ROOT, environment_for, prepare, servers

GROUPS = 10_000
ONE_BY_ONE = 200
"""Pages for Wagtail's way, which is too slow for all; its time is scaled to the others'."""
TURNS = 3


def run() -> str:
    with contextlib.ExitStack() as stack:
        started = stack.enter_context(servers())
        directory = stack.enter_context(tempfile.TemporaryDirectory())
        started |= environment_for("program_site.settings.demo", directory)
        prepare(started)
        os.environ.update(started)
        sys.path.append(str(ROOT / "site"))
        django.setup()
        return measure()


def measure() -> str:
    seconds: dict[str, list[float]] = {"import": [], "same again": [], "one by one": []}
    for turn in range(TURNS):
        program = new_program(turn)
        seconds["import"].append(timed(lambda program=program: load(program, "created")))
        seconds["same again"].append(timed(lambda program=program: load(program, "unchanged")))
        alone = timed(lambda program=program: add_one_by_one(program))
        seconds["one by one"].append(alone * GROUPS / ONE_BY_ONE)
        sys.stderr.write(f"turn {turn + 1} of {TURNS}\n")
    refuse_a_broken_tree()
    return as_markdown({name: statistics.median(times) for name, times in seconds.items()})


def new_program(number: int):
    from affiliates.models import AffiliateProgramPage

    parent = AffiliateProgramPage.objects.first().get_parent()
    program = AffiliateProgramPage(
        title=f"Program {number}", introduction="<p>Words</p>", contact_email="a@example.org"
    )
    parent.add_child(instance=program)
    return program


def load(program, outcome: str) -> None:
    from affiliates.transfer.importing.tables import read_table
    from affiliates.transfer.services.importing import import_affiliates

    report = import_affiliates(program=program, table=read_table(table()))
    if len(getattr(report, outcome)) != GROUPS:
        sys.exit(f"Of {GROUPS} groups, {len(getattr(report, outcome))} were {outcome}.")


def table() -> bytes:
    rows = [
        f"Ohio,Chapter {number},Works for safe schools.,www.chapter-{number}.org,@ch_{number}"
        for number in range(GROUPS)
    ]
    return "\n".join(["region,name,about,website,x", *rows]).encode()


def add_one_by_one(program) -> None:
    from django.db import transaction

    from affiliates.models import AffiliateLink, AffiliatePage

    with transaction.atomic():
        for number in range(ONE_BY_ONE):
            page = AffiliatePage(
                title=f"Single {number}", region="US-OH", summary="Works for safe schools."
            )
            page.links = [
                AffiliateLink(network="website", url=f"https://www.single-{number}.org"),
                AffiliateLink(network="twitter", url=f"https://x.com/s_{number}"),
            ]
            program.add_child(instance=page)
            page.save_revision().publish()


def refuse_a_broken_tree() -> None:
    from affiliates.models.base_page import Page

    problems = Page.find_problems()
    if any(problems):
        sys.exit(f"The tree of pages has problems: {problems}")


def timed(do: Callable[[], None]) -> float:
    start = time.perf_counter()
    do()
    return time.perf_counter() - start


def as_markdown(medians: dict[str, float]) -> str:
    return "\n".join(
        [
            "## Loading a table of affiliates",
            "",
            f"{GROUPS} new groups from a CSV file, each with two links, a revision, two entries in",
            "Wagtail's log and its entry in the search index, in one transaction on PostgreSQL.",
            "“Same again”: the file once more, which changes nothing. “One by one”: Wagtail's own",
            f"`add_child` and `publish`, measured with {ONE_BY_ONE} in one transaction and scaled.",
            "The tree of pages is whole afterwards (`find_problems`, or the run fails).",
            "",
            "| way | seconds | groups a second |",
            "|---|---|---|",
            *[f"| {name} | {each:.1f} | {GROUPS / each:.0f} |" for name, each in medians.items()],
            "",
            "Ratio within this run:",
            "",
            f"- one by one ÷ import: {medians['one by one'] / medians['import']:.1f}",
            "",
        ]
    )

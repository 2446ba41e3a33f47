"""How long loading a table of affiliates takes, beside Wagtail's own way to add and publish a page,
and how long its pages let people wait.

Each turn loads a table of new groups into a program of its own, from its bytes to the commit, and
adds some more one by one. The tree is checked afterwards, and the ratio comes last. Then the same
table with questions as headings and an error in every tenth row is taken through the admin's pages.
"""

import contextlib
import os
import statistics
import sys
import tempfile
import time
from collections.abc import Callable
from importlib import import_module

from benchmarks.goals import Goal, lines
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
        import_module("program_site.wsgi")  # as a web server does
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
    pages: dict[str, list[float]] = {}
    for turn in range(TURNS):
        for name, each in seconds_of_pages(new_program(TURNS + turn)).items():
            pages.setdefault(name, []).append(each)
    return as_markdown(medians(seconds)) + "\n" + pages_as_markdown(medians(pages))


def medians(seconds: dict[str, list[float]]) -> dict[str, float]:
    return {name: statistics.median(times) for name, times in seconds.items()}


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


QUESTIONS = (
    "Timestamp,What is the name of your group?,Which state are you in?,What does your group do?,"
    "Website,Your first name,Your last name,Your email address"
)
MOST_MILLISECONDS = 500
"""Our goal for each page."""


def table_with_errors() -> bytes:
    """As a web form exports it: every tenth state is none, and as many rows have wrong letters."""
    rows = [
        f"9/20/2026,Chapter {number},{'Atlantis' if number % 10 == 0 else 'Ohio'},"
        f"Works in {'QuÃ©bec' if number % 10 == 5 else 'Québec'}.,www.chapter-{number}.org,Kim,Lee,"
        f"kim-{number}@example.org"
        for number in range(GROUPS)
    ]
    return "\n".join(["Our groups", QUESTIONS, *rows]).encode()


def seconds_of_pages(program) -> dict[str, float]:
    """Of each page on the way from the upload to the corrected table; of the checks the longest."""
    from django.contrib.auth import get_user_model
    from django.core.files.uploadedfile import SimpleUploadedFile
    from django.test import Client

    client = Client(SERVER_NAME="localhost", raise_request_exception=True)
    client.force_login(get_user_model().objects.filter(is_superuser=True).first())
    seconds: dict[str, float] = {}

    def asked(name: str, path: str, data=None):
        start = time.perf_counter()
        answer = client.get(path) if data is None else client.post(path, data)
        content = b"".join(answer) if answer.streaming else answer.content
        seconds[name] = max(time.perf_counter() - start, seconds.get(name, 0))
        if answer.status_code not in (200, 302):
            sys.exit(f"{path} answered {answer.status_code}.")
        return answer, content.decode(errors="replace")

    asked("form", "/admin/affiliates/import/")
    file = SimpleUploadedFile("groups.csv", table_with_errors())
    answer, _text = asked(
        "upload", "/admin/affiliates/import/", {"program": program.pk, "file": file}
    )
    columns = answer.url
    preview = columns.removesuffix("columns/")
    _answer, text = asked("columns", columns)
    taken = dict(enumerate(("", "name", "region", "about", "website", "contact_first_name")))
    taken |= {6: "contact_last_name", 7: "contact_email"}
    asked("columns chosen", columns, {f"column-{at}": column for at, column in taken.items()})
    for _step in range(GROUPS):
        _answer, text = asked("a step of checking", preview)
        if 'http-equiv="refresh"' not in text:
            break
    asked("preview", preview)
    asked("errors", f"{preview}errors/")
    typed = {f"row-{3 + 10 * number}-region": "Ohio" for number in range(min(50, GROUPS // 10))}
    asked("errors corrected", f"{preview}errors/", typed)
    asked("sheet of errors", f"{preview}errors.xlsx")
    return seconds


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


def pages_as_markdown(pages: dict[str, float]) -> str:
    slowest = 1000 * max(each for name, each in pages.items() if name != "sheet of errors")
    return "\n".join(
        [
            f"The pages of an import of {GROUPS} rows, as a web form exports them, with an error",
            "in every tenth row and wrong letters in as many. A table is checked in steps, and",
            "the longest counts. The sheet is a download.",
            "",
            "| page | milliseconds |",
            "|---|---|",
            *[f"| {name} | {each * 1000:.0f} |" for name, each in pages.items()],
            "",
            *lines(Goal("slowest page, in ms", slowest, at_most=MOST_MILLISECONDS)),
            "",
        ]
    )

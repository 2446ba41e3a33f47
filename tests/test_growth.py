"""Twice as much input costs about twice as much, in every parser that reads what strangers send.

A request, a form or a file of a few kilobytes must not keep a process busy for minutes. What is
repeated here is what makes backtracking expressions and careless loops quadratic, or worse.
"""

import io
import time
from contextlib import suppress
from functools import partial

import openpyxl
import pytest
from django.core.exceptions import ValidationError
from django.http import QueryDict

from affiliates.api.gateway import read_json
from affiliates.api.problems import Problem
from affiliates.applications.forms.application import ApplicationForm
from affiliates.core.addresses import clean_address
from affiliates.core.exceptions import LinkInvalid
from affiliates.core.fields import clean_phone
from affiliates.core.networks.links import clean_link
from affiliates.core.text import as_html, clean_line, clean_text, fold
from affiliates.links.tokens import read_token
from affiliates.models.updates import first_words
from affiliates.requirements.badge.pages import read_page
from affiliates.transfer.importing.headings import column_of
from affiliates.transfer.importing.tables import read_table
from affiliates.transfer.importing.workbooks import TableUnreadable
from affiliates.updates.child_safety import find_risks
from tests.factories.applications import posted
from workflows.core.exceptions import AddressRefused
from workflows.core.secrets import blot_out
from workflows.core.spreadsheets import csv_original, csv_safe, starts_a_formula
from workflows.core.web_addresses import clean_address as clean_web_address
from workflows.mail import grammar
from workflows.mail.bounces import note_report
from workflows.mail.kinds import get_kind
from workflows.mail.reading import guarded

REFUSALS = (Problem, ValidationError, LinkInvalid, TableUnreadable, AddressRefused)
MOST = 3.0
"""Of the cost of half the input. Linear is 2, quadratic 4; memory and caches are in between."""
LEAST_SECONDS = 0.002
"""Below this a clock measures itself."""
ATTEMPTS = 20

WORDS = ("a", "A-", "A'", "a ", "1 ", "é", "ü.", "my ", "my son Anna ", "A. A. ", "a@")
SPACES = (" ", "\t", "\n", "\r\n", " \n", "\u3000")
SIGNS = ('"', '\\"', "'", "{", "{a", "[", "<", "<a")
POINTS = (",", ";", ".", "=", "-", "%", "../", "//")
TAGS = ("<img src=x>", "<a x=", "<a '", "<!--", "<script>", "</script", "&#1", "style=url(", "= ")
LINKS = ("http://", "http://.", "www.", "@", "x.", "xn--", "%2e/")
MARKS = ("\u0301\u0323", "\u302e\U0001d165", "\uff9e\u0345", "\u0344", "\ud800", "\u200b")
TEXTS = (*WORDS, *SPACES, *SIGNS, *POINTS, *LINKS, *MARKS)


def json_with_names(names: str) -> None:
    """As many names as ``names`` has letters, and the last of them twice."""
    pairs = ",".join(f'"{number}":0' for number in range(len(names)))
    read_json(f'{{{pairs},"{len(names) - 1}":1}}'.encode())


def report(text: str, *, place: str) -> None:
    parts = {"id": "<a@example.org>", "status": "5.1.1", "recipient": "a@example.org", "type": "b"}
    parts[place] = text.replace("\r", " ").replace("\n", " ")
    note_report(
        message=(
            'Content-Type: multipart/report; boundary="b"; x={type}\n\n'
            "--b\nContent-Type: message/delivery-status\n\n\n"
            "Final-Recipient: rfc822; {recipient}\nAction: failed\nStatus: {status}\n\n"
            "--b\nContent-Type: message/rfc822\n\nMessage-ID: {id}\n\n--b--\n"
        )
        .format(**parts)
        .encode("utf-8", "replace")
    )


def workbook(rows: str) -> bytes:
    book, content = openpyxl.Workbook(), io.BytesIO()
    for number in range(len(rows)):
        book.active.append([f"Group {number}", "x"])
    book.save(content)
    return content.getvalue()


def same(text: str) -> str:
    return text


def as_bytes(text: str, start: str = "", end: str = "") -> bytes:
    return (start + text + end).encode("utf-8", "surrogatepass")


def wording(text: str) -> None:
    grammar.problems("", text, get_kind("application_received"))
    grammar.Form("", text.replace("{", ""), get_kind("application_received")).fill({})


def web_page_of_one_tag(text: str) -> None:
    read_page("https://group.org/", f"<img {text}")


PARSERS = {
    "json": (read_json, as_bytes, TEXTS, 8_000),
    "json text": (read_json, partial(as_bytes, start='"'), TEXTS, 8_000),
    "json names": (json_with_names, same, ("a",), 4_000),
    "csv": (read_table, as_bytes, TEXTS, 8_000),
    "csv text": (read_table, partial(as_bytes, start='"', end='"'), TEXTS, 8_000),
    "xlsx": (read_table, workbook, ("a",), 100),
    "headings": (column_of, same, TEXTS, 4_000),
    "line": (clean_line, same, TEXTS, 8_000),
    "text": (clean_text, same, TEXTS, 8_000),
    "search": (fold, same, TEXTS, 4_000),
    "html": (as_html, same, TEXTS, 4_000),
    "phone": (clean_phone, same, TEXTS, 8_000),
    "link": (partial(clean_link, "website"), same, TEXTS, 8_000),
    "page": (partial(clean_link, "facebook"), same, TEXTS, 8_000),
    "web address": (clean_web_address, same, TEXTS, 8_000),
    "address": (clean_address, same, TEXTS, 8_000),
    "domain": (clean_address, lambda text: f"a@{text}.org", TEXTS, 8_000),
    "bounced message": (partial(report, place="id"), same, TEXTS, 2_000),
    "bounced address": (partial(report, place="recipient"), same, TEXTS, 2_000),
    "bounce status": (partial(report, place="status"), same, TEXTS, 2_000),
    "bounce type": (partial(report, place="type"), lambda text: f'"{text}"', TEXTS, 2_000),
    "wording": (wording, same, TEXTS, 4_000),
    "web page": (partial(read_page, "https://group.org/"), same, (*TEXTS, *TAGS), 40_000),
    "tag": (web_page_of_one_tag, same, (*TEXTS, *TAGS), 40_000),
    "child safety": (find_risks, same, TEXTS, 2_000),
    "title": (first_words, same, TEXTS, 8_000),
    "csv out": (csv_safe, lambda text: f"a{text}a", TEXTS, 8_000),
    "csv in": (csv_original, lambda text: f"a{text}a", TEXTS, 8_000),
    "formula": (starts_a_formula, same, TEXTS, 8_000),
    "mail": (guarded, same, (*TEXTS, "<head"), 40_000),
    "token": (read_token, lambda text: f"status~{text}", TEXTS, 8_000),
    "log": (blot_out, same, (*TEXTS, "/link/", "/applications/a"), 8_000),
}


def cost(parse, content) -> float:
    """Seconds of CPU time."""
    start = time.process_time()
    with suppress(*REFUSALS):
        parse(content)
    return time.process_time() - start


def growth(parse, make, atom: str, length: int) -> float:
    """How much more twice the length costs. Each minimum is of as many attempts as it takes."""
    half, whole = (make(atom * (times * length // len(atom))) for times in (1, 2))
    costs, ratio = [float("inf")] * 2, float("inf")
    for _ in range(ATTEMPTS):
        costs = [min(costs[0], cost(parse, half)), min(costs[1], cost(parse, whole))]
        ratio = costs[1] / max(costs[0], LEAST_SECONDS)
        if ratio <= MOST:
            break
    return ratio


@pytest.mark.django_db
@pytest.mark.parametrize("name", PARSERS)
def test_parser_takes_linear_time(name):
    parse, make, atoms, length = PARSERS[name]
    found = {atom: growth(parse, make, atom, length) for atom in atoms}
    assert {atom: ratio for atom, ratio in found.items() if ratio > MOST} == {}


def test_form_takes_linear_time(program):
    """With every field as long as can be, and with many fields that it does not have."""

    def check(data: QueryDict) -> None:
        ApplicationForm(program, data).is_valid()

    def form(text: str) -> QueryDict:
        data = QueryDict(mutable=True)
        data.update(dict.fromkeys(posted(program), text))
        data.update({f"x{number}": "" for number in range(len(text))})
        return data

    found = {atom: growth(check, form, atom, 500) for atom in (*MARKS, *LINKS, "a", "A-")}
    assert {atom: ratio for atom, ratio in found.items() if ratio > MOST} == {}

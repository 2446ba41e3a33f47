"""A year in a box: what groups and staff get, mail by mail, beside what they were promised.

Three programs with policies and time zones of their own live through twelve months in fast-forward,
with the real services, sweeps, outbox, database and a mail server. Chance, from a seed, decides who
joins when, answers late or never, is paused or ended, and whose mail comes back. An oracle that
knows only the promises says which mail goes to whom on which day.
"""

import contextlib
import os
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterable, Iterator
from datetime import date, datetime, timedelta
from datetime import time as hour_of_day
from random import Random
from typing import Any
from zoneinfo import ZoneInfo

import django

from benchmarks.goals import Goal, lines
from benchmarks.servers import ROOT, environment_for, prepare, servers
from benchmarks.year_oracle import Life, Promises, Sent, expected

GROUPS, DAYS, SEED = 1000, 365, 2026
FIRST = date(2025, 2, 1)
DAY = timedelta(days=1)
SHOWN = 20

PROGRAMS = (
    Promises(
        *("Harbor", "America/New_York", 9, 3, 14, 7, 21, 30, 60, 90),
        *("reviewer@harbor.example.org", "leader@harbor.example.org"),
    ),
    Promises(
        *("Monsoon", "Asia/Kolkata", 7, 6, 30, 10, 20, 45, 55, 70),
        *("reviewer@monsoon.example.org", "leader@monsoon.example.org"),
    ),
    Promises(
        *("Reef", "Australia/Lord_Howe", 18, 4, 7, 3, 5, 12, 26, 40),
        *("reviewer@reef.example.org", "leader@reef.example.org"),
    ),
)
"""One whose clocks change in the north, one with half an hour, one whose clocks change by half an
hour in the south."""


def run() -> str:
    with contextlib.ExitStack() as stack:
        started = stack.enter_context(servers())
        directory = stack.enter_context(tempfile.TemporaryDirectory())
        started |= environment_for("program_site.settings.demo", directory)
        prepare(started, "migrate")
        sys.path.append(str(ROOT / "site"))
        from tests.smtp_server import ScriptedServer

        server = stack.enter_context(ScriptedServer().running())
        os.environ.update(started | {"EMAIL_URL": f"smtp://127.0.0.1:{server.port}"})
        django.setup()
        return measure(int(os.environ.get("YEAR_GROUPS", GROUPS)))


def measure(groups: int) -> str:
    start = time.perf_counter()
    year = Year(lives(groups, DAYS), DAYS)
    differences = year.live()
    seconds = time.perf_counter() - start
    return "\n".join(
        [
            "## A year in a box",
            "",
            f"{groups} groups in three programs live through {DAYS} days with the real services,",
            "outbox, database and a mail server. An oracle that shares no code with us says, from",
            "the words of the policy, which mail goes to whom on which day.",
            "",
            "| kind of mail | sent | expected |",
            "|---|---|---|",
            *(f"| {kind} | {sent} | {due} |" for kind, sent, due in year.by_kind()),
            "",
            *(f"- {difference}" for difference in differences[:SHOWN]),
            "",
            f"It took {seconds:.0f} s: {seconds / DAYS:.2f} s a day.",
            "",
            *lines(Goal("year", len(differences), at_most=0)),
            "",
        ]
    )


# Chance


def lives(groups: int, days: int, seed: int = SEED) -> list[Life]:
    chance = Random(seed)
    return [_life(number, chance, days) for number in range(groups)]


HABITS = ("prompt", "late", "never", "paused", "ended", "comes_back")


def _life(number: int, chance: Random, days: int) -> Life:
    habit = HABITS[number // len(PROGRAMS) % len(HABITS)]
    name, joins = f"Group {number}", FIRST + chance.choice((0, 9, 18, 27)) * DAY
    middle = joins + chance.randrange(60, days - 90) * DAY
    answers: dict[str, Any] = {"answers_after": chance.randrange(1, 6)}
    of_habit: dict[str, dict[str, Any]] = {
        "prompt": answers,
        "late": {"answers_after": chance.randrange(15, 100)},
        "never": {},
        "paused": {"pauses": middle, "resumes": middle + chance.randrange(20, 80) * DAY},
        "ended": {"ends": middle, **answers},
        "comes_back": {"comes_back": True, "answers_after": chance.choice((None, 2, 40))},
    }
    return Life(
        name,
        PROGRAMS[number % len(PROGRAMS)].name,
        joins,
        contact=f"kim@group{number}.example.org",
        second=f"lea@group{number}.example.org" if chance.random() < 0.5 else "",
        **of_habit[habit],
    )


# The year


class Year:
    """``live`` returns what was sent and not expected, or the other way round, in words."""

    def __init__(self, lives: list[Life], days: int) -> None:
        from benchmarks.year_people import People

        self.lives, self.last = lives, FIRST + (days - 1) * DAY
        self.people = People(PROGRAMS, lives)
        self.expected: Sent = Counter()
        self.sent: Sent = Counter()

    def live(self) -> list[str]:
        from benchmarks.clocks import at

        for moment, promises, act in self._moments():
            with at(moment):
                getattr(self.people, act)(promises, moment)
        self.sent = Counter(self.people.mails())
        self.expected = Counter()
        for promises in PROGRAMS:
            of_program = [life for life in self.lives if life.program == promises.name]
            self.expected += expected(promises, of_program, FIRST, self.last)
        missing, surplus = self.expected - self.sent, self.sent - self.expected
        return [*_differences("not sent", missing), *_differences("not expected", surplus)]

    def by_kind(self) -> Iterable[tuple[str, int, int]]:
        for kind in sorted({kind for kind, _address, _day in self.expected | self.sent}):
            yield kind, _number(self.sent, kind), _number(self.expected, kind)

    def _moments(self) -> list[tuple[datetime, Promises, str]]:
        """In each program a morning, when mail is due, and an evening, in which people act."""
        days = [FIRST + number * DAY for number in range((self.last - FIRST).days + 1)]
        moments = [
            (_moment(day, promises, minutes), promises, act)
            for day in days
            for promises in PROGRAMS
            for minutes, act in ((10, "morning"), (120, "evening"))
        ]
        return sorted(moments, key=lambda found: found[0])


def _moment(day: date, promises: Promises, minutes: int) -> datetime:
    due = datetime.combine(day, hour_of_day(promises.hour), ZoneInfo(promises.zone))
    return due + timedelta(minutes=minutes)


def _number(mails: Sent, kind: str) -> int:
    return sum(number for (found, *_where), number in mails.items() if found == kind)


def _differences(what: str, mails: Sent) -> Iterator[str]:
    for kind, address, day in sorted(mails):
        yield f"{what}: {kind} to {address} on {day:%A}, {day}"

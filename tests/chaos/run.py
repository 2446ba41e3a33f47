"""One run: kills and applications side by side, then rest, then the comparison. Needs Django."""

import random
import time
from dataclasses import dataclass
from datetime import timedelta

from program_site.demo.addresses import Addresses
from program_site.demo.supervisor import answers
from tests.chaos import world
from tests.chaos.applicants import Applicants
from tests.chaos.fleet import LOOK_SECONDS, Fleet, other_services
from tests.chaos.history import Accepted, Acknowledged, History
from tests.chaos.journal import Journal
from tests.chaos.mail_sink import MailSink

SECONDS_BETWEEN_KILLS = (2.0, 4.0)
MOST_UNANSWERED = 3
"""Applicants waiting for their answer, in shares of one kill: with more, the kills wait, too."""

LOOK_AT_ROWS_SECONDS = 1
NOTHING_MOVES_SECONDS = 120
MOST_GROUPS = 1000
"""That are asked for an update: to make them takes longer than to ask them."""


@dataclass(frozen=True)
class Size:
    applications: int
    kills: int

    @property
    def duration(self) -> timedelta:
        """How long the kills take at least."""
        return timedelta(seconds=self.kills * sum(SECONDS_BETWEEN_KILLS) / 2)

    def shares(self) -> list[int]:
        """How many applications are let in before each kill."""
        total, kills = self.applications, self.kills
        return [total * (kill + 1) // kills - total * kill // kills for kill in range(kills)]


def run(
    size: Size, fleet: Fleet, where: Addresses, sink: MailSink, random_: random.Random
) -> tuple[History, float]:
    """What came of it, and the seconds from the last kill until all was sent.

    PostgreSQL runs already. Raises NotTaken.
    """
    groups = [f"chapter-{n}@example.org" for n in range(min(size.applications, MOST_GROUPS))]
    program = world.prepare(groups, over=size.duration)
    fleet.start(*other_services(where))
    while not (answers(where.base_url_here + "healthz") and world.is_at_work()):
        fleet.look_after(LOOK_SECONDS)
    applicants = Applicants(
        size.applications,
        port=where.port,
        path=f"/api/affiliates/v1/programs/{program.slug}/applications/",
        statements=[statement.id for _kind, statement in program.statements_to_accept()],
        journal=Journal(fleet.directory / "acknowledged.jsonl"),
        random_=random_,
    )
    kill_meanwhile(size, fleet, applicants, random_)
    last_kill = time.monotonic()
    sink.calm = True
    fleet.look_after(2)  # Until the last one killed is gone, and back.
    while applicants.unanswered:
        fleet.look_after(LOOK_SECONDS)
    seconds = wait_for_rest(fleet) - last_kill
    return read_history(groups, applicants, sink), seconds


def kill_meanwhile(
    size: Size, fleet: Fleet, applicants: Applicants, random_: random.Random
) -> None:
    for number, share in enumerate(size.shares(), 1):
        pause = random_.uniform(*SECONDS_BETWEEN_KILLS)
        for _ in range(share):
            applicants.let_in(1)
            fleet.look_after(pause / share)
        while applicants.unanswered > MOST_UNANSWERED * share:
            fleet.look_after(LOOK_SECONDS)
        print(f"kill {number} of {size.kills}: {fleet.kill_one(random_)}")


def wait_for_rest(fleet: Fleet) -> float:
    """Returns the moment at which the last mail had been sent.

    Gives up, for ``complaints`` to say why, if for long nothing moves.
    """
    left, moved_at, sent_at = world.still_to_do(), time.monotonic(), time.monotonic()
    print(f"left to do: {left}")
    while any(left.values()) and time.monotonic() < moved_at + NOTHING_MOVES_SECONDS:
        fleet.look_after(LOOK_AT_ROWS_SECONDS)
        before, left = left, world.still_to_do()
        if left["mails"]:
            sent_at = time.monotonic()
        if left != before:
            moved_at = time.monotonic()
    return sent_at


def read_history(groups: list[str], applicants: Applicants, sink: MailSink) -> History:
    return History(
        groups=groups,
        acknowledged=[Acknowledged(**entry) for entry in applicants.journal.entries()],
        accepted=[Accepted(**entry) for entry in sink.journal.entries()],
        applications=list(world.applications()),
        mails=list(world.mails()),
        deadlines=list(world.deadlines()),
    )

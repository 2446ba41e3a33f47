"""Years in the life of many affiliates: what people do, day by day, and workers that come and go.

Chance decides, from a seed. Days pass on the machine's own clock, in the past; only the outbox goes
by the clock of the database, for which all of them are over.
"""

from collections import Counter
from datetime import UTC, datetime, timedelta
from email import message_from_bytes
from random import Random
from uuid import UUID

import time_machine

from affiliates.affiliations.services.lifecycle import pause_affiliation
from affiliates.affiliations.services.listing import resume_affiliation
from affiliates.core.states import AffiliationState, UpdateKind, UpdateRequestState
from affiliates.models import Affiliation, UpdateRequest
from affiliates.updates.mails.asking import (
    UPDATE_ALTERNATE,
    UPDATE_ASK,
    UPDATE_DUE,
    UPDATE_REMINDER,
)
from affiliates.updates.services.asking import open_due_requests
from affiliates.updates.services.sending import UpdateContent, send_update
from tests.factories.affiliations import affiliation
from tests.factories.pages import ProgramPageFactory
from workflows.deadlines.sweep import sweep
from workflows.mail.delivery import deliver_due
from workflows.models import OutgoingMail

START = datetime(2022, 1, 3, tzinfo=UTC)
ONE_DAY = timedelta(days=1)

ZONES = (
    "America/New_York",
    "America/Los_Angeles",
    "Europe/Berlin",
    "Asia/Kolkata",
    "Pacific/Auckland",
)
"""Each with other days on which clocks change, one with none and one with half hours."""

ASKING = (UPDATE_ASK, UPDATE_DUE, UPDATE_REMINDER, UPDATE_ALTERNATE)
"""The kinds of mail that are owed only as long as no update has come."""

INTERVALS = (None, None, None, 1, 6, 12)

LONG_OUTAGE = range(500, 575)
"""Days without workers: groups that are asked each month miss two periods or three."""

OUTAGE, TWICE, LATE_POST = 0.08, 0.1, 0.3
ANSWERS, PAUSES, RESUMES, TELLS_UNASKED = 0.04, 0.0006, 0.01, 0.002


class Years:
    """``groups`` by their keys. ``restless`` are those that were ever paused."""

    def __init__(self, smtp, *, groups, seed, boss):
        self.smtp, self.chance, self.boss = smtp, Random(seed), boss
        self.programs = [ProgramPageFactory(time_zone=zone) for zone in ZONES]
        with time_machine.travel(START, tick=False):
            made = [self._group(number) for number in range(groups)]
        self.groups = {group.pk: group for group in made}
        self.restless = set()
        self.outage = 0
        self.seen = len(smtp.received)
        self.arrived = Counter()

    def _group(self, number):
        return affiliation(
            self.programs[number % len(self.programs)],
            now=START,
            update_interval_months=self.chance.choice(INTERVALS),
            alternate=self.chance.random() < 0.5,
        )

    def live(self, years):
        for day in range(int(years * 365.25)):
            midnight = START + day * ONE_DAY
            self.people_act(midnight)
            if day not in LONG_OUTAGE and self.workers_are_there():
                for _ in range(2 if self.chance.random() < TWICE else 1):
                    self.workers_look(midnight + timedelta(minutes=self.chance.randrange(1440)))
        self.end = midnight + ONE_DAY
        self.workers_look(self.end)

    # People

    def people_act(self, now):
        with time_machine.travel(now, tick=False):
            for request in UpdateRequest.objects.filter(state=UpdateRequestState.OPEN):
                if self.chance.random() < ANSWERS:
                    self.tell(request.affiliation, now)
            for key in self.groups:
                if self.chance.random() < TELLS_UNASKED:
                    self.tell(Affiliation.objects.get(pk=key), now)
                elif self.chance.random() < PAUSES:
                    self.pause(key, now)
            for paused in Affiliation.objects.filter(state=AffiliationState.PAUSED):
                if self.chance.random() < RESUMES:
                    resume_affiliation(affiliation=paused, user=self.boss, now=now)

    def tell(self, group, now):
        if group.state == AffiliationState.ACTIVE:
            send_update(
                affiliation=group,
                contact=group.primary_contact,
                content=UpdateContent(UpdateKind.QUIET),
                key=UUID(int=self.chance.getrandbits(128)),
                now=now,
            )

    def pause(self, key, now):
        group = Affiliation.objects.get(pk=key)
        if group.state == AffiliationState.ACTIVE:
            pause_affiliation(affiliation=group, user=self.boss, reason="A pause.", now=now)
            self.restless.add(key)

    # Workers

    def workers_are_there(self):
        """Not in an outage, which takes up to nine days."""
        if self.outage:
            self.outage -= 1
        elif self.chance.random() < OUTAGE:
            self.outage = self.chance.randrange(9)
        return not self.outage

    def workers_look(self, now):
        with time_machine.travel(now, tick=False):
            open_due_requests(now=now)
            sweep(now=now)
            if self.chance.random() > LATE_POST:
                self.deliver()

    def deliver(self):
        """Send what is queued, and hold that everything that arrives is still owed."""
        deliver_due()
        arrived, self.seen = self.smtp.received[self.seen :], len(self.smtp.received)
        ids = [message_from_bytes(one.message)["Message-ID"] for one in arrived]
        sent = OutgoingMail.objects.filter(message_id__in=ids, kind__in=ASKING)
        for mail in sent.defer("message"):
            self.arrived[mail.key] += ids.count(mail.message_id)
            assert mail.subject.state == UpdateRequestState.OPEN, "no mail after an answer"
            assert mail.subject.affiliation.state == AffiliationState.ACTIVE, "none while paused"

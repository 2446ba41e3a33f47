"""Where the machine of ``test_review_machine.py`` lives: its people, its clock, its mail, its end.

Time is the machine's own, in the past; only the outbox goes by the clock of the database.
"""

import email
import email.policy
from collections import Counter
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta

import time_machine
from django.db import connection, transaction
from django.db.models import F
from django.db.models.functions import Now
from django.utils import timezone
from hypothesis.stateful import RuleBasedStateMachine, precondition

from affiliates.models import Application
from affiliates.programs.days_off import calendar_of
from tests.factories.pages import ProgramPageFactory
from tests.factories.reviews import now_of, reviewer, with_reviewers
from workflows.core.states import MailState
from workflows.deadlines.digests import WAITING_FOR_YOU
from workflows.mail.delivery import deliver_due
from workflows.models import OutgoingMail

START = datetime(2021, 10, 18, 17, tzinfo=UTC)
"""Three weeks before the clocks change in the program's time zone."""

CHANGES = ("INSERT", "UPDATE", "DELETE")
FAR = timedelta(days=10_000)
NAMES = ("Alder Group", "Birch Group", "Cedar Group", "Elder Group", "Hazel Group")


class Killed(BaseException):
    """The process ends here, as after ``kill -9``."""


@contextmanager
def killed_after(changes):
    """After so many changes the connection is gone, and whatever was not committed is lost."""
    left = changes

    def count(execute, sql, params, many, context):
        nonlocal left
        # A savepoint stands for a transaction here, and the database itself rolls that back.
        if sql.startswith(CHANGES):
            left -= 1
        if left < 0 and not sql.startswith("ROLLBACK"):
            if sql.startswith("RELEASE"):  # somebody caught the end, and would commit all the same
                execute(sql.replace("RELEASE", "ROLLBACK TO"), params, many, context)
            raise Killed
        return execute(sql, params, many, context)

    try:
        with connection.execute_wrapper(count):
            yield
    except Killed:
        pass


def there_are(*states, stopped=None):
    """The rule is for applications in one of these states."""
    return precondition(lambda world: world.applications(*states, stopped=stopped))


class World(RuleBasedStateMachine):
    """A program with two reviewers, a leader and a director, applications, and a mail server.

    ``letters`` are the mails that arrived: rows of the outbox, as often as they came.
    """

    smtp = None

    def __init__(self):
        super().__init__()
        self.block = transaction.atomic()
        # Sweeps insist on no transaction around them; that of a test does not count.
        self.block._from_testcase = True
        self.block.__enter__()
        self.traveller = time_machine.travel(START, tick=False)
        self.clock = self.traveller.start()
        self.program = with_reviewers(ProgramPageFactory())
        robin = reviewer(self.program, username="robin")
        self.group = self.program.review_group
        self.people = [*self.group.user_set.exclude(pk=robin.pk), robin]
        self.letters = Counter()
        self.seen = len(self.smtp.received)
        self._found = None

    def teardown(self):
        self.traveller.stop()
        transaction.set_rollback(True)
        self.block.__exit__(None, None, None)

    # Time

    @property
    def now(self):
        return timezone.now()

    def later(self, wait=timedelta(seconds=1)):
        """No two things happen in the same moment."""
        self.clock.move_to(self.now + wait)
        self._found = None

    # Applications

    def applications(self, *states, stopped=None):
        if self._found is None:
            self._found = list(Application.objects.select_related("affiliate").order_by("pk"))
        return [
            application
            for application in self._found
            if application.state in states
            and stopped in (None, bool(application.review_stopped_at))
        ]

    def pick(self, number, *states, stopped=None):
        """One of those in these states, as it is in the database, a second later."""
        found = self.applications(*states, stopped=stopped)
        self.later()
        return now_of(found[number % len(found)])

    # Mail

    def deliver(self):
        """Send what is due by now, and note and return what arrived."""
        with self.later_mails_held():
            deliver_due()
        # The outbox notes when they went out by the clock of the database.
        OutgoingMail.objects.filter(sent_at__gt=self.now + FAR / 10).update(sent_at=self.now)
        arrived, self.seen = self.smtp.received[self.seen :], len(self.smtp.received)
        letters = [Letter(received) for received in arrived]
        self.letters.update(letter.mail.key for letter in letters)
        return letters

    @contextmanager
    def later_mails_held(self):
        """For the database's clock all days of the machine are over, also those still ahead."""
        ahead = OutgoingMail.objects.filter(
            state=MailState.QUEUED,
            next_attempt_at__gt=self.now,
            next_attempt_at__lt=Now() - timedelta(days=1),
        )
        rows = OutgoingMail.objects.filter(pk__in=list(ahead.values_list("pk", flat=True)))
        rows.update(next_attempt_at=F("next_attempt_at") + FAR)
        yield
        rows.update(next_attempt_at=F("next_attempt_at") - FAR)

    def came(self, kind, application):
        """How often a mail of this kind about this application arrived."""
        about = f"{kind}/{application._meta.label_lower}/{application.pk}/"
        return sum(count for key, count in self.letters.items() if key.startswith(about))

    def today(self):
        return calendar_of(self.program).day_of(self.now)


class Letter:
    """A mail as it arrived, and its row in the outbox."""

    def __init__(self, received):
        message = email.message_from_bytes(received.message, policy=email.policy.default)
        self.recipient = received.recipient
        self.text = message.get_body(("plain",)).get_content()
        self.mail = OutgoingMail.objects.get(message_id=message["Message-ID"])

    @property
    def is_list(self):
        return self.mail.kind == WAITING_FOR_YOU

    @property
    def names(self):
        """The groups that it names."""
        return [name for name in NAMES if name in self.text]

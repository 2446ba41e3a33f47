"""A kind of promise that only tests know: "matters", which wait for whom a test says."""

from dataclasses import dataclass, field
from datetime import timedelta

from django.contrib.auth.models import Group

from workflows.core.calendars import Calendar
from workflows.core.ladders import Ladder, Step
from workflows.core.people import Recipient
from workflows.deadlines.policies import Policy, Waiting
from workflows.deadlines.services import open_deadline
from workflows.models import Deadline

MATTER = "test_matter"
BERLIN = Calendar("Europe/Berlin", hour=9)
ROBIN = Recipient("robin@example.org", "Robin Lee")
LEA = Recipient("lea@example.org", "Lea Moor")


@dataclass
class Matters:
    """Set the people of an audience, or a matter's own calendar, at any time.

    The ladder: helpers hold it; reminded two days before it is due, leaders told two days after.
    """

    helpers: list[Recipient] = field(default_factory=list)
    leaders: list[Recipient] = field(default_factory=list)
    calendars: dict[str, Calendar] = field(default_factory=dict)
    calendar: Calendar = BERLIN
    done: set[str] = field(default_factory=set)
    leave_after: int = 2

    @property
    def policy(self):
        return Policy(
            kind=MATTER,
            label="Matter",
            ladder=self.ladder,
            still_owed=lambda deadline: (
                bool(deadline.subject) and deadline.subject.name not in self.done
            ),
            staff=lambda deadline, audience: getattr(self, audience),
            waiting=lambda deadline: Waiting(
                deadline.subject.name, f"https://site.example/{deadline.subject.name}/", "Call Kim."
            ),
            holders="helpers",
            load=self.load,
        )

    def ladder(self, deadline):
        steps = (
            Step(-2, "remind", "helpers"),
            Step(0, "overdue", "helpers"),
            Step(self.leave_after, "escalate", "leaders"),
        )
        return Ladder(steps, self.calendars.get(deadline.subject.name, self.calendar))

    def load(self, deadlines):
        subjects = Group.objects.in_bulk([int(deadline.object_id) for deadline in deadlines])
        for deadline in deadlines:
            if int(deadline.object_id) in subjects:
                deadline.subject = subjects[int(deadline.object_id)]

    def open(self, name, *, now, days=5):
        """A matter that is due so many days (that count) after ``now``."""
        subject = Group.objects.create(name=name)
        calendar = self.calendars.get(name, self.calendar)
        return open_deadline(
            kind=MATTER, subject=subject, due_at=calendar.after(now, days), now=now
        )

    def open_many(self, number, *, now):
        Group.objects.bulk_create(Group(name=f"Matter {n}") for n in range(number))
        for subject in Group.objects.filter(name__startswith="Matter "):
            due_at = now + timedelta(days=3)
            open_deadline(kind=MATTER, subject=subject, due_at=due_at, now=now)
        return Deadline.objects.filter(kind=MATTER)

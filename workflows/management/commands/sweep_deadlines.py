from datetime import datetime, timedelta
from typing import Any

from django.core.management.base import CommandError, CommandParser
from django.utils import timezone
from django.utils.dateparse import parse_datetime

from workflows.core.commands import LoopingCommand
from workflows.core.people import Recipient
from workflows.deadlines.forecast import ExpectedStep, expected_steps
from workflows.deadlines.sweep import sweep


class Command(LoopingCommand):
    help = (
        "Take the steps of deadlines that are due, without Celery: people are reminded, what is "
        "late is escalated. With --loop, go on until told to stop."
    )
    interval = 60
    stopped = "Stopped. The batch in hand was finished; the rest waits."

    def add_arguments(self, parser: CommandParser) -> None:
        super().add_arguments(parser)
        parser.add_argument(
            "--now",
            type=_moment,
            metavar="ISO",
            help="Act as if it were this moment, such as 2027-01-15T09:00 (in TIME_ZONE).",
        )
        parser.add_argument(
            "--dry-run", action="store_true", help="Print who would get what. Nothing is done."
        )
        parser.add_argument(
            "--days",
            type=int,
            default=0,
            help="With --dry-run: also what comes in so many days after, if nobody acts.",
        )

    def handle(self, *args: Any, **options: Any) -> None:
        if options["loop"] and (options["now"] or options["dry_run"]):
            raise CommandError("--loop goes with neither --now nor --dry-run.")
        if options["days"] and not options["dry_run"]:
            raise CommandError("--days needs --dry-run.")
        self.now: datetime | None = options["now"]
        if options["dry_run"]:
            self.foretell(self.now or timezone.now(), options["days"])
        else:
            super().handle(*args, **options)

    def look(self, *, quiet: bool) -> None:
        swept = sweep(now=self.now or timezone.now(), should_stop=self.stop.is_set)
        if swept.counts or not quiet:
            self.say(swept)

    def foretell(self, now: datetime, days: int) -> None:
        steps = expected_steps(since=now, until=now + timedelta(days=days))
        for step in steps:
            self.say(_line(step))
        self.say(f"{len(steps)} to come." if steps else "Nothing is due.")


def _moment(text: str) -> datetime:
    """Raises ValueError, which argparse reports."""
    moment = parse_datetime(text)
    if moment is None:
        raise ValueError(text)
    return timezone.make_aware(moment) if timezone.is_naive(moment) else moment


def _line(step: ExpectedStep) -> str:
    at = timezone.localtime(step.at).strftime("%Y-%m-%d %H:%M %Z")
    told = ", ".join(map(_address, step.people)) or "nobody"
    mail = f" (“{step.mail}”)" if step.mail else ""
    return f"{at}  {step.label}: {step.thing} → {told}{mail}"


def _address(person: Recipient) -> str:
    return f"{person.name} <{person.email}>" if person.name else person.email

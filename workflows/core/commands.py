"""Commands that do what a Celery task does, for sites without a broker."""

import signal
import threading
from typing import Any

from django.core.management.base import BaseCommand, CommandParser
from django.db import close_old_connections


class LoopingCommand(BaseCommand):
    """Looks once for work that is due; with ``--loop``, again and again until told to stop.

    On SIGTERM or SIGINT the work in hand is finished: ``look`` asks ``self.stop.is_set``.
    ``interval`` is the usual number of seconds between two looks, ``stopped`` the last word.
    """

    interval: float
    stopped: str

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--loop", action="store_true", help="Keep looking for what is due.")
        parser.add_argument(
            "--interval",
            type=float,
            default=self.interval,
            help=f"Seconds between two looks (default: {self.interval}).",
        )

    def handle(self, *args: Any, **options: Any) -> None:
        self.stop = threading.Event()
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, lambda *_: self.stop.set())
        self.look(quiet=False)
        while options["loop"] and not self.stop.wait(options["interval"]):
            close_old_connections()
            self.look(quiet=True)
        if self.stop.is_set():
            self.say(self.stopped)

    def look(self, *, quiet: bool) -> None:
        """One look; a quiet one says nothing when nothing was due."""
        raise NotImplementedError

    def say(self, what: object) -> None:
        """At once, also into a pipe."""
        self.stdout.write(str(what))
        self.stdout.flush()

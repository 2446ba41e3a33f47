"""Management commands that replace Celery tasks on sites without a broker."""

import signal
import threading
from typing import Any

from django.core.management.base import BaseCommand, CommandParser
from django.db import close_old_connections


class LoopingCommand(BaseCommand):
    """Runs ``look`` once, or with ``--loop`` every ``interval`` seconds until SIGTERM or SIGINT.
    ``look`` checks ``self.stop.is_set`` to end early. ``stopped`` is printed last.
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
        """Process due work; if ``quiet``, print nothing when there was none."""
        raise NotImplementedError

    def say(self, what: object) -> None:
        """Print and flush, also into a pipe."""
        self.stdout.write(str(what))
        self.stdout.flush()

import signal
import threading
from typing import Any

from django.core.management.base import BaseCommand, CommandParser
from django.db import close_old_connections

from workflows.services.delivery import deliver_due


class Command(BaseCommand):
    help = "Send the mails that are due, without Celery. With --loop, go on until told to stop."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--loop", action="store_true", help="Keep looking for due mails.")
        parser.add_argument(
            "--interval", type=float, default=5, help="Seconds between two looks (default: 5)."
        )

    def handle(self, *, loop: bool, interval: float, **options: Any) -> None:
        stop = threading.Event()
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, lambda *_: stop.set())
        self.look(stop, quiet=False)
        while loop and not stop.wait(interval):
            close_old_connections()
            self.look(stop, quiet=True)
        if stop.is_set():
            self.stdout.write("Stopped. The mail in hand was finished; the rest waits.")

    def look(self, stop: threading.Event, *, quiet: bool) -> None:
        """One look; a quiet one says nothing when nothing was due."""
        done = deliver_due(should_stop=stop.is_set)
        if done.counts or done.unreachable or not quiet:
            self.stdout.write(str(done))
            self.stdout.flush()

from django.utils import timezone

from affiliates.affiliations.services.reminders import end_past_pauses
from affiliates.updates.services.asking import open_due_requests
from workflows.core.commands import LoopingCommand


class Command(LoopingCommand):
    help = (
        "Open the requests for updates whose day has come, without Celery. With --loop, go on "
        "until told to stop."
    )
    interval = 60
    stopped = "Stopped. The request in hand was opened; the rest waits."

    def look(self, *, quiet: bool) -> None:
        end_past_pauses(now=timezone.now())
        opened = open_due_requests(now=timezone.now(), should_stop=self.stop.is_set)
        if opened or not quiet:
            self.say(f"{opened} asked")

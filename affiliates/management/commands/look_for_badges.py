from django.utils import timezone

from affiliates.requirements.badge.services import look_for_badges
from workflows.core.commands import LoopingCommand


class Command(LoopingCommand):
    help = (
        "Look whether the websites of groups show the badge, without Celery. With --loop, go on "
        "until told to stop."
    )
    interval = 60
    stopped = "Stopped. The website in hand was looked at; the rest waits."

    def look(self, *, quiet: bool) -> None:
        looked = look_for_badges(now=timezone.now(), should_stop=self.stop.is_set)
        if looked or not quiet:
            self.say(f"{looked} looked at")

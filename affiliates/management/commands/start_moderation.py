from django.utils import timezone

from affiliates.updates.services.moderation import check_texts, start_waiting_moderations
from workflows.core.commands import LoopingCommand


class Command(LoopingCommand):
    help = (
        "Give news from affiliates to their reviewers, without Celery. With --loop, go on until "
        "told to stop."
    )
    interval = 60
    stopped = "Stopped. The review in hand was started; the rest waits."

    def look(self, *, quiet: bool) -> None:
        check_texts(now=timezone.now(), should_stop=self.stop.is_set)
        started = start_waiting_moderations(now=timezone.now(), should_stop=self.stop.is_set)
        if started or not quiet:
            self.say(f"{started} started")

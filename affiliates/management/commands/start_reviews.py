from django.utils import timezone

from affiliates.services.lost_reviews import find_lost_reviews
from affiliates.services.reviews import start_waiting_reviews
from workflows.looking import LookingCommand


class Command(LookingCommand):
    help = (
        "Start the reviews of new applications, without Celery. With --loop, go on until told "
        "to stop."
    )
    interval = 60
    stopped = "Stopped. The review in hand was started; the rest waits."

    def look(self, *, quiet: bool) -> None:
        started = start_waiting_reviews(now=timezone.now(), should_stop=self.stop.is_set)
        lost = find_lost_reviews(now=timezone.now())
        if started or lost or not quiet:
            self.say(f"{started} started, {lost} had ended without a decision")

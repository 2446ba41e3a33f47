from django.utils import timezone

from affiliates.applications.services.recovery import find_lost_reviews
from affiliates.applications.services.reviews import start_waiting_reviews
from affiliates.portal.services.link_requests import grant_wishes
from affiliates.portal.services.profile_changes import put_waiting_changes
from affiliates.portal.services.recovery import find_lost_changes
from workflows.core.commands import LookingCommand


class Command(LookingCommand):
    help = (
        "Start the reviews of new applications and of what affiliates propose to change, and mail "
        "the links that they ask for, without Celery. With --loop, go on until told to stop."
    )
    interval = 60
    stopped = "Stopped. The review in hand was started; the rest waits."

    def look(self, *, quiet: bool) -> None:
        now, should_stop = timezone.now(), self.stop.is_set
        grant_wishes(now=now)
        started = start_waiting_reviews(now=now, should_stop=should_stop)
        started += put_waiting_changes(now=now, should_stop=should_stop)
        lost = find_lost_reviews(now=now) + find_lost_changes(now=now)
        if started or lost or not quiet:
            self.say(f"{started} started, {lost} had ended without a decision")

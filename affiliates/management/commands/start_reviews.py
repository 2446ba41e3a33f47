from django.utils import timezone

from affiliates.applications.services.recovery import recover_reviews
from affiliates.applications.services.starting import start_waiting_reviews
from affiliates.portal.services.link_requests import answer_link_requests
from affiliates.portal.services.profile_changes import put_waiting_changes
from affiliates.portal.services.profile_reviews import recover_changes
from workflows.core.commands import LoopingCommand


class Command(LoopingCommand):
    help = (
        "Start the reviews of new applications and of what affiliates propose to change, and mail "
        "the links that they ask for, without Celery. With --loop, go on until told to stop."
    )
    interval = 60
    stopped = "Stopped. The review in hand was started; the rest waits."

    def look(self, *, quiet: bool) -> None:
        now, should_stop = timezone.now(), self.stop.is_set
        answer_link_requests(now=now)
        started = start_waiting_reviews(now=now, should_stop=should_stop)
        started += put_waiting_changes(now=now, should_stop=should_stop)
        lost = recover_reviews(now=now) + recover_changes(now=now)
        if started or lost or not quiet:
            self.say(f"{started} started, {lost} had ended without a decision")

from workflows.core.commands import LoopingCommand
from workflows.webhooks.delivery import deliver_due_webhooks


class Command(LoopingCommand):
    help = "Send the webhooks that are due, without Celery. With --loop, go on until told to stop."
    interval = 5
    stopped = "Stopped. The webhook in hand was finished; the rest waits."

    def look(self, *, quiet: bool) -> None:
        done = deliver_due_webhooks(should_stop=self.stop.is_set)
        if done.counts or not quiet:
            self.say(done)

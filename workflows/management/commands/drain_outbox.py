from workflows.core.commands import LoopingCommand
from workflows.mail.delivery import deliver_due


class Command(LoopingCommand):
    help = "Send the mails that are due, without Celery. With --loop, go on until told to stop."
    interval = 5
    stopped = "Stopped. The mail in hand was finished; the rest waits."

    def look(self, *, quiet: bool) -> None:
        done = deliver_due(should_stop=self.stop.is_set)
        if done.counts or done.unreachable or not quiet:
            self.say(done)

"""Tasks that put themselves into the schedule of beat, so that no site has one to copy."""

from celery import Celery, Task


class PeriodicTask(Task):
    """The base of a task that beat asks for every so many ``seconds``, whatever clocks do::

        @shared_task(name="library.remind", base=PeriodicTask, seconds=60)
        def remind() -> None: ...

    It stands in the schedule of every Celery app under its own name. An entry of that name in a
    site's ``CELERY_BEAT_SCHEDULE`` wins.
    """

    seconds: float

    @classmethod
    def on_bound(cls, app: Celery) -> None:
        entry = {"task": cls.name, "schedule": cls.seconds}
        # A new dictionary: Celery's default is one that all apps share.
        app.conf.beat_schedule = {cls.name: entry, **app.conf.beat_schedule}

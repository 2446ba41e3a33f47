"""The demo's settings, but beat rings for mail once a minute as in production."""

from program_site.settings.demo import *
from workflows.core.wakeup import SWEEP_DEADLINES

CELERY_BEAT_SCHEDULE = {SWEEP_DEADLINES: {"task": SWEEP_DEADLINES, "schedule": 2.0}}

"""The demo's settings for workers that do nothing but sweep deadlines, each second."""

from program_site.settings.demo import *
from workflows.core.wakeup import SWEEP_DEADLINES

AFFILIATE_WORKFLOWS = {"WAKEUP": False}
CELERY_BEAT_SCHEDULE = {SWEEP_DEADLINES: {"task": SWEEP_DEADLINES, "schedule": 1.0}}

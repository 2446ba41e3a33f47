"""What this app asks of Celery beat. Settings may import it: it needs no models.

A site merges it into its own::

    CELERY_BEAT_SCHEDULE = {**celery_settings(REDIS_URL)["beat_schedule"], **BEAT_SCHEDULE}
"""

ONE_DAY = 24 * 60 * 60.0

BEAT_SCHEDULE = {"affiliates-forget": {"task": "affiliates.forget", "schedule": ONE_DAY}}

"""What this app asks of Celery beat. Settings may import it: it needs no models.

A site merges it into its own::

    CELERY_BEAT_SCHEDULE = {**celery_settings(REDIS_URL)["beat_schedule"], **BEAT_SCHEDULE}
"""

ONE_MINUTE = 60.0
ONE_DAY = 24 * 60 * ONE_MINUTE

BEAT_SCHEDULE = {
    "affiliates-start-reviews": {"task": "affiliates.start_reviews", "schedule": ONE_MINUTE},
    "affiliates-ask-for-updates": {"task": "affiliates.ask_for_updates", "schedule": ONE_MINUTE},
    "affiliates-start-moderation": {
        "task": "affiliates.start_moderation",
        "schedule": ONE_MINUTE,
    },
    "affiliates-forget": {"task": "affiliates.forget", "schedule": ONE_DAY},
}

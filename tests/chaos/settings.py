"""The demo's settings, for hundreds of applications from one address, and for shorter waits.

What takes a minute in the schedule of retries takes a second here, and a killed worker's lease ends
after seconds: so the site comes to rest soon after the last kill. Nothing else differs.
"""

from program_site.settings.demo import *
from workflows.core import retry

# Read by the models when they are loaded, which comes after the settings.
retry.WAITS = tuple(wait / 60 for wait in retry.WAITS)
retry.UNREACHABLE_WAIT /= 60

AFFILIATE_WORKFLOWS = {
    # Longer than the mail sink ever lets a worker wait, so no living worker loses its lease.
    "LEASE_SECONDS": 15,
    "WAKEUP_PAUSE_SECONDS": 2,
}
SILENCED_SYSTEM_CHECKS = ["affiliate_workflows.E004"]  # It thinks of slower mail servers.

AFFILIATES = {
    "API_READS_PER_MINUTE": 0,
    "API_WRITES_PER_MINUTE": 0,
    "QUOTA_PER_NETWORK": 1_000_000,
    "QUOTA_PER_NETWORK_WITHOUT_PROOF": 1_000_000,
}
CELERY_BEAT_SCHEDULE = {
    task: {"task": task, "schedule": 2}
    for task in (*CELERY_BEAT_SCHEDULE, "affiliates.ask_for_updates", "affiliates.start_reviews")
}

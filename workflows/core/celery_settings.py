"""Celery's settings for this app, each with its reason. They assume Redis or Valkey as broker.

``workflows.settings`` spreads them over a site's ``CELERY_`` settings; see docs/reliability.md.
"""

from typing import Any

SOFT_TIME_LIMIT = 60
TIME_LIMIT = 90
VISIBILITY_TIMEOUT = 600

NO_RETRIES = {"max_retries": 0, "interval_start": 0, "interval_step": 0, "interval_max": 0}

WORKER_FLAGS = ("--without-mingle", "--without-gossip")
"""For ``celery worker``. After a reconnect, both have left workers alive that take no tasks
(celery issues 8030 and 9054). Nothing here needs workers to know each other.
"""


def celery_settings(broker_url: str) -> dict[str, Any]:
    """Settings by Celery's lower-case names."""
    transport = {
        # Whoever wakes a worker waits a second for a dead broker, and no longer.
        "socket_timeout": 1,
        "socket_connect_timeout": 1,
        **NO_RETRIES,
        # A broker shared with others obeys the shortest of these, so it is named everywhere.
        # Longer than any task, or a task still running would be handed out again.
        "visibility_timeout": VISIBILITY_TIMEOUT,
        # Notice a broker that vanished behind a firewall.
        "socket_keepalive": True,
        "health_check_interval": 25,
    }
    return {
        "broker_url": broker_url,
        "broker_transport_options": transport,
        # The policy of publishing retries by itself, whatever the transport does.
        "task_publish_retry_policy": NO_RETRIES,
        # By default a worker gives up on its broker for good, and waits forever for a connection.
        "broker_connection_max_retries": None,
        "broker_connection_retry_on_startup": True,
        "broker_pool_acquire_timeout": 2,
        # Nothing reads results, and keeping them leaks.
        "task_ignore_result": True,
        "result_backend": None,
        "result_backend_transport_options": {"visibility_timeout": VISIBILITY_TIMEOUT},
        # The lease in the database recovers lost work. A task that kills its worker must not
        # come back from the broker to kill the next one.
        "task_acks_late": False,
        "task_reject_on_worker_lost": False,
        # A task fetched ahead may time out in a busy worker's hand and run twice.
        "worker_disable_prefetch": True,
        "worker_prefetch_multiplier": 1,
        # A hanging mail server or database must not hold a worker; the lease is longer than both.
        "task_soft_time_limit": SOFT_TIME_LIMIT,
        "task_time_limit": TIME_LIMIT,
        # On a deploy, workers finish what they have in hand.
        "worker_soft_shutdown_timeout": 30,
        "worker_enable_soft_shutdown_on_idle": True,
        # Memory grows in long-lived Python processes.
        "worker_max_tasks_per_child": 500,
        # No clock change can skip or repeat a look, and two beats only look twice.
        "enable_utc": True,
        "timezone": "UTC",
    }

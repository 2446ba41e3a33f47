"""Celery settings with their reasons, for Redis or Valkey as broker. See docs/reliability.md."""

from typing import Any

SOFT_TIME_LIMIT = 60
TIME_LIMIT = 90
VISIBILITY_TIMEOUT = 600

NO_RETRIES = {"max_retries": 0, "interval_start": 0, "interval_step": 0, "interval_max": 0}

WORKER_FLAGS = ("--without-mingle", "--without-gossip")
"""For ``celery worker``: after a reconnect, both features left workers alive without tasks (celery
issues 8030 and 9054).
"""


def celery_settings(broker_url: str) -> dict[str, Any]:
    transport = {
        # A wake-up waits at most a second for a dead broker.
        "socket_timeout": 1,
        "socket_connect_timeout": 1,
        **NO_RETRIES,
        # Longer than any task, or a running task would be delivered again. A shared broker uses
        # the shortest value, so it is set everywhere.
        "visibility_timeout": VISIBILITY_TIMEOUT,
        # Detect a broker lost behind a firewall.
        "socket_keepalive": True,
        "health_check_interval": 25,
    }
    return {
        "broker_url": broker_url,
        "broker_transport_options": transport,
        # Publishing has its own retries, besides the transport's.
        "task_publish_retry_policy": NO_RETRIES,
        # By default a worker gives up on its broker, and waits forever for a pooled connection.
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
        # A prefetched task may exceed the visibility timeout and run twice.
        "worker_disable_prefetch": True,
        "worker_prefetch_multiplier": 1,
        # A hanging mail server or database must not hold a worker; the lease is longer than both.
        "task_soft_time_limit": SOFT_TIME_LIMIT,
        "task_time_limit": TIME_LIMIT,
        # On a deploy, workers finish their current task.
        "worker_soft_shutdown_timeout": 30,
        "worker_enable_soft_shutdown_on_idle": True,
        # Memory grows in long-lived Python processes.
        "worker_max_tasks_per_child": 500,
        # No clock change skips or repeats a task.
        "enable_utc": True,
        "timezone": "UTC",
    }

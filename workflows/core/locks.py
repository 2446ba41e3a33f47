"""Advisory locks of PostgreSQL, held until the transaction ends. SQLite has one writer anyway."""

from dataclasses import dataclass

from django.db import connection


@dataclass(frozen=True)
class Lock:
    """``is_shared``: any number of transactions hold it together, while none holds it alone."""

    name: str
    is_shared: bool = False


def take(*locks: Lock) -> None:
    """Wait for each, in this order, by one statement. What a later statement reads is as those left
    it that had the locks before.
    """
    if not locks or connection.vendor != "postgresql":
        return
    calls = (
        f"pg_advisory_xact_lock{'_shared' if lock.is_shared else ''}(hashtextextended(%s, 0))"
        for lock in locks
    )
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT {', '.join(calls)}", [lock.name for lock in locks])

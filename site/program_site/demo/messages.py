"""What the demo says on the terminal."""

import sys
from typing import TYPE_CHECKING, TextIO

from program_site.demo.people import PEOPLE

if TYPE_CHECKING:
    from program_site.demo.addresses import Addresses

PREPARING = "Preparing the database and its content (the first time takes about half a minute) …"
STARTING_OVER = "Starting over: removing the demo's data."
STOPPED = "The demo has stopped. Your data stay; `make demo` goes on where you left."

PORT_IN_USE = "Port {port} is in use. Run PORT={other} make demo"
PORT_FORBIDDEN = "Port {port} is only for the system. Run PORT=8000 make demo"
NOT_A_PORT = "PORT={text} is no port number. Run PORT=8000 make demo"
RUNS_ALREADY = (
    "A demo is already running with the data in {directory}. Stop it first (Ctrl-C in its "
    "terminal), or give this one a place of its own: DEMO_DIR=/tmp/demo2 PORT=8001 make demo"
)
RESET_OF_FOREIGN_DATABASE = (
    "RESET=1 removes only the demo's own data, and DATABASE_URL names a database of yours. "
    "Empty that one yourself, then run make demo without RESET."
)
NOT_PREPARED = (
    "The database could not be prepared; the reason stands above. If you set DATABASE_URL, check "
    "that the database can be reached. To start over with fresh data: make demo RESET=1"
)
KEEPS_FAILING = (
    "“{name}” ended {times} times in a row soon after its start; its last lines stand above. "
    "If they name REDIS_URL, EMAIL_URL or DATABASE_URL, check that address."
)
NO_ANSWER = "The site did not answer within {seconds} seconds. Its log stands above."


def say(text: str, *, stream: TextIO | None = None) -> None:
    stream = stream or sys.stdout
    stream.write(f"\n{text}\n")
    stream.flush()


def welcome(where: "Addresses") -> str:
    url = where.base_url
    mail = "kept here, sent to nobody" if where.mail_port else "sent through your EMAIL_URL"
    logins = [f"  {who.username:<12} password: {who.password:<6} ({who.what})" for who in PEOPLE]
    return "\n".join(
        [
            "The demo is running.",
            "",
            f"  The site       {url}/",
            f"  The admin      {url}/admin/",
            f"  The mailbox    {url}/mailbox/   (every mail, as sent; {mail})",
            "",
            "Log in to the admin as:",
            *logins,
            "",
            "Look at the mailbox: a review is late, and Lee Lead is told within a minute.",
            "Then log in as reviewer, and decide. Or apply as a group of your own.",
            "Ctrl-C ends everything.",
        ]
    )

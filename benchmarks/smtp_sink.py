"""A mail server that is never the limit: written in C, compiled for the run."""

import contextlib
import smtplib
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

SOURCE = Path(__file__).with_name("smtp_sink.c")


@dataclass(frozen=True)
class Sink:
    port: int

    def counted(self, *, anew: bool = False) -> tuple[int, float]:
        """Mails, and the seconds from the first to the last of them; ``anew`` forgets them."""
        with smtplib.SMTP("127.0.0.1", self.port) as client:
            _code, text = client.docmd("ZERO" if anew else "STAT")
        mails, microseconds = text.split()
        return int(mails), int(microseconds) / 1e6


@contextlib.contextmanager
def sink(directory: str, *, seconds_a_mail: float = 0) -> Iterator[Sink]:
    """Needs a C compiler, as ``cc``."""
    program = f"{directory}/smtp_sink"
    subprocess.run(["cc", "-O2", "-pthread", "-o", program, SOURCE], check=True)
    pause = str(round(seconds_a_mail * 1e6))
    with subprocess.Popen(
        [program, pause], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as running:
        yield Sink(int(running.stdout.readline()))
        running.stdin.close()

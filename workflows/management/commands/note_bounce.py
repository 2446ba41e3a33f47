import sys
from typing import Any

from django.core.management.base import BaseCommand

from workflows.mail.bounces import note_report


class Command(BaseCommand):
    help = (
        "Read a bounce report (RFC 3464) from standard input. Let your mail server pipe into it "
        "what comes back to the sender's address."
    )

    def handle(self, *args: Any, **options: Any) -> None:
        addresses = note_report(message=sys.stdin.buffer.read())
        self.stdout.write(", ".join(addresses) or "No email of ours came back.")

"""A mail server for the demo: accepts every mail, sends it nowhere, and says so.

    python -m program_site.demo.mail_server 2525

The mails themselves are in the outbox, where the mailbox page reads them.
"""

import asyncio
import sys
from email import message_from_bytes, policy

from aiosmtpd.smtp import SMTP, Envelope, Session


class Sink:
    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:  # noqa: N802
        mail = message_from_bytes(envelope.original_content or b"", policy=policy.default)
        sys.stdout.write(f"took a mail to {', '.join(envelope.rcpt_tos)}: {mail['Subject']}\n")
        sys.stdout.flush()
        return "250 OK"


async def serve(port: int) -> None:
    loop = asyncio.get_running_loop()
    server = await loop.create_server(
        lambda: SMTP(Sink(), loop=loop, enable_SMTPUTF8=True), "127.0.0.1", port
    )
    async with server:
        await server.serve_forever()


if __name__ == "__main__":
    try:
        asyncio.run(serve(int(sys.argv[1])))
    except KeyboardInterrupt:
        sys.exit(0)

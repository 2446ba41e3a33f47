"""Reading mails as their recipients do."""

from email import message_from_bytes, policy

from workflows.mail.rendering import render


def read(mail):
    """The message of a queued mail, and its text part."""
    message = message_from_bytes(render(mail).message, policy=policy.default)
    return message, message.get_body(("plain",)).get_content().replace("\r\n", "\n")

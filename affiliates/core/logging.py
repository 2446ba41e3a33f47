"""Keeps secrets, such as the tokens of mailed links, out of every log of the process."""

import logging
from typing import Any

import affiliates.core.link_tokens  # noqa: F401 (registers the shape of its tokens)
from workflows.core.secrets import blot_out


class RecordWithoutSecrets(logging.LogRecord):
    """A record whose message and traceback have their secrets blotted out, whatever the handler."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if self.exc_info and self.exc_info[0]:
            # Formatters use this text instead of making one.
            self.exc_text = blot_out(logging.Formatter().formatException(self.exc_info))

    def getMessage(self) -> str:  # noqa: N802 (logging calls it so)
        return blot_out(super().getMessage())


def install() -> None:
    """For this process. Idempotent."""
    logging.setLogRecordFactory(RecordWithoutSecrets)

"""Letting things happen at an earlier time, so that the demo's reviews have a past."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from unittest.mock import patch

from django.utils import timezone


@contextmanager
def set_back(to: datetime) -> Iterator[None]:
    """Within the block it is ``to`` for Django and Wagtail, the dates of their rows included.

    What is said to our services is not enough: people act in Wagtail, which looks at the clock
    itself. The database's own clock, by which mails are sent, goes on.
    """
    with patch.object(timezone, "now", lambda: to):
        yield

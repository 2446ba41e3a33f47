"""The demo's settings for sending the outbox, and a count of what is asked of the database."""

import os

from django.db.backends.signals import connection_created
from django.dispatch import receiver

from program_site.settings.demo import *

AFFILIATE_WORKFLOWS = {**AFFILIATE_WORKFLOWS, "WAKEUP": False}
MAIL_TEXTS = f"{DEMO_DIR}/texts"


@receiver(connection_created)
def count_statements(connection, **kwargs):
    """Each statement is a byte in the file that STATEMENTS names, whichever process sends it."""
    path = os.environ.get("STATEMENTS")
    if path and not connection.execute_wrappers:  # A worker of Celery's connects for each task.
        file = os.open(path, os.O_WRONLY | os.O_APPEND | os.O_CREAT)

        def note(execute, *args):
            os.write(file, b".")
            return execute(*args)

        connection.execute_wrappers.append(note)

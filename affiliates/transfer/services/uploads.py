"""Tables that people upload: tried first, loaded when they say so, forgotten after a day."""

import uuid
from datetime import datetime, timedelta

from django.contrib.auth.models import User
from django.db import transaction

from affiliates.core.text import clean_line
from affiliates.models import AffiliateProgramPage, ImportUpload
from affiliates.transfer.importing.tables import read_table
from affiliates.transfer.services.importing import import_affiliates

KEPT = timedelta(days=1)
FILENAME_LENGTH = 255


def try_upload(
    *,
    program: AffiliateProgramPage,
    user: User,
    filename: str,
    content: bytes,
    now: datetime,
) -> ImportUpload:
    """Keep the table for its owner, with what loading it would do.

    Effects: one ImportUpload; nothing else. Its content is kept only if it can be loaded.
    Raises ``TableUnreadable``.
    """
    table = read_table(content)
    report = import_affiliates(program=program, table=table, by=user, dry_run=True)
    return ImportUpload.objects.create(
        program=program,
        user=user,
        filename=clean_line(filename[-FILENAME_LENGTH:]),
        content=b"" if report.failed else content,
        report=report.as_data(),
        created_at=now,
    )


def load_upload(*, pk: uuid.UUID, user: User, now: datetime) -> ImportUpload:
    """Load the table that was tried, once, however often the button is pressed.

    Effects, in one transaction: those of ``import_affiliates``; the upload's content is gone, and
    its report says what came of it. If pages have changed meanwhile so that it cannot be loaded,
    the report says that, and nothing else is stored.
    Raises ``ImportUpload.DoesNotExist``, also for a table of another person.
    """
    with transaction.atomic():
        upload = ImportUpload.objects.select_for_update().get(pk=pk, user=user)
        if not upload.content:
            return upload
        table = read_table(bytes(upload.content))
        report = import_affiliates(program=upload.program, table=table, by=user)
        upload.report, upload.content = report.as_data(), b""
        upload.done_at = None if report.failed else now
        upload.save()
    return upload


def delete_old_uploads(*, now: datetime) -> int:
    """Delete uploads, loaded or not, a day after they came; return how many."""
    return ImportUpload.objects.filter(created_at__lt=now - KEPT).delete()[0]

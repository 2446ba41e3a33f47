"""Uploaded tables: tried, loaded on request, and deleted after a day."""

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

    Effects: one ImportUpload, with content only if it can be loaded. Raises ``TableUnreadable``.
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
    """Load the tried table once, however often this is called.

    Effects, in one transaction: those of ``import_affiliates``; deletes the content and stores the
    report. If pages have changed so that it cannot be loaded, only the report says so.
    Raises ``ImportUpload.DoesNotExist``, also for another user's table.
    """
    with transaction.atomic():
        upload = ImportUpload.objects.select_for_update(no_key=True).get(pk=pk, user=user)
        if not upload.content:
            return upload
        table = read_table(bytes(upload.content))
        report = import_affiliates(program=upload.program, table=table, by=user)
        upload.report, upload.content = report.as_data(), b""
        upload.done_at = None if report.failed else now
        upload.save()
    return upload


def delete_old_uploads(*, now: datetime) -> int:
    return ImportUpload.objects.filter(created_at__lt=now - KEPT).delete()[0]

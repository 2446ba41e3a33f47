"""Uploaded tables: kept, checked, corrected, loaded on request, and deleted after a day."""

import hashlib
import uuid
from collections import Counter
from collections.abc import Set
from datetime import datetime, timedelta

from django.contrib.auth.models import User
from django.db import transaction

from affiliates.core.exceptions import AffiliatesError
from affiliates.core.text import clean_line, fold
from affiliates.models import AffiliateProgramPage, ImportColumns, ImportUpload
from affiliates.transfer.importing.columns import Choice, guess
from affiliates.transfer.importing.corrections import Typed, corrected
from affiliates.transfer.importing.headings import targets
from affiliates.transfer.importing.report import ImportReport
from affiliates.transfer.importing.tables import Table, read_table
from affiliates.transfer.services.importing import import_affiliates

KEPT = timedelta(days=1)
COLUMNS_KEPT = timedelta(days=730)
"""Of tables that come once a year, too."""
FILENAME_LENGTH = 255

CHECKED_AT_ONCE = 100
"""Rows, so that nobody waits for more than half a second."""


class UploadChanged(AffiliatesError):
    """The table was changed in the meantime, for example in another tab."""


def keep_upload(
    *, program: AffiliateProgramPage, user: User, filename: str, content: bytes, now: datetime
) -> ImportUpload:
    """Keep the table for its owner. Effects: one ImportUpload. Raises ``TableUnreadable``."""
    table = read_table(content)
    return ImportUpload.objects.create(
        program=program,
        user=user,
        filename=clean_line(filename[-FILENAME_LENGTH:]),
        content=table.as_json(),
        created_at=now,
    )


def remembered_choice(program: AffiliateProgramPage, table: Table) -> Choice | None:
    """What was chosen for the last table with these headings."""
    known = ImportColumns.objects.filter(program=program, headings_hash=_hash(table)).first()
    if not known:
        return None
    choice = Choice.from_data(known.columns)
    # A site may have had other columns then.
    ours = targets()
    return Choice([each if each in ours else "" for each in choice.columns], choice.defaults)


def suggested_choice(upload: ImportUpload, table: Table) -> Choice:
    if upload.columns:
        return Choice.from_data(upload.columns)
    return remembered_choice(upload.program, table) or guess(table)


def move_headings(*, pk: uuid.UUID, user: User, version: int, line: int) -> None:
    """Take the headings from another line. Effects: the upload has a new version without columns.

    Raises ``UploadChanged``, ``KeyError`` for a line that the table does not have, and
    ``ImportUpload.DoesNotExist``.
    """
    with transaction.atomic():
        upload = _locked(pk, user, version)
        table = Table.from_json(upload.content).headed_by(line)
        upload.content, upload.columns, upload.is_checked = table.as_json(), {}, False
        _save(upload)


def choose_columns(
    *, pk: uuid.UUID, user: User, version: int, choice: Choice, now: datetime
) -> None:
    """Check the first rows with these columns.

    Effects: a new version of the upload; the choice is remembered for the program's tables with
    the same headings. Raises ``UploadChanged`` and ``ImportUpload.DoesNotExist``.
    """
    with transaction.atomic():
        upload = _locked(pk, user, version)
        table = Table.from_json(upload.content)
        upload.columns = choice.as_data()
        ImportColumns.objects.update_or_create(
            program=upload.program,
            headings_hash=_hash(table),
            defaults={"columns": upload.columns, "used_at": now},
        )
        upload.rows, upload.checked, upload.is_checked = len(table.rows), 0, False
        upload.steps.all().delete()
        _check_next(upload, table)
        _save(upload)


def check_more(*, pk: uuid.UUID, user: User) -> ImportUpload:
    """Check the next rows, or if none are left, write the report. Effects: a step, or the report
    instead of them all; the upload's version stays. Raises ``ImportUpload.DoesNotExist``.
    """
    with transaction.atomic():
        upload = ImportUpload.objects.select_for_update(no_key=True).get(pk=pk, user=user)
        if upload.columns and not upload.is_checked:
            _check_next(upload, Table.from_json(upload.content))
            upload.save(update_fields=["checked", "is_checked", "report"])
    return upload


def correct_rows(*, pk: uuid.UUID, user: User, version: int, typed: Typed) -> ImportReport:
    """Write what was typed into the table, check these rows again, and return the new report.

    Effects: a new version of the upload. Raises ``UploadChanged`` and
    ``ImportUpload.DoesNotExist``.
    """
    with transaction.atomic():
        upload = _locked(pk, user, version)
        if not upload.is_checked:
            raise UploadChanged
        choice = Choice.from_data(upload.columns)
        table, choice = corrected(Table.from_json(upload.content), choice, typed)
        upload.content, upload.columns = table.as_json(), choice.as_data()
        report = _check(upload, table, typed.keys() & table.rows.keys())
        _save(upload)
    return report


def load_upload(
    *, pk: uuid.UUID, user: User, version: int, leave_out: bool, now: datetime
) -> ImportUpload:
    """Load the checked table once, however often this is called.

    ``leave_out`` allows to leave out those rows whose errors its owner knows. Effects, in one
    transaction: those of ``import_affiliates``; deletes the content, stores the report, and keeps
    what was left out as an upload of its own. If pages have changed so that other rows have errors,
    only the report says so. Raises ``UploadChanged`` and ``ImportUpload.DoesNotExist``.
    """
    with transaction.atomic():
        upload = ImportUpload.objects.select_for_update(no_key=True).get(pk=pk, user=user)
        if upload.done_at or not upload.is_checked:
            return upload
        _refuse_older(upload, version)
        table, choice = Table.from_json(upload.content), Choice.from_data(upload.columns)
        known = ImportReport.from_data(upload.report).bad_rows if leave_out else set()
        report = import_affiliates(
            program=upload.program, table=table, choice=choice, by=user, skip=known
        )
        if not report.failed:
            upload.rest = _rest(upload, table, report, now)
            upload.content, upload.done_at = "", now
        upload.report = report.as_data()
        return _save(upload)


def delete_old_uploads(*, now: datetime) -> int:
    """Columns that were remembered and never used again go, too."""
    ImportColumns.objects.filter(used_at__lt=now - COLUMNS_KEPT).delete()
    return ImportUpload.objects.filter(created_at__lt=now - KEPT).delete()[0]


def _locked(pk: uuid.UUID, user: User, version: int) -> ImportUpload:
    upload = ImportUpload.objects.select_for_update(no_key=True).get(pk=pk, user=user)
    _refuse_older(upload, version)
    return upload


def _refuse_older(upload: ImportUpload, version: int) -> None:
    if upload.done_at or upload.version != version:
        raise UploadChanged


def _save(upload: ImportUpload) -> ImportUpload:
    upload.version += 1
    upload.save()
    return upload


def _check_next(upload: ImportUpload, table: Table) -> None:
    """Joining many steps takes as long as one of them, so it comes after the last by itself."""
    lines = set(list(table.rows)[upload.checked :][:CHECKED_AT_ONCE])
    if lines or not upload.rows:
        upload.steps.create(report=_tried(upload, table.only(lines)).as_data())
        upload.checked += len(lines)
    if not lines or len(lines) == upload.rows:
        upload.report, upload.is_checked = _report_of_steps(upload, table).as_data(), True
        upload.steps.all().delete()


def _report_of_steps(upload: ImportUpload, table: Table) -> ImportReport:
    """Rows about the same group may have been checked in different steps."""
    steps = upload.steps.order_by("pk")
    report = ImportReport.joined([ImportReport.from_data(step.report) for step in steps])
    count = Counter(report.keys.values())
    doubled = {line for line, key in report.keys.items() if count[key] > 1}
    return report.with_rows_of(_tried(upload, table.only(doubled))) if doubled else report


def _check(upload: ImportUpload, table: Table, lines: Set[int]) -> ImportReport:
    """Bring the report up to date about these lines, and about others for the same groups."""
    before = ImportReport.from_data(upload.report)
    report = _tried(upload, table.only(lines))
    groups = {*report.keys.values(), *(before.keys.get(line, "") for line in lines)}
    others = {line for line, key in before.keys.items() if key in groups} - lines
    if others:
        report = _tried(upload, table.only(lines | others))
    report = before.with_rows_of(report)
    upload.report = report.as_data()
    return report


def _tried(upload: ImportUpload, table: Table) -> ImportReport:
    return import_affiliates(
        program=upload.program,
        table=table,
        choice=Choice.from_data(upload.columns),
        by=upload.user,
        dry_run=True,
    )


def _rest(
    upload: ImportUpload, table: Table, report: ImportReport, now: datetime
) -> ImportUpload | None:
    if not report.skipped:
        return None
    left = frozenset(report.skipped)
    return ImportUpload.objects.create(
        program=upload.program,
        user=upload.user,
        filename=upload.filename,
        content=table.only(left).as_json(),
        columns=upload.columns,
        rows=len(left),
        checked=len(left),
        is_checked=True,
        report=report.only(left).as_data(),
        created_at=now,
    )


def _hash(table: Table) -> str:
    headings = "\n".join(fold(heading[:FILENAME_LENGTH]) for heading in table.headings)
    return hashlib.sha256(headings.encode()).hexdigest()

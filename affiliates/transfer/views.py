"""Importing a table of affiliates in Wagtail's admin: upload, columns, errors, preview, load."""

import uuid
from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse, StreamingHttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_GET, require_http_methods, require_safe

from affiliates.audit.permissions import importable_programs, may_import, may_manage_all
from affiliates.models import AffiliateProgramPage, ImportUpload
from affiliates.transfer.correcting import (
    problems_of,
    rows_to_correct,
    rows_with_errors,
    typed_cells,
    typed_rows,
)
from affiliates.transfer.exporting.affiliates import FORMATS, export_affiliates
from affiliates.transfer.exporting.errors import export_errors
from affiliates.transfer.forms import ColumnsForm, ImportForm
from affiliates.transfer.importing.columns import Choice
from affiliates.transfer.importing.corrections import Typed
from affiliates.transfer.importing.headings import example_table
from affiliates.transfer.importing.report import ImportReport
from affiliates.transfer.importing.tables import Table
from affiliates.transfer.importing.workbooks import TableUnreadable
from affiliates.transfer.results import ImportResults
from affiliates.transfer.services.uploads import (
    UploadChanged,
    check_more,
    choose_columns,
    correct_rows,
    keep_upload,
    load_upload,
    move_headings,
    remembered_choice,
    suggested_choice,
)
from workflows.core.keys import possible

PER_PAGE = 50
PROBLEMS_SHOWN = 10
TEMPLATES = "affiliates/transfer/admin"


@require_http_methods(["GET", "HEAD", "POST"])
def upload_table(request: HttpRequest) -> HttpResponse:
    programs = importable_programs(request.user)
    if not programs:
        raise PermissionDenied
    if request.method == "POST":
        form = ImportForm(request.POST, request.FILES, programs=programs)
        if form.is_valid() and (upload := _kept(request, form)):
            return redirect("affiliates_import_columns", pk=upload.pk)
    else:
        form = ImportForm(initial={"program": request.GET.get("program")}, programs=programs)
    status = 422 if form.errors else 200
    return render(request, f"{TEMPLATES}/import.html", {"form": form}, status=status)


@require_http_methods(["GET", "HEAD", "POST"])
def import_columns(request: HttpRequest, pk: uuid.UUID) -> HttpResponse:
    upload = _upload(request, pk, "report")
    if upload is None:
        return _gone(request)
    if upload.done_at:
        return redirect("affiliates_import_result", pk=pk)
    table = Table.from_json(upload.content)
    said: dict[str, Any] = {
        "table": table,
        "choice": suggested_choice(upload, table),
        "coverage": upload.program.coverage,
    }
    form = ColumnsForm(request.POST, **said) if request.method == "POST" else ColumnsForm(**said)
    if form.is_bound and (done := _columns_chosen(request, upload, form)):
        return done
    context = {
        "upload": upload,
        "form": form,
        "table": table,
        "mended": _mended(table),
        "is_remembered": not upload.columns and bool(remembered_choice(upload.program, table)),
    }
    status = 422 if form.errors else 200
    return render(request, f"{TEMPLATES}/import_columns.html", context, status=status)


def _columns_chosen(
    request: HttpRequest, upload: ImportUpload, form: ColumnsForm
) -> HttpResponse | None:
    """None if the form has something to say."""
    user: Any = request.user
    said: dict[str, Any] = {"pk": upload.pk, "user": user, "version": _version(request, upload)}
    try:
        if form.line_chosen != form.table.line:
            move_headings(**said, line=form.line_chosen)
            return redirect("affiliates_import_columns", pk=upload.pk)
        if form.is_valid():
            choose_columns(**said, choice=form.choice, now=timezone.now())
            return redirect("affiliates_import_result", pk=upload.pk)
    except UploadChanged:
        form.add_error(None, _("This table was changed in another tab. Please look once more."))
    return None


@require_http_methods(["GET", "HEAD", "POST"])
def import_result(request: HttpRequest, pk: uuid.UUID) -> HttpResponse:
    """The forecast, and loading the table. While rows are left to check, check some of them."""
    upload = _upload(request, pk, "content", "report")
    if upload is None:
        return _gone(request)
    if not (upload.done_at or upload.columns):
        return redirect("affiliates_import_columns", pk=pk)
    if request.method == "POST":
        return _loaded(request, upload)
    if not upload.is_checked:
        user: Any = request.user
        upload = check_more(pk=pk, user=user)
        return render(request, f"{TEMPLATES}/import_checking.html", {"upload": upload})
    results = ImportResults(upload, shown=request.GET.get("show", ""))
    context: dict[str, Any] = {"upload": upload, "results": results}
    page = Paginator(results.rows, PER_PAGE).get_page(request.GET.get("p"))
    context |= {"page": page, "rows": results.described(page.object_list)}
    return render(request, f"{TEMPLATES}/import_result.html", context)


def _loaded(request: HttpRequest, upload: ImportUpload) -> HttpResponse:
    user: Any = request.user
    try:
        load_upload(
            pk=upload.pk,
            user=user,
            version=_version(request, upload),
            leave_out="leave_out" in request.POST,
            now=timezone.now(),
        )
    except UploadChanged:
        messages.warning(
            request, _("This table was changed in another tab. Please look at it once more.")
        )
    return redirect("affiliates_import_result", pk=upload.pk)


@require_http_methods(["GET", "HEAD", "POST"])
def import_errors(request: HttpRequest, pk: uuid.UUID) -> HttpResponse:
    """Rows with errors, to be corrected. What was typed is kept, also what is still wrong."""
    typed = typed_cells(request.POST)
    upload = _upload(request, pk, *(("content", "report") if typed else ()))
    if upload is None or (typed and upload.done_at):
        return _gone(request, typed)
    if not typed and (upload.done_at or not upload.is_checked):
        return redirect("affiliates_import_result", pk=pk)
    if request.method != "POST":
        return _errors_page(request, upload)
    user: Any = request.user
    try:
        report = correct_rows(pk=pk, user=user, version=_version(request, upload), typed=typed)
    except UploadChanged:
        return _typed_for_an_older_table(request, pk, typed)
    return _after_correcting(request, pk, rows_with_errors(report), typed)


def _typed_for_an_older_table(request: HttpRequest, pk: uuid.UUID, typed: Typed) -> HttpResponse:
    """Beside what the table says by now, if it was not loaded or deleted in the meantime."""
    upload = _upload(request, pk)
    if upload is None or upload.done_at:
        return _gone(request, typed)
    return _errors_page(request, upload, typed=typed, status=409)


def _after_correcting(
    request: HttpRequest, pk: uuid.UUID, wrong: list[int], typed: Typed
) -> HttpResponse:
    """The rows that are still wrong once more, else the next ones, else the forecast."""
    still = [row for row in wrong if row in typed]
    if count := len(typed) - len(still):
        done = ngettext("%(count)d row is correct now.", "%(count)d rows are correct now.", count)
        messages.success(request, done % {"count": count})
    if still and (upload := _upload(request, pk)):
        return _errors_page(request, upload, rows=still, status=422)
    return redirect(f"affiliates_import_{'errors' if wrong else 'result'}", pk=pk)


def _errors_page(
    request: HttpRequest,
    upload: ImportUpload,
    *,
    rows: list[int] | None = None,
    typed: Typed | None = None,
    status: int = 200,
) -> HttpResponse:
    """``rows``: what to show instead of all; ``typed``: what could not be stored."""
    report = ImportReport.from_data(upload.report)
    wrong = rows_with_errors(report)
    numbers = rows or sorted(typed or {}) or wrong
    page = Paginator(numbers, PER_PAGE).get_page(request.GET.get("p"))
    table, choice = Table.from_json(upload.content), Choice.from_data(upload.columns)
    shown = list(rows_to_correct(table, choice, report, page.object_list, typed or {}))
    problems = problems_of(shown) if rows else []
    context = {
        "upload": upload,
        "rows": shown,
        "page": page,
        "count": len(wrong),
        "problems": problems[:PROBLEMS_SHOWN],
        "more": len(problems[PROBLEMS_SHOWN:]),
        "changed_meanwhile": bool(typed),
    }
    return render(request, f"{TEMPLATES}/import_errors.html", context, status=status)


@require_safe
def import_errors_sheet(request: HttpRequest, pk: uuid.UUID) -> HttpResponse:
    upload = _upload(request, pk)
    if upload is None or upload.done_at or not upload.is_checked:
        raise Http404
    content = export_errors(Table.from_json(upload.content), ImportReport.from_data(upload.report))
    return _attachment(HttpResponse(content, content_type=FORMATS["xlsx"]), "to-correct.xlsx")


@require_GET
def example(request: HttpRequest) -> HttpResponse:
    if not importable_programs(request.user):
        raise PermissionDenied
    response = HttpResponse(example_table(), content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = 'attachment; filename="affiliates.csv"'
    return response


@require_safe
def export_table(request: HttpRequest, program_pk: int, file_format: str) -> HttpResponse:
    """For users who may import; with contacts only for those who may see them."""
    program = get_object_or_404(AffiliateProgramPage, pk=possible(program_pk))
    user: Any = request.user
    if not may_import(user, program):
        raise PermissionDenied
    if file_format not in FORMATS:
        raise Http404
    content = export_affiliates(
        program, file_format=file_format, with_contacts=may_manage_all(user, program)
    )
    response = StreamingHttpResponse(content, content_type=FORMATS[file_format])
    return _attachment(response, f"affiliates.{file_format}")


def _attachment(response: Any, filename: str) -> Any:
    response["Content-Disposition"] = f'attachment; filename="{filename}"'
    response["Cache-Control"] = "private, no-store"
    return response


def _kept(request: HttpRequest, form: ImportForm) -> ImportUpload | None:
    """None if the file is not a table; then the form shows the error."""
    user: Any = request.user
    try:
        return keep_upload(
            program=form.cleaned_data["program"],
            user=user,
            filename=form.filename,
            content=form.cleaned_data["file"],
            now=timezone.now(),
        )
    except TableUnreadable as refusal:
        form.add_error("file", str(refusal))
        return None


def _upload(request: HttpRequest, pk: uuid.UUID, *long: str) -> ImportUpload | None:
    """None if it is somebody else's, or was deleted after a day. ``long``: fields to leave where
    they are until they are needed.
    """
    user: Any = request.user
    uploads = ImportUpload.objects.select_related("program").defer(*long)
    upload = uploads.filter(pk=pk, user=user).first()
    if upload and not may_import(user, upload.program):
        raise PermissionDenied
    return upload


def _gone(request: HttpRequest, typed: Typed | None = None) -> HttpResponse:
    """Give back what was typed for a table that is no longer here."""
    context = {"typed": typed_rows(typed or {})}
    return render(request, f"{TEMPLATES}/import_gone.html", context, status=404)


def _version(request: HttpRequest, upload: ImportUpload) -> int:
    """Of the table that the form was made for; the newest if it does not say."""
    said = request.POST.get("version", "")
    return int(said) if said.isdecimal() and len(said) < 10 else upload.version


def _mended(table: Table) -> dict[str, Any]:
    """How many cells, and an example."""
    lines = {table.line: table.headings} | table.above | table.rows
    first = next(iter(table.mended), None)
    after = lines[first.line][first.place] if first else ""
    return {"count": len(table.mended), "first": first, "after": after}

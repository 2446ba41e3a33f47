"""Importing a table of affiliates in Wagtail's admin: upload, preview, load."""

import uuid
from typing import Any

from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse, StreamingHttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_GET, require_http_methods, require_safe

from affiliates.audit.permissions import importable_programs, may_import, may_manage_all
from affiliates.models import AffiliateProgramPage, ImportUpload
from affiliates.transfer.exporting.affiliates import FORMATS, export_affiliates
from affiliates.transfer.forms import ImportForm
from affiliates.transfer.importing.headings import example_table
from affiliates.transfer.importing.workbooks import TableUnreadable
from affiliates.transfer.results import ImportResults
from affiliates.transfer.services.uploads import load_upload, try_upload
from workflows.core.keys import possible

PER_PAGE = 50


@require_http_methods(["GET", "HEAD", "POST"])
def upload_table(request: HttpRequest) -> HttpResponse:
    programs = importable_programs(request.user)
    if not programs:
        raise PermissionDenied
    if request.method == "POST":
        form = ImportForm(request.POST, request.FILES, programs=programs)
        if form.is_valid() and (upload := _tried(request, form)):
            return redirect("affiliates_import_result", pk=upload.pk)
    else:
        form = ImportForm(initial={"program": request.GET.get("program")}, programs=programs)
    status = 422 if form.errors else 200
    return render(request, "affiliates/transfer/admin/import.html", {"form": form}, status=status)


@require_http_methods(["GET", "HEAD", "POST"])
def import_result(request: HttpRequest, pk: uuid.UUID) -> HttpResponse:
    user: Any = request.user
    uploads = ImportUpload.objects.select_related("program").defer("content")
    upload = get_object_or_404(uploads, pk=pk, user=user)
    if not may_import(user, upload.program):
        raise PermissionDenied
    if request.method == "POST":
        load_upload(pk=upload.pk, user=user, now=timezone.now())
        return redirect("affiliates_import_result", pk=upload.pk)
    results = ImportResults(upload, shown=request.GET.get("show", ""))
    page = Paginator(results.rows, PER_PAGE).get_page(request.GET.get("p"))
    context = {"upload": upload, "results": results, "page": page}
    return render(request, "affiliates/transfer/admin/import_result.html", context)


@require_GET
def example(request: HttpRequest) -> HttpResponse:
    if not importable_programs(request.user):
        raise PermissionDenied
    response = HttpResponse(example_table(), content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = 'attachment; filename="affiliates.csv"'
    return response


def _tried(request: HttpRequest, form: ImportForm) -> ImportUpload | None:
    """None if the file is not a table; then the form shows the error."""
    user: Any = request.user
    try:
        return try_upload(
            program=form.cleaned_data["program"],
            user=user,
            filename=form.filename,
            content=form.cleaned_data["file"],
            now=timezone.now(),
        )
    except TableUnreadable as refusal:
        form.add_error("file", str(refusal))
        return None


@require_safe
def export_table(request: HttpRequest, program_pk: int, file_format: str) -> StreamingHttpResponse:
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
    response["Content-Disposition"] = f'attachment; filename="affiliates.{file_format}"'
    response["Cache-Control"] = "private, no-store"
    return response

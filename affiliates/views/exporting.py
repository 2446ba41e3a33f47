"""The affiliates of a program as a table, from Wagtail's admin."""

from typing import Any

from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, StreamingHttpResponse
from django.shortcuts import get_object_or_404
from django.views.decorators.http import require_safe

from affiliates.exporting.affiliates import FORMATS, export_affiliates
from affiliates.models import AffiliateProgramPage
from affiliates.permissions import may_import, may_manage_all


@require_safe
def export_table(request: HttpRequest, program_pk: int, file_format: str) -> StreamingHttpResponse:
    """For whoever may import; with contacts for those who may see them."""
    program = get_object_or_404(AffiliateProgramPage, pk=program_pk)
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

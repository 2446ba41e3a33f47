"""Editors cannot delete a program with applications or affiliates; here they are told what to do.

The database refuses it anyway. Without these hooks Wagtail would show an error page.
"""

from collections.abc import Iterable
from typing import Any

from django.db.models import Q
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from wagtail.admin import messages

from affiliates.models import AffiliateProgramPage


def refuse_to_delete(request: HttpRequest, pages: Iterable[Any]) -> HttpResponse | None:
    """Back to the page tree with a message if any of the pages is, or holds, such a program."""
    inside = Q(pk__in=[])
    for page in pages:
        inside |= Q(path__startswith=page.path)
    programs = AffiliateProgramPage.objects.filter(inside).filter(
        Q(applications__isnull=False) | Q(affiliations__isnull=False)
    )
    program = programs.distinct().first()
    if program is None:
        return None
    messages.error(
        request,
        _(
            "“%(program)s” has applications or affiliates, which have to stay on record. It was not"
            " deleted."
            " Unpublish it instead."
        )
        % {"program": program.title},
    )
    return redirect("wagtailadmin_explore", program.get_parent().pk)

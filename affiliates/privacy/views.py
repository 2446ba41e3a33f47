"""Show, export or erase one person's data. URLs never hold the address, since they get logged."""

from typing import Any

from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods

from affiliates.audit.permissions import may_erase
from affiliates.privacy.forms import EraseForm, PersonForm
from affiliates.privacy.search import as_json, as_text, find_person, readable_values, records_of
from affiliates.privacy.services import erase_person

TEMPLATE = "affiliates/privacy/admin/person.html"
WRITERS = {
    "json": (as_json, "application/json"),
    "text": (as_text, "text/plain; charset=utf-8"),
}


@never_cache
@sensitive_post_parameters("address", "again")
@require_http_methods(["GET", "HEAD", "POST"])
def person(request: HttpRequest) -> HttpResponse:
    user: Any = request.user
    if not may_erase(user):
        raise PermissionDenied
    if request.method != "POST":
        return render(request, TEMPLATE, {"form": PersonForm()})
    form = PersonForm(request.POST)
    if not form.is_valid():
        return render(request, TEMPLATE, {"form": form}, status=422)
    action = request.POST.get("action", "")
    if action in WRITERS:
        return _handed_out(form.cleaned_data["address"], action)
    if action == "erase":
        return _erased(request, user)
    return _shown(request, form, EraseForm(initial=form.cleaned_data))


def _shown(
    request: HttpRequest, form: PersonForm, erase_form: EraseForm, status: int = 200
) -> HttpResponse:
    address = form.cleaned_data["address"]
    found = find_person(address)
    would = erase_person(address=address, by=None, now=timezone.now(), dry_run=True)
    context = {
        "form": form,
        "address": address,
        "found": found,
        "records": [(record, readable_values(record)) for record in records_of(found)],
        "erasure": would,
        "erase_form": erase_form,
    }
    return render(request, TEMPLATE, context, status=status)


def _handed_out(address: str, action: str) -> HttpResponse:
    write, content_type = WRITERS[action]
    text = write(find_person(address), now=timezone.now())
    response = HttpResponse(text, content_type=content_type)
    ending = "json" if action == "json" else "txt"
    response["Content-Disposition"] = f'attachment; filename="person.{ending}"'
    return response


def _erased(request: HttpRequest, user: Any) -> HttpResponse:
    form = EraseForm(request.POST)
    if not form.is_valid():
        shown = PersonForm(request.POST)
        shown.is_valid()
        return _shown(request, shown, form, status=422)
    address = form.cleaned_data["address"]
    done = erase_person(address=address, by=user, now=timezone.now())
    return render(request, TEMPLATE, {"form": PersonForm(), "done": done})

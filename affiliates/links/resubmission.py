"""Shows a form again when it is submitted without a valid link session or CSRF token."""

from django import forms
from django.http import HttpRequest, HttpResponse
from django.middleware.csrf import CsrfViewMiddleware
from django.shortcuts import render
from django.utils.translation import gettext_lazy as _

from affiliates.core.fields import LineField, ParagraphsField

NOT_KEPT = ("csrfmiddlewaretoken",)
NOT_SURE = _(
    "We could not make sure that it was you who pressed the button. This happens when a page was"
    " open for a long time. Please press it once more."
)


class ResubmittedText(forms.Form):
    text = ParagraphsField(label=_("In your own words"), required=False, rows=7)


class ResubmittedNothing(forms.Form):
    """A form that is only a button."""


class ResubmittedPerson(forms.Form):
    name = LineField(label=_("Name"), required=False)
    email = LineField(label=_("Email"), required=False)
    phone = LineField(label=_("Phone"), required=False)


def keep(request: HttpRequest, reference: str, form: type[forms.Form]) -> HttpResponse:
    """Show the form again, to be sent after opening a new link. Same page for unknown references.
    ``form`` has the visible fields; all other values become hidden inputs.
    """
    visible = form().fields
    typed = {name: request.POST.get(name, "") for name in visible}
    hidden = [
        (name, value)
        for name, values in request.POST.lists()
        if name not in visible and name not in NOT_KEPT
        for value in values
    ]
    shown = form(initial=typed, label_suffix="")
    context = {"reference": reference, "form": shown, "hidden": hidden}
    return render(request, "affiliates/links/resubmit.html", context, status=403)


def is_forged(request: HttpRequest) -> bool:
    """Whether Django's CSRF check fails. For views that show the typed text again."""
    check = CsrfViewMiddleware(_unused)
    check.process_request(request)
    return check.process_view(request, _unused, (), {}) is not None


def _unused(_request: HttpRequest) -> HttpResponse:
    return HttpResponse()

"""What people see of a form that was not taken: their browser may not see its page any more, or it
is not sure who pressed the button."""

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
    """An update: its text. What was ticked goes along out of sight."""

    text = ParagraphsField(label=_("In your own words"), required=False, rows=7)


class ResubmittedNothing(forms.Form):
    """One press of a button."""


class ResubmittedPerson(forms.Form):
    """A person's details, as they were typed."""

    name = LineField(label=_("Name"), required=False)
    email = LineField(label=_("Email"), required=False)
    phone = LineField(label=_("Phone"), required=False)


def keep(request: HttpRequest, reference: str, form: type[forms.Form]) -> HttpResponse:
    """The same page whether there is such a record. Its button works after a new link.

    ``form`` has the fields that people see; whatever else was sent goes along out of sight.
    """
    typed = {name: request.POST.get(name, "") for name in form.base_fields}
    hidden = [
        (name, value)
        for name, values in request.POST.lists()
        if name not in form.base_fields and name not in NOT_KEPT
        for value in values
    ]
    shown = form(initial=typed, label_suffix="")
    context = {"reference": reference, "form": shown, "hidden": hidden}
    return render(request, "affiliates/links/resubmit.html", context, status=403)


def is_forged(request: HttpRequest) -> bool:
    """Whether the form came from another site, or without its cookie.

    This is Django's own check, asked by a view that shows again what was typed.
    """
    check = CsrfViewMiddleware(_unused)
    check.process_request(request)
    return check.process_view(request, _unused, (), {}) is not None


def _unused(_request: HttpRequest) -> HttpResponse:
    return HttpResponse()

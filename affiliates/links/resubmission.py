"""What people see of a form whose page they may not see any more."""

from django import forms
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext_lazy as _

from affiliates.core.fields import LineField, ParagraphsField


class ResubmittedText(forms.Form):
    """An update: its text. What was ticked goes along out of sight."""

    text = ParagraphsField(label=_("In your own words"), required=False, rows=7)


class ResubmittedNothing(forms.Form):
    """One press of a button."""


class ResubmittedPerson(forms.Form):
    """A person's details, as they were typed."""

    name = LineField(label=_("Name"), required=False)
    email = LineField(label=_("E-mail"), required=False)
    phone = LineField(label=_("Phone"), required=False)


NOT_KEPT = ("csrfmiddlewaretoken",)


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
    context = {
        "reference": reference,
        "form": form(initial=typed, label_suffix=""),
        "hidden": hidden,
    }
    return render(request, "affiliates/links/resubmit.html", context, status=403)

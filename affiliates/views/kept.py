"""A form that came from a browser whose link is no longer good: all of it is shown again."""

from django import forms
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

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
    return render(request, "affiliates/kept.html", context, status=403)

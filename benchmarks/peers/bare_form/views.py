"""Checks nothing but the fields, queues nothing, mails nothing."""

from django import forms
from django.db import transaction
from django.http import HttpResponse, HttpResponseRedirect
from django.views.decorators.csrf import csrf_exempt

from affiliates.core.regions.coverage import NORTH_AMERICA
from benchmarks.peers.bare_form.models import Group, Person


class BareForm(forms.Form):
    name = forms.CharField(max_length=255)
    region = forms.ChoiceField(choices=NORTH_AMERICA.choices)
    scope = forms.CharField(max_length=16)
    summary = forms.CharField(max_length=500)
    contact_name = forms.CharField(max_length=100)
    contact_email = forms.EmailField()


@csrf_exempt
def bare_form(request):
    form = BareForm(request.POST)
    if not form.is_valid():
        return HttpResponse(str(form.errors), status=422)
    data = form.cleaned_data
    with transaction.atomic():
        group = Group.objects.create(
            **{name: data[name] for name in ("name", "region", "scope", "summary")}
        )
        Person.objects.create(group=group, name=data["contact_name"], email=data["contact_email"])
    return HttpResponseRedirect("/")

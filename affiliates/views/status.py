from django.http import Http404


def status(request, reference):
    raise Http404


def thanks(request, reference):
    raise Http404


def withdraw(request, reference):
    raise Http404

from django.http import Http404


def apply(request, program_slug):
    raise Http404


def resume(request, program_slug, reference):
    raise Http404


def saved(request, program_slug, reference):
    raise Http404

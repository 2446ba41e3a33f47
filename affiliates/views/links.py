from django.http import Http404


def link(request, token):
    raise Http404


def renew(request):
    raise Http404

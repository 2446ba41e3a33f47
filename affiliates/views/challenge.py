from django.http import Http404


def challenge(request):
    raise Http404

"""What the public views share: finding the program, and keeping private pages private."""

from django.http import Http404, HttpRequest
from wagtail.models import Site

from affiliates.directory import queries
from affiliates.models import AffiliateProgramPage


def find_program(request: HttpRequest, slug: str) -> AffiliateProgramPage:
    """The published program with this slug on the request's site, in the visitor's language if it
    is there in several. Raises Http404.
    """
    programs = queries.public_programs(Site.find_for_request(request)).filter(slug=slug)
    program = queries.in_visitors_language(programs)
    if program is None:
        raise Http404
    return program

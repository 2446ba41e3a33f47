"""The pictures that stand beside a shared link to a program, a group or an update."""

from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_safe

from affiliates.directory.cards import picture
from affiliates.directory.queries import find_program
from affiliates.updates.queries import published_update
from affiliates.updates.sharing import update_words


@require_safe
def update_card(request: HttpRequest, program_slug: str, pk: int) -> HttpResponse:
    program = find_program(request, program_slug)
    return picture(request, *update_words(published_update(program, pk), program))

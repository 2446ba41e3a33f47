"""The badge at its own address for each group."""

from uuid import UUID

from django.core.cache import cache
from django.http import Http404, HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.cache import get_conditional_response, patch_cache_control
from django.utils.http import quote_etag
from django.views.decorators.http import require_safe
from wagtail.images.models import AbstractImage, SourceImageIOError

from affiliates.core.states import AffiliationState
from affiliates.models import Affiliation
from affiliates.requirements.badge.services import note_load

FRESH_SECONDS = 24 * 60 * 60
"""How long browsers and others may keep it: longer, and a website would no longer be heard of."""

KEPT_SECONDS = 7 * FRESH_SECONDS
FILTER = "max-600x600|format-png"


@require_safe
def badge(request: HttpRequest, group_key: UUID) -> HttpResponse:
    """For affiliates only: it goes away from their websites when the affiliation ends."""
    found = Affiliation.objects.exclude(state=AffiliationState.ENDED)
    affiliation = found.select_related("program__badge").filter(group_key=group_key).first()
    picture = affiliation.program.badge if affiliation else None
    if affiliation is None or picture is None:
        raise Http404
    referer = request.headers.get("Referer", "")
    if referer and request.method == "GET":
        note_load(affiliation=affiliation, referer=referer, now=timezone.now())
    return _answer(request, picture)


def _answer(request: HttpRequest, picture: AbstractImage) -> HttpResponse:
    key = f"affiliates.badge.{picture.pk}.{picture.file_hash}"
    tag = quote_etag(key)
    response = get_conditional_response(request, etag=tag)
    if response is None:
        response = HttpResponse(_content(picture, key), content_type="image/png")
        response["ETag"] = tag
    patch_cache_control(response, public=True, max_age=FRESH_SECONDS)
    return response


def _content(picture: AbstractImage, key: str) -> bytes:
    """Raises Http404 if the file is gone."""
    content = cache.get(key)
    if content is None:
        try:
            with picture.get_rendition(FILTER).file.open() as file:
                content = file.read()
        except (SourceImageIOError, FileNotFoundError):
            raise Http404 from None
        cache.set(key, content, KEPT_SECONDS)
    return content

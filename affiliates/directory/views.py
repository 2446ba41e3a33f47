"""The directory for other sites: an embed for frames, and points for maps."""

import hashlib
import json
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings as django_settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.cache import get_conditional_response, patch_cache_control
from django.utils.http import quote_etag
from django.views.decorators.clickjacking import xframe_options_exempt
from django.views.decorators.http import require_safe

from affiliates.core.conf import settings
from affiliates.core.regions import country_of
from affiliates.core.regions.points import POINTS
from affiliates.directory import queries
from affiliates.directory.listing import show_directory
from affiliates.directory.queries import find_program
from affiliates.models import AffiliateProgramPage

FRESH_SECONDS = 300
"""How long others may cache the answers."""


@require_safe
@xframe_options_exempt
def embed(request: HttpRequest, program_slug: str) -> HttpResponse:
    """The directory for a frame on the sites in ``EMBED_ANCESTORS``. No scripts, no cookies."""
    program = find_program(request, program_slug)
    context = {
        "page": program,
        "program": program,
        "directory": show_directory(program, request),
        "directory_url": reverse("affiliates:embed", args=[program_slug]),
        "apply_url": program.apply_url,
    }
    response = render(request, "affiliates/directory/embed.html", context)
    response["Content-Security-Policy"] = frame_policy()
    response["X-Robots-Tag"] = "noindex"
    return response


def frame_policy() -> str:
    """Allow only our styles, and frames only on the sites in the setting."""
    ancestors = " ".join(("'self'", *settings.EMBED_ANCESTORS))
    static = urlsplit(django_settings.STATIC_URL or "")
    styles = f"'self' {static.scheme}://{static.netloc}" if static.netloc else "'self'"
    return (
        f"default-src 'none'; style-src {styles}; form-action 'self'; base-uri 'none'; "
        f"frame-ancestors {ancestors}"
    )


@require_safe
def regions_geojson(request: HttpRequest, program_slug: str) -> HttpResponse:
    """A GeoJSON point for each region with groups, and their number. Anyone may fetch it. Regions
    outside the US and Canada have no point (RFC 7946, 3.2: an unlocated feature).
    """
    program = find_program(request, program_slug)
    features = [feature(program, region) for region in queries.region_counts(program)]
    content = json.dumps({"type": "FeatureCollection", "features": features}).encode()
    response = HttpResponse(content, content_type="application/geo+json")
    response["ETag"] = quote_etag(hashlib.sha256(content).hexdigest()[:32])
    response["Access-Control-Allow-Origin"] = "*"
    patch_cache_control(response, public=True, max_age=FRESH_SECONDS)
    return get_conditional_response(request, etag=response["ETag"], response=response) or response


def feature(program: AffiliateProgramPage, region: queries.RegionCount) -> dict[str, Any]:
    point = POINTS.get(region.code)
    return {
        "type": "Feature",
        "id": region.code,
        "geometry": {"type": "Point", "coordinates": point} if point else None,
        "properties": {
            "code": region.code,
            "name": region.name,
            "country": country_of(region.code),
            "count": region.count,
            "url": f"{program.full_url}{region.address}",
        },
    }

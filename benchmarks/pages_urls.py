"""The site's addresses, and beside them the plain ways: all groups by ``values()`` on one page, and
pages that are made each time and then compared (``ConditionalGetMiddleware``).
"""

from django.http import HttpResponse
from django.template import engines
from django.urls import path
from django.views.decorators.http import conditional_page
from wagtail.views import serve

from affiliates.core.regions import region_name
from affiliates.models import AffiliatePage, AffiliateProgramPage
from program_site.urls import urlpatterns as site_urlpatterns

PAGE = """<!DOCTYPE html><html lang="en"><head><title>Groups</title></head><body><h1>Groups</h1>
{% for region in regions %}<h2>{{ region.name }}</h2><ul>
{% for group in region.groups %}<li><a href="{{ group.url_path }}">{{ group.title }}</a>
<p>{{ group.locality }}</p><p>{{ group.summary }}</p></li>{% endfor %}</ul>{% endfor %}
</body></html>"""


def by_values(request, slug):
    """One query and one template, without pages, skin or links: as fast as the plain way goes."""
    program = AffiliateProgramPage.objects.get(slug=slug)
    groups = AffiliatePage.objects.child_of(program).live().public().order_by("region", "title")
    by_region = {}
    for group in groups.values("title", "url_path", "region", "locality", "summary"):
        by_region.setdefault(group["region"], []).append(group)
    regions = [{"name": region_name(code), "groups": found} for code, found in by_region.items()]
    return HttpResponse(engines["django"].from_string(PAGE).render({"regions": regions}))


urlpatterns = [
    path("by-values/<slug:slug>/", by_values),
    path("conditional/<path:path>", conditional_page(serve)),
    *site_urlpatterns,
]

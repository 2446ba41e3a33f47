"""The site's addresses, and Wagtail's API v2, alone and behind ``ConditionalGetMiddleware``."""

from django.urls import path
from django.views.decorators.http import conditional_page
from wagtail.api.v2.router import WagtailAPIRouter
from wagtail.api.v2.views import PagesAPIViewSet

from program_site.urls import urlpatterns as site_urlpatterns


class ConditionalPages(PagesAPIViewSet):
    """``conditional_page`` is Django's middleware for one view."""

    @classmethod
    def get_urlpatterns(cls):
        _listing, *others = super().get_urlpatterns()
        listing = conditional_page(cls.as_view({"get": "listing_view"}))
        return [path("", listing, name="listing"), *others]


plain = WagtailAPIRouter("plain")
plain.register_endpoint("pages", PagesAPIViewSet)
conditional = WagtailAPIRouter("conditional")
conditional.register_endpoint("pages", ConditionalPages)

urlpatterns = [
    path("api/v2/", plain.urls),
    path("api/conditional/", conditional.urls),
    *site_urlpatterns,
]

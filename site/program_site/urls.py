from django.urls import include, path
from wagtail import urls as wagtail_urls
from wagtail.admin import urls as wagtailadmin_urls
from wagtail.contrib.sitemaps.views import sitemap
from wagtail.documents import urls as wagtaildocs_urls

from program_site.health import healthz
from program_site.passwords import PasswordReset
from program_site.search import search
from program_site.views import Favicon, Logout, Robots
from workflows.monitoring.views import metrics

urlpatterns = [
    path("admin/logout/", Logout.as_view()),
    path("admin/password_reset/", PasswordReset.as_view()),
    path("admin/", include(wagtailadmin_urls)),
    path("documents/", include(wagtaildocs_urls)),
    path(
        "sitemap.xml", sitemap, {"content_type": "application/xml; charset=utf-8"}, name="sitemap"
    ),
    path("robots.txt", Robots.as_view()),
    path("healthz", healthz),
    path("metrics", metrics),
    path("search/", search, name="search"),
    path("favicon.ico", Favicon.as_view()),
    path("api/affiliates/v1/", include("affiliates.api_site")),
    path("join/", include("affiliates.urls")),
    path("", include(wagtail_urls)),
]

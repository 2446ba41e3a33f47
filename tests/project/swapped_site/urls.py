from django.urls import include, path

urlpatterns = [
    path("admin/", include("wagtail.admin.urls")),
    path("documents/", include("wagtail.documents.urls")),
    path("join/", include("affiliates.urls")),
    path("", include("wagtail.urls")),
]

from django.urls import path

from benchmarks.peers.bare_form.views import bare_form
from program_site.urls import urlpatterns as site_urlpatterns

urlpatterns = [path("bare/", bare_form), *site_urlpatterns]

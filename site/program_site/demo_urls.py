"""The site's addresses, and the mailbox that only a demo may show."""

from django.urls import path, re_path

from program_site import mailbox
from program_site.media import uploaded
from program_site.urls import urlpatterns as site_urlpatterns

urlpatterns = [
    path("mailbox/", mailbox.mailbox, name="mailbox"),
    path("mailbox/<int:pk>/html/", mailbox.html_part, name="mailbox_html"),
    re_path(r"^media/(?P<path>.*)$", uploaded),
    *site_urlpatterns,
]

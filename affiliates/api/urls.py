"""Addresses of the headless API. Include them where you like, before Wagtail's own::

path("api/affiliates/v1/", include("affiliates.api.urls"))
"""

from django.urls import URLPattern, include, path, re_path

from affiliates.api.door import door
from affiliates.api.main import NAMESPACE, api, nothing_here

ROOT = "api-root"

patterns = [
    URLPattern(found.pattern, door(found.callback), found.default_args, found.name)
    for found in api.urls[0]
    if isinstance(found, URLPattern) and found.name != ROOT
]
nowhere = [re_path(r"", door(nothing_here))]
root = [path("", door(nothing_here), name=ROOT)]

urlpatterns = [path("", include(([*root, *patterns, *nowhere], NAMESPACE)))]

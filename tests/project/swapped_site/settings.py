"""A site whose pages build on a model of its own, as Wagtail ≥ 8 allows."""

from program_site.settings.test import *  # noqa: F403
from program_site.settings.test import INSTALLED_APPS as OUR_APPS

INSTALLED_APPS = [
    "wagtail.test.basepage",
    *(app for app in OUR_APPS if app != "program_site"),
]
WAGTAIL_PAGE_MODEL = "basepage.BasePage"
ROOT_URLCONF = "tests.project.swapped_site.urls"
DATABASES = {"default": {"ENGINE": "django.db.backends.sqlite3", "NAME": ":memory:"}}

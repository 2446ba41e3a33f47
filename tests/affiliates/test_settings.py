"""What the call at the end of a site's settings adds, and what beat asks for without any."""

import subprocess
import sys

import pytest
from celery import Celery

from affiliates.settings import KEPT_PAGES, SESSIONS, add_affiliates
from program_site.celery import app as site_app

ADDED = ["affiliates", "workflows", "ninja", "wagtail.contrib.forms"]
LOOKS = {
    "workflows.deliver_mail": 60,
    "workflows.deliver_webhooks": 60,
    "workflows.sweep_deadlines": 60,
    "workflows.blot_out_secrets": 24 * 60 * 60,
    "affiliates.start_reviews": 60,
    "affiliates.ask_for_updates": 60,
    "affiliates.start_moderation": 60,
    "affiliates.look_for_badges": 60,
    "affiliates.forget": 24 * 60 * 60,
}


def added(**settings):
    add_affiliates(settings, redis_url="redis://")
    add_affiliates(settings, redis_url="redis://")
    return settings


def database(backend):
    return {"default": {"ENGINE": f"django.db.backends.{backend}"}}


def test_apps_are_added_once():
    installed = ["home", "wagtail.contrib.forms", "wagtail"]
    settings = added(INSTALLED_APPS=installed, DATABASES=database("sqlite3"))
    assert settings["INSTALLED_APPS"] == [*installed, *ADDED[:-1]]


def test_postgresql_needs_an_app_more():
    settings = added(INSTALLED_APPS=[], DATABASES=database("postgresql"))
    assert settings["INSTALLED_APPS"] == [*ADDED, "django.contrib.postgres"]


def test_kept_pages_come_before_sessions_and_after_what_redirects_to_https():
    secure, sessions = "django.middleware.security.SecurityMiddleware", SESSIONS
    settings = added(INSTALLED_APPS=[], MIDDLEWARE=[secure, sessions])
    assert settings["MIDDLEWARE"] == [secure, KEPT_PAGES, sessions]


def test_cache_for_kept_pages_is_added_beside_the_site_s_own():
    own = {"BACKEND": "django.core.cache.backends.dummy.DummyCache"}
    caches = added(INSTALLED_APPS=[], CACHES={"default": own})["CACHES"]
    assert caches["default"] == own
    assert caches["affiliates"]["LOCATION"] == "redis://"
    assert added(INSTALLED_APPS=[], CACHES={"affiliates": own})["CACHES"]["affiliates"] == own


def test_settings_can_import_it_before_django_is_set_up():
    code = "import affiliates.settings, django.apps; assert not django.apps.apps.ready"
    subprocess.run([sys.executable, "-W", "error", "-c", code], check=True)


def new_app():
    app = Celery("mysite", set_as_current=False)
    app.config_from_object("django.conf:settings", namespace="CELERY")
    app.autodiscover_tasks()
    return app


def schedule_of(app):
    """As beat begins."""
    app.loader.import_default_modules()
    app.finalize()
    return app.conf.beat_schedule


@pytest.mark.parametrize("make", [lambda: site_app, new_app], ids=["this site's", "another's"])
def test_every_celery_app_asks_for_each_look_once_and_passes_nothing(make):
    assert schedule_of(make()) == {
        task: {"task": task, "schedule": seconds} for task, seconds in LOOKS.items()
    }


def test_entry_of_the_sites_own_wins(settings):
    own = {"affiliates.forget": {"task": "affiliates.forget", "schedule": 9}}
    settings.CELERY_BEAT_SCHEDULE = own
    schedule = schedule_of(new_app())
    assert schedule.keys() == LOOKS.keys()
    assert schedule["affiliates.forget"]["schedule"] == 9
    assert own == settings.CELERY_BEAT_SCHEDULE

"""What the production settings send, asked of the site itself in a process that has them."""

import json
import os
import subprocess
import sys

import pytest

from tests.test_architecture import ROOT

ASK = """
import json, django
django.setup()
from django.conf import settings
from django.contrib import messages
from django.http import HttpResponse
from django.middleware.csrf import get_token
from django.test import Client
from django.urls import path
from program_site.urls import urlpatterns as site
# One more page, which has a form and needs no database.
settings.ROOT_URLCONF = "__main__"
def form(request):
    messages.success(request, "Saved.")
    return HttpResponse(get_token(request))
urlpatterns = [path("form/", form), *site]
def told(**extra):
    answer = Client(HTTP_HOST="example.org").get("/form/", **extra)
    return {"status": answer.status_code, "headers": dict(answer.headers),
            "cookies": [morsel.OutputString() for morsel in answer.cookies.values()]}
print(json.dumps({"http": told(), "https": told(HTTP_X_FORWARDED_PROTO="https"),
                  "settings": {name: getattr(settings, name) for name in
                               ("SESSION_COOKIE_NAME", "ALLOWED_HOSTS", "DEBUG")}}))
"""


@pytest.fixture(scope="module")
def production(tmp_path_factory):
    done = subprocess.run(
        [sys.executable, "-c", ASK],
        env={
            "PATH": os.environ["PATH"],
            "PYTHONPATH": f"{ROOT}{os.pathsep}{ROOT / 'site'}",
            "DJANGO_SETTINGS_MODULE": "program_site.settings.production",
            "SECRET_KEY": "only-for-this-test",
            "ALLOWED_HOSTS": "example.org",
            "DATABASE_URL": f"sqlite:///{tmp_path_factory.mktemp('site') / 'site.sqlite3'}",
            "EMAIL_URL": "dummymail://",
        },
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


def test_cookies_are_for_this_host_alone_and_by_tls(production):
    cookies = production["https"]["cookies"]
    assert {cookie.partition("=")[0] for cookie in cookies} == {
        "__Host-csrftoken",
        "__Host-messages",
    }
    for cookie in cookies:
        assert "Secure" in cookie
        assert "Path=/;" in f"{cookie};"
        assert "Domain" not in cookie
    assert production["settings"]["SESSION_COOKIE_NAME"] == "__Host-sessionid"


def test_browsers_are_sent_to_tls_and_told_to_stay_there_for_a_year(production):
    assert production["http"]["status"] == 301
    assert production["http"]["headers"]["Location"] == "https://example.org/form/"
    promise = production["https"]["headers"]["Strict-Transport-Security"]
    assert promise == "max-age=31536000; includeSubDomains; preload"


def test_other_names_are_not_answered_and_nothing_is_debugged(production):
    assert production["settings"]["ALLOWED_HOSTS"] == ["example.org"]
    assert production["settings"]["DEBUG"] is False


def test_every_answer_says_what_it_is_and_what_may_run_in_it(production):
    headers = production["https"]["headers"]
    assert headers["Content-Type"] == "text/html; charset=utf-8"
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert "default-src 'none'" in headers["Content-Security-Policy"]

"""For the tests. ``tests/servers.py`` starts a database and a broker and names them here."""

from urllib.parse import urlsplit

from affiliates.settings import shared_cache
from program_site.settings.base import *


def of_this_worker(url: str, worker: str, *, first: int = 0) -> str:
    """Workers of pytest-xdist share one server: each has a numbered database of its own there."""
    number = first + (int(worker.removeprefix("gw")) + 1 if worker else 0)
    return urlsplit(url)._replace(path=f"/{number}").geturl()


INSTALLED_APPS = [*INSTALLED_APPS, "tests.notices"]  # something of others to review
SECRET_KEY = "only-for-tests"  # noqa: S105
ALLOWED_HOSTS = ["localhost", "127.0.0.1", "testserver"]
DATABASES = {"default": database(env.str("DATABASE_URL", default="sqlite://:memory:"))}
if DATABASES["default"]["ENGINE"].endswith("sqlite3"):
    # A file, so that threads and other processes see it. Without a name Django would use memory.
    DATABASES["default"]["TEST"] = {"NAME": DATABASES["default"]["NAME"]}
    # Nobody needs these data after a crash.
    DATABASES["default"]["OPTIONS"]["init_command"] += " PRAGMA synchronous=OFF;"
elif template := env.str("TEST_TEMPLATE", default=""):
    DATABASES["default"]["TEST"] = {"TEMPLATE": template}
# A connection that outlives its thread would keep the test database from being removed.
DATABASES["default"]["CONN_MAX_AGE"] = 0
WORKER = env.str("PYTEST_XDIST_WORKER", default="")
REDIS_URL = of_this_worker(REDIS_URL, WORKER)
# Each test empties the cache, and no queue with it.
CACHES = {"affiliates": shared_cache(of_this_worker(REDIS_URL, WORKER, first=8))}
locals().update(mail_server(env.str("EMAIL_URL", default="smtp://127.0.0.1:1")))
PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.InMemoryStorage"},
    "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"},
}
WHITENOISE_AUTOREFRESH = True
add_affiliates(globals(), redis_url=REDIS_URL)

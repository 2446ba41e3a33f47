"""For `make demo`: one machine, nothing to set up. Not for the public internet."""

from urllib.parse import urlsplit

from program_site.settings.base import *
from program_site.settings.logs import LOGGING  # noqa: F401
from workflows.core.wakeup import DELIVER_MAIL, DELIVER_WEBHOOKS, SWEEP_DEADLINES

LOOK_SECONDS = 10
"""Workers look for forgotten work this often, so that even without a broker mail goes out soon."""

DEMO_DIR = env.path("DEMO_DIR", default=str(ROOT_DIR / ".demo"))()
SECRET_KEY = "the-demo-keeps-no-secrets"  # noqa: S105
# Every password is known, so another site must not reach the demo by a name that it points here.
ALLOWED_HOSTS = env.list(
    "ALLOWED_HOSTS",
    default=["localhost", "127.0.0.1", "[::1]", urlsplit(WAGTAILADMIN_BASE_URL).hostname or ""],
)
ROOT_URLCONF = "program_site.demo_urls"
DATABASES = {
    "default": database(env.str("DATABASE_URL", default=f"sqlite:///{DEMO_DIR}/demo.sqlite3"))
}
MEDIA_ROOT = f"{DEMO_DIR}/media"
STATIC_ROOT = f"{DEMO_DIR}/static"  # Stays empty: files are served from where they lie.
locals().update(mail_server(env.str("EMAIL_URL", default="smtp://127.0.0.1:2525")))
CELERY_BEAT_SCHEDULE = {
    task: {"task": task, "schedule": LOOK_SECONDS}
    for task in (DELIVER_MAIL, DELIVER_WEBHOOKS, SWEEP_DEADLINES)
}
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"},
}
WHITENOISE_USE_FINDERS = True
# The real groups among the demo's need no visits from everybody who tries it.
AFFILIATES = {**AFFILIATES, "BADGE_LOOK_DAYS": 0}
# Its own mail server takes every address.
AFFILIATE_WORKFLOWS = {**AFFILIATE_WORKFLOWS, "SMTPUTF8": env.bool("SMTPUTF8", default=True)}
add_affiliates(globals(), redis_url=REDIS_URL)

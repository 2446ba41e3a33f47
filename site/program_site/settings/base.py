"""What every way of running the site shares. The environment decides the rest."""

from pathlib import Path

import django
import environ

from affiliates.beat_schedule import BEAT_SCHEDULE
from workflows.core.celery_settings import celery_settings

env = environ.Env()

SITE_DIR = Path(__file__).resolve().parents[2]
ROOT_DIR = SITE_DIR.parent

INSTALLED_APPS = [
    "program_site",
    "affiliates",
    "workflows",
    "wagtail.contrib.forms",
    "wagtail.contrib.redirects",
    "wagtail.contrib.settings",
    "wagtail.embeds",
    "wagtail.sites",
    "wagtail.users",
    "wagtail.snippets",
    "wagtail.documents",
    "wagtail.images",
    "wagtail.search",
    "wagtail.admin",
    "wagtail.api.v2",
    "wagtail",
    "ninja",  # The API's page to read and try it out takes Swagger UI from here.
    "modelcluster",
    "taggit",
    "django_filters",
    "rest_framework",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.sitemaps",
    "django.contrib.messages",
    "django.contrib.postgres",  # Wagtail's search on PostgreSQL: asked for from Django 6.1 on.
    "django.contrib.staticfiles",
]

MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "program_site.middleware.PublicContentSecurityPolicy",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "wagtail.contrib.redirects.middleware.RedirectMiddleware",
]

ROOT_URLCONF = "program_site.urls"
WSGI_APPLICATION = "program_site.wsgi.application"

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [ROOT_DIR / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.debug",
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
            ],
        },
    },
]

DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

AUTH_PASSWORD_VALIDATORS = [
    {"NAME": f"django.contrib.auth.password_validation.{name}"}
    for name in (
        "UserAttributeSimilarityValidator",
        "MinimumLengthValidator",
        "CommonPasswordValidator",
        "NumericPasswordValidator",
    )
]

LANGUAGE_CODE = "en"
LANGUAGES = [("en", "English")]  # What the pages are written in, whatever a browser prefers.
TIME_ZONE = "UTC"
USE_I18N = True
USE_TZ = True

STATIC_URL = "/static/"
STATIC_ROOT = env.path("STATIC_ROOT", default=str(SITE_DIR / "static"))()
STATICFILES_DIRS = [ROOT_DIR / "templates" / "static"]
MEDIA_URL = "/media/"
MEDIA_ROOT = env.path("MEDIA_ROOT", default=str(SITE_DIR / "media"))()

DATA_UPLOAD_MAX_NUMBER_FIELDS = 10_000

WAGTAIL_SITE_NAME = "Affiliates"
WAGTAILSEARCH_BACKENDS = {
    "default": {
        "BACKEND": "wagtail.search.backends.database",
        # On PostgreSQL only: words without their accents and endings, made by a migration.
        "SEARCH_CONFIG": "site_search",
    }
}
# No SVG: a picture must not carry scripts. No formats that few browsers or mail programs show.
WAGTAILIMAGES_EXTENSIONS = ["jpeg", "jpg", "png", "webp"]
WAGTAILIMAGES_MAX_IMAGE_PIXELS = 16_000_000
# The admin asks nobody else for anything: no releases, no portraits by address.
WAGTAIL_ENABLE_UPDATE_CHECK = False
WAGTAIL_GRAVATAR_PROVIDER_URL = None
WAGTAILADMIN_BASE_URL = env.str("BASE_URL", default="http://localhost:8000")

DEFAULT_FROM_EMAIL = env.str("DEFAULT_FROM_EMAIL", default="Affiliates <affiliates@example.org>")
SERVER_EMAIL = env.str("SERVER_EMAIL", default=DEFAULT_FROM_EMAIL)

REDIS_URL = env.str("REDIS_URL", default="redis://127.0.0.1:6379/0")
locals().update(
    {f"CELERY_{name.upper()}": value for name, value in celery_settings(REDIS_URL).items()}
)
CELERY_BEAT_SCHEDULE = {**celery_settings(REDIS_URL)["beat_schedule"], **BEAT_SCHEDULE}
AFFILIATES = {"TRUSTED_PROXIES": env.int("TRUSTED_PROXIES", default=0)}


def database(url: str) -> dict:
    """Django's settings for a database URL, with what each kind of database needs to work well."""
    settings = env.db_url_config(url)
    if settings["ENGINE"].endswith("sqlite3"):
        # Write-ahead logging lets people read while a worker writes; IMMEDIATE makes a second
        # writer wait for its turn instead of failing.
        settings["OPTIONS"] = {
            "timeout": 20,
            "transaction_mode": "IMMEDIATE",
            "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL;",
        }
    else:
        settings["CONN_MAX_AGE"] = 60
        settings["CONN_HEALTH_CHECKS"] = True
    return settings


MAILER_OPTIONS = {
    "EMAIL_HOST": "host",
    "EMAIL_PORT": "port",
    "EMAIL_HOST_USER": "username",
    "EMAIL_HOST_PASSWORD": "password",
    "EMAIL_USE_TLS": "use_tls",
    "EMAIL_USE_SSL": "use_ssl",
    "EMAIL_TIMEOUT": "timeout",
    "EMAIL_FILE_PATH": "file_path",
}


def mail_settings(url: str) -> dict:
    """Every mail goes into the outbox; workers hand it to the server that ``url`` names.

    Django 6.1 names its mail servers in MAILERS; before, one server stood in EMAIL_* settings.
    """
    server = {name: value for name, value in env.email_url_config(url).items() if value}
    transport = server.pop("EMAIL_BACKEND")
    if transport.endswith("smtp.EmailBackend"):
        # A worker must not hang on a server that says nothing.
        server["EMAIL_TIMEOUT"] = 10
    if django.VERSION < (6, 1):
        return {
            **server,
            "EMAIL_BACKEND": "workflows.mail.backend.OutboxBackend",
            "AFFILIATE_WORKFLOWS": {"TRANSPORT_BACKEND": transport},
        }
    options = {MAILER_OPTIONS[name]: server[name] for name in server if name in MAILER_OPTIONS}
    return {
        "MAILERS": {
            "default": {"BACKEND": "workflows.mail.backend.OutboxBackend"},
            "transport": {"BACKEND": transport, "OPTIONS": options},
        }
    }

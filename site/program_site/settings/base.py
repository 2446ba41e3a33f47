"""What every way of running the site shares. The environment decides the rest.

Each of them ends with ``add_affiliates``, as a site of anybody else does.
"""

from pathlib import Path

import environ

from affiliates.settings import add_affiliates  # noqa: F401

env = environ.Env()

SITE_DIR = Path(__file__).resolve().parents[2]
ROOT_DIR = SITE_DIR.parent

INSTALLED_APPS = [
    "program_site",
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
    "modelcluster",
    "taggit",
    "django_filters",
    "rest_framework",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.sitemaps",
    "django.contrib.messages",
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


def mail_server(url: str) -> dict:
    """Django's settings for the mail server that ``url`` names."""
    server = {name: value for name, value in env.email_url_config(url).items() if value}
    # A worker must not hang on a server that says nothing.
    return {**server, "EMAIL_TIMEOUT": 10}

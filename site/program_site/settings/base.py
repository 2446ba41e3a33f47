"""What every way of running the site shares. The environment decides the rest.

Each of them ends with ``add_affiliates``, as a site of anybody else does.
"""

from datetime import timedelta
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
    "axes",
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
    "program_site.middleware.ContentSecurityPolicy",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "wagtail.contrib.redirects.middleware.RedirectMiddleware",
    "axes.middleware.AxesMiddleware",
]

AUTHENTICATION_BACKENDS = [
    "axes.backends.AxesStandaloneBackend",
    "django.contrib.auth.backends.ModelBackend",
]
# The brake on guessing passwords; its numbers stand in program_site/passwords.py.
AXES_HANDLER = "program_site.passwords.PasswordBrake"
AXES_LOCKOUT_PARAMETERS = [["username", "ip_address"], "ip_address", "username"]
AXES_CLIENT_IP_CALLABLE = "program_site.passwords.network_address"
AXES_FAILURE_LIMIT = 1  # The handler counts how often one of its limits was reached.
AXES_COOLOFF_TIME = timedelta(hours=1)
AXES_RESET_COOL_OFF_ON_FAILURE_DURING_LOCKOUT = False
AXES_DISABLE_ACCESS_LOG = True  # Who logged in when is nobody's business for ever.
AXES_LOCKOUT_TEMPLATE = "429.html"
AXES_VERBOSE = False

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

# Any signs will do. With nine of them, Django's list of common passwords holds more than 3,000.
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": f"django.contrib.auth.password_validation.{name}", "OPTIONS": options}
    for name, options in (
        ("UserAttributeSimilarityValidator", {}),
        ("MinimumLengthValidator", {"min_length": 9}),
        ("CommonPasswordValidator", {}),
    )
]
PASSWORD_RESET_TIMEOUT = 4 * 60 * 60

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
# What people hand on to be read, and nothing that a browser would run. All of it is saved to disk.
WAGTAILDOCS_EXTENSIONS = [
    *("csv", "docx", "jpeg", "jpg", "ods", "odt", "pdf", "png", "pptx", "rtf", "txt", "xlsx"),
]
WAGTAILDOCS_MAX_UPLOAD_SIZE = 20_000_000
WAGTAILDOCS_INLINE_CONTENT_TYPES: list[str] = []
# Passwords that a page's visitors share would have no brake on guessing.
WAGTAIL_PRIVATE_PAGE_OPTIONS = {"SHARED_PASSWORD": False}
WAGTAILDOCS_PRIVATE_COLLECTION_OPTIONS = {"SHARED_PASSWORD": False}
# The admin asks nobody else for anything: no releases, no portraits by address.
WAGTAIL_ENABLE_UPDATE_CHECK = False
WAGTAIL_GRAVATAR_PROVIDER_URL = None
WAGTAILADMIN_BASE_URL = env.str("BASE_URL", default="http://localhost:8000")

DEFAULT_FROM_EMAIL = env.str("DEFAULT_FROM_EMAIL", default="Affiliates <affiliates@example.org>")
SERVER_EMAIL = env.str("SERVER_EMAIL", default=DEFAULT_FROM_EMAIL)

REDIS_URL = env.str("REDIS_URL", default="redis://127.0.0.1:6379/0")
AFFILIATES = {"TRUSTED_PROXIES": env.int("TRUSTED_PROXIES", default=0)}
AFFILIATE_WORKFLOWS = {
    "METRICS_TOKEN": env.str("METRICS_TOKEN", default=""),
    "SMTPUTF8": env.bool("SMTPUTF8", default=False),
}


def database(url: str) -> dict:
    """Django's settings for a database URL, with what each kind of database needs to work well.

    Django's own settings can stand in the URL, as ``?DISABLE_SERVER_SIDE_CURSORS=True``, which a
    PgBouncer that pools by transaction needs. What is there is kept.
    """
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
        settings = {"CONN_MAX_AGE": 60, "CONN_HEALTH_CHECKS": True, **settings}
    return settings


def mail_server(url: str) -> dict:
    """Django's settings for the mail server that ``url`` names."""
    server = {name: value for name, value in env.email_url_config(url).items() if value}
    # A worker must not hang on a server that says nothing.
    return {**server, "EMAIL_TIMEOUT": 10}

"""For the public internet. Every secret and address comes from the environment: see .env.example.

The site stands behind a proxy that speaks TLS and sets ``X-Forwarded-Proto`` itself, whatever the
visitor sent.
"""

from program_site.settings.base import *
from program_site.settings.logs import LOGGING  # noqa: F401

SECRET_KEY = env.str("SECRET_KEY")
ALLOWED_HOSTS = env.list("ALLOWED_HOSTS")
DATABASES = {"default": database(env.str("DATABASE_URL"))}
locals().update(mail_server(env.str("EMAIL_URL")))
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "whitenoise.storage.CompressedManifestStaticFilesStorage"},
}
# How many proxies of yours stand in front, each adding an entry to X-Forwarded-For. Quotas per
# network need the visitor's own address, and must not believe one that a visitor made up.
AFFILIATES = {"TRUSTED_PROXIES": env.int("TRUSTED_PROXIES", default=1)}
CSRF_TRUSTED_ORIGINS = env.list("CSRF_TRUSTED_ORIGINS", default=[])
SECURE_SSL_REDIRECT = env.bool("SECURE_SSL_REDIRECT", default=True)
# The health check comes from inside, without TLS.
SECURE_REDIRECT_EXEMPT = [r"^healthz$"]
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
SECURE_HSTS_SECONDS = env.int("SECURE_HSTS_SECONDS", default=31_536_000)
SECURE_HSTS_INCLUDE_SUBDOMAINS = True
SECURE_HSTS_PRELOAD = True
SESSION_COOKIE_SECURE = True
CSRF_COOKIE_SECURE = True
# By TLS, for the whole of this host and nothing beside it: browsers take no others of these names.
SESSION_COOKIE_NAME = "__Host-sessionid"
CSRF_COOKIE_NAME = "__Host-csrftoken"
MESSAGE_STORAGE = "program_site.cookies.HostMessages"
add_affiliates(globals(), redis_url=REDIS_URL)

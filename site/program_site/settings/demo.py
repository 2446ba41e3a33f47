"""For `make demo`: one machine, nothing to set up. Not for the public internet."""

from program_site.settings.base import *

DEMO_DIR = env.path("DEMO_DIR", default=str(ROOT_DIR / ".demo"))()
SECRET_KEY = "the-demo-keeps-no-secrets"  # noqa: S105
ALLOWED_HOSTS = ["*"]
DATABASES = {
    "default": database(env.str("DATABASE_URL", default=f"sqlite:///{DEMO_DIR}/demo.sqlite3"))
}
MEDIA_ROOT = f"{DEMO_DIR}/media"
locals().update(mail_settings(env.str("EMAIL_URL", default="smtp://127.0.0.1:2525")))
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"},
}
WHITENOISE_USE_FINDERS = True

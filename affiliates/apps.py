from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class AffiliatesConfig(AppConfig):
    name = "affiliates"
    verbose_name = _("Affiliates")
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self):
        # Registers the tasks for beat, even if Celery does not autodiscover them.
        from affiliates import checks, composition, tasks  # noqa: F401

        composition.compose()

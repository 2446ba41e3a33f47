from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class WorkflowsConfig(AppConfig):
    """The label differs because other apps use ``workflows``."""

    name = "workflows"
    label = "affiliate_workflows"
    verbose_name = _("Email and deadlines")
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self):
        # Imported to register. Beat needs the tasks, whatever modules a Celery app discovers.
        from workflows import checks, tasks  # noqa: F401
        from workflows.core.spreadsheets import protect_exports
        from workflows.reviews import deadlines, receivers  # noqa: F401

        protect_exports()
        receivers.equip()
        receivers.connect()

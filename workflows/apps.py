from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class WorkflowsConfig(AppConfig):
    """The label differs from the package's name: ``workflows`` alone is claimed by other apps."""

    name = "workflows"
    label = "affiliate_workflows"
    verbose_name = _("Email and deadlines")
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self):
        # What registers itself. Beat asks for the tasks, whatever modules a Celery app looks for.
        from workflows import checks, tasks  # noqa: F401
        from workflows.reviews import deadlines, receivers  # noqa: F401

        receivers.equip()
        receivers.connect()

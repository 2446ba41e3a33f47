from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class WorkflowsConfig(AppConfig):
    """The label differs from the package's name: ``workflows`` alone is claimed by other apps."""

    name = "workflows"
    label = "affiliate_workflows"
    verbose_name = _("Mail and deadlines")
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self):
        # Beat asks for the tasks, whatever modules a Celery app looks for.
        from workflows import checks, tasks  # noqa: F401
        from workflows.deadlines import mails as deadline_mails
        from workflows.deadlines import policies
        from workflows.mail import kinds
        from workflows.reviews import deadlines as review_deadlines
        from workflows.reviews import mails as review_mails
        from workflows.reviews import receivers, task
        from workflows.webhooks import deadlines as webhook_deadlines

        for kind in (deadline_mails.KIND, review_mails.KIND):
            kinds.register(kind)
        for policy in (review_deadlines.POLICY, webhook_deadlines.POLICY):
            policies.register(policy)
        task.equip()
        receivers.connect()

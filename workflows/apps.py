from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class WorkflowsConfig(AppConfig):
    """The label differs from the package's name: ``workflows`` alone is claimed by other apps."""

    name = "workflows"
    label = "affiliate_workflows"
    verbose_name = _("Mail and deadlines")
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self):
        from workflows import (
            checks,  # noqa: F401
            digest_mail,
            mail_kinds,
            policies,
            receivers,
            review_deadlines,
            review_mails,
            tasks,  # noqa: F401 - beat asks for them, whatever modules a Celery app looks for
            webhook_deadlines,
        )

        mail_kinds.register([digest_mail.KIND, review_mails.KIND])
        policies.register(review_deadlines.POLICY, webhook_deadlines.POLICY)
        receivers.connect()

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class AffiliatesConfig(AppConfig):
    name = "affiliates"
    verbose_name = _("Affiliates")
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self):
        from wagtail.permissions import register_permission_policy

        from affiliates import (
            checks,  # noqa: F401
            profile_receivers,
            receivers,
            tasks,  # noqa: F401 - beat asks for them, whatever modules a Celery app looks for
        )
        from affiliates.api import changes
        from affiliates.deadlines import POLICIES
        from affiliates.logging import install as keep_tokens_out_of_logs
        from affiliates.mail_kinds import KINDS
        from affiliates.models import Affiliation, ContactUpdate, SupportRequest
        from affiliates.wagtail_admin.affiliation_permissions import (
            AffiliationPermissionPolicy,
            CallPermissionPolicy,
        )
        from affiliates.wagtail_admin.update_permissions import UpdatePermissionPolicy
        from affiliates.webhooks import EVENTS
        from workflows import mail_kinds, policies, webhook_events

        register_permission_policy(Affiliation, AffiliationPermissionPolicy(Affiliation))
        register_permission_policy(SupportRequest, CallPermissionPolicy(SupportRequest))
        register_permission_policy(ContactUpdate, UpdatePermissionPolicy(ContactUpdate))
        mail_kinds.register(KINDS)
        policies.register(*POLICIES)
        webhook_events.register(EVENTS)
        receivers.connect()
        profile_receivers.connect()
        changes.connect()
        keep_tokens_out_of_logs()

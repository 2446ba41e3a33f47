from django.utils.translation import gettext_lazy as _
from wagtail import hooks

from workflows.views.mails import SENT_AGAIN
from workflows.viewsets import MailGroup


@hooks.register("register_admin_viewset")
def register_mail():
    return MailGroup()


@hooks.register("register_log_actions")
def register_log_actions(actions):
    actions.register_action(SENT_AGAIN, _("Send again"), _("Sent again"))

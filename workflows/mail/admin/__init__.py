"""The menu "Email" in Wagtail's admin."""

from django.utils.translation import gettext_lazy as _
from wagtail.admin.viewsets.base import ViewSetGroup

from workflows.mail.admin.mails import MailViewSet
from workflows.mail.admin.wordings import WordingViewSet


class MailGroup(ViewSetGroup):
    menu_label = _("Email")
    menu_name = "mail"
    menu_icon = "mail"
    menu_order = 260
    items = (MailViewSet, WordingViewSet)

"""The menu "Mail" in Wagtail's admin."""

from django.urls import path, reverse
from django.utils.translation import gettext_lazy as _
from wagtail.admin.admin_url_finder import ModelAdminURLFinder
from wagtail.admin.menu import MenuItem
from wagtail.admin.viewsets.base import ViewSetGroup
from wagtail.permissions import policy_registry

from workflows.core.admin import LimitedViewSet, RecordURLFinder, RecordViewSet
from workflows.mail.admin.mails import (
    MailDownloadView,
    MailIndexView,
    MailInspectView,
    SendAgainView,
)
from workflows.mail.admin.wordings import WordingEditView, WordingIndexView, WordingResetView
from workflows.models import MailWording, OutgoingMail


class MailURLFinder(RecordURLFinder):
    edit_url_name = "outgoing_mail:inspect"


class MailViewSet(RecordViewSet):
    """The outbox is a record; "change" lets a person send a failed mail again."""

    model = OutgoingMail
    name = "outgoing_mail"
    url_prefix = "mail/mails"
    menu_label = _("Mails")
    icon = "mail"
    index_view_class = MailIndexView
    inspect_view_class = MailInspectView
    index_template_name = "affiliate_workflows/admin/list.html"
    inspect_template_name = MailInspectView.template_name
    url_finder_class = MailURLFinder
    list_per_page = 50

    def get_urlpatterns(self):
        return [
            *super().get_urlpatterns(),
            path("<int:pk>/mail.eml", MailDownloadView.as_view(), name="download"),
            path("<int:pk>/send-again/", SendAgainView.as_view(), name="send_again"),
        ]


class WordingURLFinder(ModelAdminURLFinder):
    """Where the admin shows a wording: wordings are found by kind and language."""

    edit_url_name = "mail_wording:edit"

    def construct_edit_url(self, instance) -> str:
        return reverse(self.edit_url_name, args=[instance.kind, instance.language])


class WordingViewSet(LimitedViewSet):
    model = MailWording
    name = "mail_wording"
    url_prefix = "mail/wordings"
    menu_label = _("Wordings")
    icon = "edit"
    index_view_class = WordingIndexView
    url_finder_class = WordingURLFinder
    actions = ("change",)

    @property
    def menu_item_class(self):
        def is_shown(_self, request) -> bool:
            policy = policy_registry.get_by_type(MailWording)
            return policy.user_has_permission(request.user, "change")

        return type("WordingMenuItem", (MenuItem,), {"is_shown": is_shown})

    def get_urlpatterns(self):
        one = "<slug:kind>/<slug:language>/"
        return [
            path("", WordingIndexView.as_view(), name="index"),
            path(one, WordingEditView.as_view(), name="edit"),
            path(f"{one}default/", WordingResetView.as_view(), name="reset"),
        ]


class MailGroup(ViewSetGroup):
    menu_label = _("Mail")
    menu_name = "mail"
    menu_icon = "mail"
    menu_order = 260
    items = (MailViewSet, WordingViewSet)

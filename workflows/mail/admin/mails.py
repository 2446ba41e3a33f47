"""Outgoing emails in Wagtail's admin: view, download, send again."""

from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import path
from django.utils.translation import gettext_lazy as _
from django.views.generic import View
from wagtail.admin.filters import WagtailFilterSet
from wagtail.admin.ui.tables import Column, TitleColumn
from wagtail.admin.views.generic.permissions import PermissionCheckedMixin

from workflows.core.admin import MAY_SEE, visible_to
from workflows.core.states import MailState
from workflows.leases.admin import (
    STATE_COLUMN,
    WIDE_ONLY,
    WorkView,
    WorkViewSet,
    choice_filter,
    date_column,
    date_filter,
)
from workflows.mail.kinds import all_kinds, label_of
from workflows.mail.outbox import send_again
from workflows.mail.reading import read_mail
from workflows.mail.secrecy import shareable
from workflows.models import OutgoingMail

WHAT_HAPPENS_NEXT = {
    MailState.QUEUED: _("It waits for its turn. Nothing to do."),
    MailState.SENDING: _("It is on its way to the mail server. Nothing to do."),
    MailState.SENT: _("The mail server accepted it. Nothing to do."),
    MailState.FAILED: _(
        "It could not be delivered, and we have stopped trying. Read the server's answer, fix "
        "the problem, then send it again."
    ),
    MailState.UNCERTAIN: _(
        "The connection broke before the mail server answered. The same email is sent once more, "
        "so it may arrive twice."
    ),
    MailState.OBSOLETE: _("It was no longer needed when its turn came. Nothing to do."),
    MailState.SUPPRESSED: _("It was held back and is not sent."),
}


def title_of(mail: OutgoingMail) -> str:
    """The subject, or the kind until the email is rendered."""
    return mail.subject_line or label_of(mail.kind)


def kind_choices() -> list[tuple[str, str]]:
    return [(kind.name, str(kind.label)) for kind in all_kinds()]


class MailFilterSet(WagtailFilterSet):
    state = choice_filter(_("State"), MailState.choices)
    kind = choice_filter(_("Kind"), kind_choices)
    created_at = date_filter(_("Queued"))

    class Meta:
        model = OutgoingMail
        fields = ["state", "kind", "created_at"]


def message_for(user: Any, mail: OutgoingMail) -> bytes | None:
    """None if the user may not read it, or if there is none."""
    return shareable(mail) if not user.is_superuser else bytes(mail.message or b"") or None


class MailView(WorkView):
    page_title = _("Email")

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        message = message_for(self.request.user, self.object)
        content = read_mail(message) if message else None
        kind = label_of(self.object.kind)
        return super().get_context_data(kind=kind, content=content, **kwargs)


class MailDownloadView(PermissionCheckedMixin, View):
    any_permission_required = MAY_SEE
    model = OutgoingMail

    def get(self, request: HttpRequest, pk: int) -> HttpResponse:
        mail = get_object_or_404(visible_to(request.user, OutgoingMail), pk=pk)
        message = message_for(request.user, mail)
        if message is None:
            raise Http404
        return HttpResponse(
            message,
            content_type="message/rfc822",
            headers={
                "Content-Disposition": f'attachment; filename="mail-{mail.pk}.eml"',
                "X-Content-Type-Options": "nosniff",
            },
        )


class MailViewSet(WorkViewSet):
    model = OutgoingMail
    name = "outgoing_mail"
    url_prefix = "mail/mails"
    menu_label = _("Emails")
    icon = "mail"
    what_happens_next = WHAT_HAPPENS_NEXT
    long_fields = ("message", "answer")
    inspect_view_class = MailView
    inspect_template_name = "affiliate_workflows/admin/mail.html"
    send_again_template_name = "affiliate_workflows/admin/send_again.html"
    filterset_class = MailFilterSet
    search_fields = ["recipient", "recipient_name", "subject_line", "message_id", "key"]
    list_display = [
        TitleColumn(
            "subject_line",
            label=_("Subject"),
            accessor=title_of,
            url_name="outgoing_mail:inspect",
        ),
        Column(
            "kind",
            label=_("Kind"),
            accessor=lambda mail: label_of(mail.kind),
            classname=WIDE_ONLY,
        ),
        Column("recipient", label=_("Recipient"), sort_key="recipient", classname="mail-breaks"),
        STATE_COLUMN,
        date_column("created_at", _("Queued")),
        date_column("sent_at", _("Sent")),
    ]

    def title_of(self, work: OutgoingMail) -> str:
        return title_of(work)

    def send_again(self, work: OutgoingMail) -> None:
        send_again(mail=work)

    def get_urlpatterns(self) -> list[Any]:
        download = path("<int:pk>/mail.eml", MailDownloadView.as_view(), name="download")
        return [*super().get_urlpatterns(), download]

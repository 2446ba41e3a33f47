"""Every mail of the site in Wagtail's admin: looking at it, and sending a failed one again."""

import django_filters
from django import forms
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.generic import TemplateView, View
from wagtail.admin import messages
from wagtail.admin.admin_url_finder import AdminURLFinder
from wagtail.admin.filters import DateRangePickerWidget, WagtailFilterSet
from wagtail.admin.ui.tables import Column, DateColumn, StatusTagColumn, TitleColumn
from wagtail.admin.views.generic import IndexView, InspectView
from wagtail.admin.views.generic.base import WagtailAdminTemplateMixin
from wagtail.admin.views.generic.permissions import PermissionCheckedMixin
from wagtail.log_actions import log

from workflows.core.admin import MAY_SEE
from workflows.core.exceptions import MailNotResendable
from workflows.core.states import UNFINISHED, MailState
from workflows.mail.kinds import all_kinds, label_of
from workflows.mail.outbox import send_again
from workflows.mail.reading import read_mail
from workflows.models import OutgoingMail

SENT_AGAIN = "affiliate_workflows.send_again"

WHAT_HAPPENS_NEXT = {
    MailState.QUEUED: gettext_lazy("It waits for its turn. Nothing to do."),
    MailState.SENDING: gettext_lazy("It is on its way to the mail server. Nothing to do."),
    MailState.SENT: gettext_lazy("The mail server took it. Nothing to do."),
    MailState.FAILED: gettext_lazy(
        "It could not be delivered, and nobody tries any more. Read the server's answer, put right "
        "what was wrong, then send it again."
    ),
    MailState.UNCERTAIN: gettext_lazy(
        "The connection broke before the mail server answered. The same mail goes out once more, "
        "so it may arrive twice."
    ),
    MailState.OBSOLETE: gettext_lazy("It was no longer needed when its turn came. Nothing to do."),
    MailState.SUPPRESSED: gettext_lazy("It was held back and is not sent."),
}


def title_of(mail: OutgoingMail) -> str:
    """The subject, or the kind as long as the mail is not written."""
    return mail.subject_line or label_of(mail.kind)


def kind_choices() -> list[tuple[str, str]]:
    return [(kind.name, str(kind.label)) for kind in all_kinds()]


class MailFilterSet(WagtailFilterSet):
    state = django_filters.MultipleChoiceFilter(
        choices=MailState.choices, widget=forms.CheckboxSelectMultiple, label=gettext_lazy("State")
    )
    kind = django_filters.MultipleChoiceFilter(
        choices=kind_choices, widget=forms.CheckboxSelectMultiple, label=gettext_lazy("Kind")
    )
    created_at = django_filters.DateFromToRangeFilter(
        widget=DateRangePickerWidget, label=gettext_lazy("Queued")
    )

    class Meta:
        model = OutgoingMail
        fields = ["state", "kind", "created_at"]


class MailIndexView(IndexView):
    any_permission_required = MAY_SEE
    is_searchable = True
    search_fields = ["recipient", "recipient_name", "subject_line", "message_id", "key"]
    filterset_class = MailFilterSet
    columns = [
        TitleColumn(
            "subject_line",
            label=gettext_lazy("Subject"),
            accessor=title_of,
            url_name="outgoing_mail:inspect",
        ),
        Column(
            "kind",
            label=gettext_lazy("Kind"),
            accessor=lambda mail: label_of(mail.kind),
            classname="mail-wide-only",
        ),
        Column(
            "recipient",
            label=gettext_lazy("Recipient"),
            sort_key="recipient",
            classname="mail-breaks",
        ),
        StatusTagColumn(
            "state",
            label=gettext_lazy("State"),
            accessor="get_state_display",
            primary=lambda mail: mail.state != MailState.FAILED,
            sort_key="state",
        ),
        DateColumn(
            "created_at",
            label=gettext_lazy("Queued"),
            sort_key="created_at",
            classname="mail-wide-only",
        ),
        DateColumn(
            "sent_at", label=gettext_lazy("Sent"), sort_key="sent_at", classname="mail-wide-only"
        ),
    ]

    def get_base_queryset(self) -> QuerySet[OutgoingMail]:
        """Without the mails' bytes: a page of them could be many megabytes."""
        return super().get_base_queryset().defer("message", "answer")


class MailInspectView(InspectView):
    any_permission_required = MAY_SEE
    page_title = gettext_lazy("Mail")
    template_name = "affiliate_workflows/admin/mail.html"
    model = OutgoingMail
    object: OutgoingMail

    def get_page_subtitle(self) -> str:
        return title_of(self.object)

    def get_fields(self) -> list[str]:
        """None of Wagtail's generic ones: the template names what it shows."""
        return []

    @property
    def header_more_buttons(self) -> list:
        return []

    @property
    def may_send_again(self) -> bool:
        return self.object.state == MailState.FAILED and self.user_has_permission("change")

    def get_context_data(self, **kwargs):
        mail = self.object
        subject = mail.subject
        return {
            **super().get_context_data(**kwargs),
            "mail": mail,
            "kind": label_of(mail.kind),
            "next_step": WHAT_HAPPENS_NEXT[MailState(mail.state)],
            "is_unfinished": mail.state in UNFINISHED,
            "may_send_again": self.may_send_again,
            "subject": subject,
            "subject_url": subject and AdminURLFinder(self.request.user).get_edit_url(subject),
            "content": read_mail(bytes(mail.message)) if mail.message else None,
        }


class MailDownloadView(PermissionCheckedMixin, View):
    """The exact bytes, for a mail program or for a closer look."""

    any_permission_required = MAY_SEE
    model = OutgoingMail

    def get(self, request: HttpRequest, pk: int) -> HttpResponse:
        mail = get_object_or_404(OutgoingMail, pk=pk, message__isnull=False)
        return HttpResponse(
            bytes(mail.message or b""),
            content_type="message/rfc822",
            headers={
                "Content-Disposition": f'attachment; filename="mail-{mail.pk}.eml"',
                "X-Content-Type-Options": "nosniff",
            },
        )


class SendAgainView(PermissionCheckedMixin, WagtailAdminTemplateMixin, TemplateView):
    permission_required = "change"
    model = OutgoingMail
    page_title = gettext_lazy("Send again")
    header_icon = "mail"
    template_name = "affiliate_workflows/admin/send_again.html"

    def setup(self, request: HttpRequest, *args, **kwargs) -> None:
        super().setup(request, *args, **kwargs)
        mails = OutgoingMail.objects.defer("message")
        self.mail = get_object_or_404(mails, pk=kwargs["pk"])

    def get_page_subtitle(self) -> str:
        return title_of(self.mail)

    def get_breadcrumbs_items(self):
        return [
            *self.breadcrumbs_items,
            {"url": reverse("outgoing_mail:index"), "label": _("Mails")},
            {"url": self._mail_url, "label": title_of(self.mail)},
            {"url": "", "label": self.page_title},
        ]

    def get_context_data(self, **kwargs):
        return super().get_context_data(mail=self.mail, mail_url=self._mail_url, **kwargs)

    def post(self, request: HttpRequest, pk: int) -> HttpResponse:
        try:
            send_again(mail=self.mail)
        except MailNotResendable as error:
            messages.error(request, str(error))
        else:
            log(self.mail, SENT_AGAIN, user=request.user)
            messages.success(request, _("The mail is queued and goes out at its next turn."))
        return redirect(self._mail_url)

    @property
    def _mail_url(self) -> str:
        return reverse("outgoing_mail:inspect", args=[self.mail.pk])

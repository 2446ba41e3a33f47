"""The demo's mailbox: every mail that was handed to the mail server, as it was sent.

Only the demo has its addresses, since it shows everybody's mail to everybody.
"""

from dataclasses import dataclass
from email import message_from_bytes, policy
from email.message import EmailMessage
from typing import cast

from django.core.paginator import Paginator
from django.db.models import QuerySet
from django.db.models.functions import Now
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.views.decorators.clickjacking import xframe_options_sameorigin
from django.views.decorators.http import require_safe

from program_site.middleware import POLICY
from workflows.core.states import UNFINISHED
from workflows.models import OutgoingMail

MAILS_PER_PAGE = 20
# Nothing from outside, no scripts: a mail shows what it brought along. Its links open new tabs.
MAIL_POLICY = "default-src 'none'; style-src 'unsafe-inline'; img-src data:"


@dataclass(frozen=True)
class SentMail:
    """A mail as its bytes say, not as the row says."""

    row: OutgoingMail

    @property
    def message(self) -> EmailMessage:
        content = message_from_bytes(bytes(self.row.message or b""), policy=policy.default)
        return cast(EmailMessage, content)

    @property
    def headers(self) -> list[tuple[str, str]]:
        return [(name, str(value)) for name, value in self.message.items()]

    @property
    def text(self) -> str:
        return self.part("plain")

    @property
    def html(self) -> str:
        return self.part("html")

    def part(self, subtype: str) -> str:
        part = self.message.get_body(preferencelist=(subtype,))
        return part.get_content() if part else ""


def mails_on_their_way() -> QuerySet[OutgoingMail]:
    """Not those that wait for a later hour: loading the page again would not show them."""
    return OutgoingMail.objects.filter(state__in=UNFINISHED, next_attempt_at__lte=Now())


@require_safe
def mailbox(request: HttpRequest) -> HttpResponse:
    rows = OutgoingMail.objects.filter(message__isnull=False).order_by("-pk")
    page = Paginator(rows, MAILS_PER_PAGE).get_page(request.GET.get("page"))
    waiting = mails_on_their_way().count()
    context = {"mails": [SentMail(row) for row in page], "page_of_mails": page, "waiting": waiting}
    response = render(request, "program_site/mailbox.html", context)
    response["Content-Security-Policy"] = f"{POLICY}; frame-src 'self'"
    return response


@require_safe
@xframe_options_sameorigin
def html_part(request: HttpRequest, pk: int) -> HttpResponse:
    html = SentMail(get_object_or_404(OutgoingMail, pk=pk, message__isnull=False)).html
    if not html:
        raise Http404
    response = HttpResponse(html.replace("<head>", '<head><base target="_blank">', 1))
    response["Content-Security-Policy"] = MAIL_POLICY
    return response

"""Send imported groups their welcome: the numbers and an example first."""

from typing import Any

from django import forms
from django.core.validators import MaxValueValidator, MinValueValidator
from django.utils import timezone
from django.utils.functional import cached_property
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from affiliates.affiliations.admin.chosen import ChosenView
from affiliates.affiliations.forms import PlainForm
from affiliates.models import Affiliation
from affiliates.requirements.mails import GROUP_WELCOME
from affiliates.requirements.services.welcoming import to_welcome, welcome
from workflows.mail.admin.wordings import preview_of
from workflows.mail.kinds import get_kind
from workflows.mail.wordings import wording_for

A_DAY = 50


class WelcomeForm(PlainForm):
    per_day = forms.IntegerField(
        label=_("How many groups a day?"),
        help_text=_("The first ones now, the others on the next business days. At most 1,000."),
        initial=A_DAY,
        validators=[MinValueValidator(1), MaxValueValidator(1000)],
        error_messages={
            "required": _("Please give a number."),
            "invalid": _("Please give a whole number, such as 50."),
        },
    )


class WelcomeView(ChosenView):
    form_class = WelcomeForm
    template_name = "affiliates/requirements/admin/welcome.html"
    page_title = _("Send the welcome")
    header_icon = "mail"
    button = _("Send the welcome")
    explanation = (
        _("Each contact gets one email with a private link to the group’s own page."),
        _("If your program asks for it, the email asks to affirm your beliefs and obligations."),
        _("A group is welcomed only once, so you can come back to this page at any time."),
    )

    @cached_property
    def fresh(self) -> list[Affiliation]:
        return to_welcome(self.chosen)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        number = len(self.fresh)
        language = self.fresh[0].language if self.fresh else ""
        kind = get_kind(GROUP_WELCOME)
        return super().get_context_data(
            fresh=number,
            left_out=self.count - number,
            days=-(-number // A_DAY),
            a_day=A_DAY,
            preview=preview_of(kind, wording_for(kind, language)),
            **kwargs,
        )

    def act(self, data: dict[str, Any]) -> None:
        who = {"user": self.request.user, "now": timezone.now()}
        count = welcome(affiliations=self.chosen, **data, **who)
        text = ngettext(
            "The welcome is on its way to %(count)d group.",
            "The welcome is on its way to %(count)d groups.",
            count,
        )
        self.done = text % {"count": count}

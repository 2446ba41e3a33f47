from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _
from wagtail.admin.widgets import AdminAutoHeightTextInput

from workflows.core.plain_text import lines, one_line
from workflows.mail.grammar import misplaced_lists, unknown_placeholders
from workflows.mail.kinds import MailKind

LONGEST_SHOWN = 40


class WordingForm(forms.Form):
    """An editor's subject and text for one kind of mail."""

    subject = forms.CharField(label=_("Subject"), max_length=200)
    text = forms.CharField(
        label=_("Text"),
        max_length=20_000,
        widget=AdminAutoHeightTextInput,
        help_text=_(
            "An empty line starts a new paragraph. Lines that start with “- ” make a list. "
            "A link on a line of its own, below a line of words, becomes a button with these "
            "words. A placeholder for a list stands on a line of its own."
        ),
    )

    def __init__(self, *args, kind: MailKind, **kwargs):
        super().__init__(*args, **kwargs)
        self.kind = kind

    def clean_subject(self) -> str:
        subject = self._checked(one_line(self.cleaned_data["subject"]))
        if misplaced := misplaced_lists(subject, "", self.kind):
            raise ValidationError(
                gettext("A list does not fit into a subject. Take out %(shown)s."),
                code="misplaced_list",
                params={"shown": misplaced[0]},
            )
        return subject

    def clean_text(self) -> str:
        text = self._checked(lines(self.cleaned_data["text"]).strip())
        if misplaced := misplaced_lists("", text, self.kind):
            raise ValidationError(
                gettext("%(shown)s is a list. Put it on a line of its own."),
                code="misplaced_list",
                params={"shown": misplaced[0]},
            )
        return text

    def _checked(self, text: str) -> str:
        if unknown := list(dict.fromkeys(unknown_placeholders(text, self.kind))):
            raise ValidationError(self._complaint(unknown), code="unknown_placeholder")
        return text

    def _complaint(self, unknown: list[str]) -> str:
        shown = ", ".join(f"“{name[:LONGEST_SHOWN]}”" for name in unknown)
        allowed = ", ".join(f"{{{placeholder.name}}}" for placeholder in self.kind.offered)
        begin = ngettext(
            "This email has no placeholder %(shown)s.",
            "This email has no placeholders %(shown)s.",
            len(unknown),
        ) % {"shown": shown}
        return begin + " " + gettext("You can use: %(allowed)s.") % {"allowed": allowed}

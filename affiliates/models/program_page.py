import hashlib
import unicodedata
from dataclasses import dataclass
from zoneinfo import available_timezones

from django.contrib.auth.models import Group
from django.core.validators import MaxValueValidator
from django.db import models
from django.utils.translation import gettext_lazy as _
from modelcluster.fields import ParentalKey
from wagtail import blocks
from wagtail.contrib.forms.models import AbstractFormField
from wagtail.fields import RichTextField, StreamField
from wagtail.images import get_image_model_string

from affiliates.base_page import Page
from affiliates.states import StatementKind

PLAIN_FEATURES = ["bold", "italic", "link", "ol", "ul"]


@dataclass(frozen=True)
class Statement:
    """A belief, obligation or benefit: its stable id and its text."""

    id: str
    text: str

    @property
    def text_hash(self) -> str:
        """SHA-256 of the text in Unicode NFC, in hexadecimal digits."""
        return hashlib.sha256(unicodedata.normalize("NFC", self.text).encode()).hexdigest()


def statements_field(label, help_text, **kwargs):
    """An ordered list of texts whose ids survive editing, moving and translating."""
    return StreamField(
        [("statement", blocks.TextBlock(label=_("Statement"), max_length=600, rows=2))],
        verbose_name=label,
        help_text=help_text,
        **kwargs,
    )


def days(label, default, help_text=""):
    return models.PositiveSmallIntegerField(
        label, default=default, help_text=help_text, validators=[MaxValueValidator(730)]
    )


def time_zones() -> list[tuple[str, str]]:
    return [(name, name) for name in sorted(available_timezones())]


class AffiliateProgramMixin(models.Model):
    """What a program promises and asks: the fields of the program page."""

    introduction = RichTextField(_("introduction"), features=PLAIN_FEATURES)
    beliefs = statements_field(
        _("core beliefs"), _("Applicants accept each one by itself."), blank=True
    )
    obligations = statements_field(
        _("obligations"), _("What an affiliate promises. Applicants accept each one."), blank=True
    )
    benefits = statements_field(_("benefits"), _("What an affiliate gets in return."), blank=True)
    how_to_apply = RichTextField(_("how to apply"), features=PLAIN_FEATURES, blank=True)
    badge = models.ForeignKey(
        get_image_model_string(),
        on_delete=models.SET_NULL,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("badge"),
        help_text=_("The picture that affiliates show on their website or social media."),
    )
    applications_open = models.BooleanField(
        _("takes applications"),
        default=True,
        help_text=_("Take the tick away to close the form. People who are typing are told."),
    )
    contact_name = models.CharField(
        _("person to write to"), max_length=255, blank=True, help_text=_("Named in mails.")
    )
    contact_email = models.EmailField(
        _("e-mail to write to"), max_length=254, help_text=_("Shown to applicants.")
    )
    review_group = models.ForeignKey(
        Group,
        on_delete=models.SET_NULL,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("reviewers"),
        help_text=_("Get a mail about each new application. Empty: the person to write to does."),
    )
    escalation_group = models.ForeignKey(
        Group,
        on_delete=models.SET_NULL,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("escalation group"),
        help_text=_("Is told when a review or an update is late."),
    )
    time_zone = models.CharField(_("time zone"), max_length=64, default="America/New_York")
    sending_hour = models.PositiveSmallIntegerField(
        _("sending hour"),
        default=9,
        validators=[MaxValueValidator(23)],
        help_text=_("Reminders go out at this hour (0 to 23) in the program's time zone."),
    )
    review_reminder_days = days(_("remind reviewers after"), 3)
    review_days = days(_("decide within"), 5, _("Business days. Applicants are told this date."))
    review_escalation_days = days(_("tell the escalation group after"), 7)
    review_second_escalation_days = days(_("tell it again after"), 14)
    update_interval_months = models.PositiveSmallIntegerField(
        _("update interval"),
        default=3,
        validators=[MaxValueValidator(60)],
        help_text=_("Months between two updates that an affiliate owes."),
    )
    update_ask_days = days(_("ask this many days before"), 14)
    update_reminder_days = days(_("remind after"), 7)
    update_alternate_days = days(_("write to the second contact, too, after"), 21)
    update_attention_days = days(_("mark as “needs attention” after"), 30)
    update_call_days = days(_("ask staff to call after"), 60)
    update_pause_days = days(_("offer staff to pause the listing after"), 90)

    class Meta:
        abstract = True

    def statements(self, field: str) -> list[Statement]:
        """The statements of ``beliefs``, ``obligations`` or ``benefits``, in order."""
        return [Statement(id=block.id, text=str(block.value)) for block in getattr(self, field)]

    def statements_to_accept(self) -> list[tuple[StatementKind, Statement]]:
        return [
            *((StatementKind.BELIEF, item) for item in self.statements("beliefs")),
            *((StatementKind.OBLIGATION, item) for item in self.statements("obligations")),
        ]


class AffiliateProgramPage(AffiliateProgramMixin, Page):
    """The page where a program is explained, with the directory of its affiliates."""

    class Meta:
        verbose_name = _("affiliate program page")
        verbose_name_plural = _("affiliate program pages")


class ApplicationQuestion(AbstractFormField):
    """One of the editors' extra questions on the application form."""

    program = ParentalKey(AffiliateProgramPage, on_delete=models.CASCADE, related_name="questions")

    class Meta(AbstractFormField.Meta):
        abstract = False
        verbose_name = _("question")
        verbose_name_plural = _("questions")

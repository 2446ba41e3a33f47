from django.conf import settings
from django.contrib.auth.models import Group
from django.core.exceptions import ValidationError
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from modelcluster.fields import ParentalKey
from wagtail.api import APIField
from wagtail.contrib.forms.models import AbstractFormField
from wagtail.fields import RichTextField
from wagtail.images import get_image_model_string
from wagtail.search import index

from affiliates.core.people import NAME_LENGTH, clean_person_name
from affiliates.core.regions.coverage import Coverage
from affiliates.core.states import StatementKind
from affiliates.core.text import clean_line, clean_name
from affiliates.models import page_checks
from affiliates.models.base_page import ContextFromAbove, Page
from affiliates.models.coverage import countries_field, country_errors
from affiliates.models.fields import (
    RichTextSerializer,
    Statement,
    StatementsSerializer,
    optional_relation,
    statements_field,
)
from affiliates.models.networks import ShowsNetworks, network_errors, networks_field
from affiliates.models.updates_routes import UpdatesRoutes
from workflows.core.time_zones import time_zones

PLAIN_FEATURES = ["bold", "italic", "link", "ol", "ul"]
REVIEWER_FIELDS = ("review_group", "escalation_group", "director")
"""Whoever they name may see and decide everything of the program; see ``programs.reviewers``."""
STATEMENT_FIELDS = ("beliefs", "obligations", "benefits")
CLEANERS = {
    "title": clean_name,
    "contact_name": clean_person_name,
    "region_word": clean_line,
}


def days(label, default, help_text=""):
    return models.PositiveSmallIntegerField(
        label, default=default, help_text=help_text, validators=[MaxValueValidator(730)]
    )


class AffiliateProgramMixin(ShowsNetworks, ContextFromAbove):
    """The fields of a program page: what the program promises and asks."""

    introduction = RichTextField(_("introduction"), features=PLAIN_FEATURES)
    beliefs = statements_field(_("core beliefs"), _("Applicants accept each one separately."))
    obligations = statements_field(
        _("obligations"), _("What an affiliate promises. Applicants accept each one.")
    )
    benefits = statements_field(_("benefits"), _("What an affiliate gets in return."), blank=True)
    how_to_apply = RichTextField(_("how to apply"), features=PLAIN_FEATURES, blank=True)
    badge = optional_relation(
        get_image_model_string(),
        _("badge"),
        help_text=_("The picture that affiliates show on their website or social media."),
    )
    applications_open = models.BooleanField(
        _("takes applications"),
        default=True,
        help_text=_("Uncheck to close the form. People who are filling it in are told."),
    )
    countries = countries_field()
    region_word = models.CharField(
        _("what a region is called"),
        max_length=40,
        blank=True,
        help_text=_(
            "As within a sentence, such as “state” or “Bundesland”. Empty: as is usual in these "
            "countries."
        ),
    )
    networks = networks_field()
    contact_name = models.CharField(
        _("contact person"), max_length=NAME_LENGTH, blank=True, help_text=_("Named in emails.")
    )
    contact_email = models.EmailField(
        _("contact email"), max_length=254, help_text=_("Shown to applicants.")
    )
    review_group = optional_relation(
        Group,
        _("reviewers"),
        help_text=_(
            "Decide on applications, and get one list a day of what is waiting. Empty: the "
            "program’s contact gets it."
        ),
    )
    escalation_group = optional_relation(
        Group, _("escalation group"), help_text=_("Is told when a review or an update is late.")
    )
    director = optional_relation(
        settings.AUTH_USER_MODEL,
        _("director"),
        help_text=_("Is told when nothing else has helped. Empty: the escalation group again."),
    )
    time_zone = models.CharField(
        _("time zone"), max_length=64, choices=time_zones, default="America/New_York"
    )
    sending_hour = models.PositiveSmallIntegerField(
        _("sending hour"),
        default=9,
        validators=[MaxValueValidator(23)],
        help_text=_("Reminders go out at this hour (0 to 23) in the program's time zone."),
    )
    holidays_of = models.CharField(
        _("public holidays of"),
        max_length=64,
        blank=True,
        default="US",
        help_text=_(
            "The country or region of your office. Its public holidays are no business days. Such "
            "as: US, Ontario, US-CA, DE-BY for Bavaria. Empty: only weekends are off."
        ),
    )
    review_reminder_days = days(_("remind reviewers after"), 3)
    review_days = days(_("decide within"), 5, _("Business days. Applicants are told this date."))
    review_escalation_days = days(_("tell the escalation group after"), 7)
    review_second_escalation_days = days(_("tell the director after"), 14)
    answer_reminder_days = days(
        _("remind the group after"), 7, _("Days, when a reviewer has asked it something.")
    )
    answer_days = days(
        _("the group answers within"), 14, _("Days. After that, reviewers are told to call.")
    )
    update_interval_months = models.PositiveSmallIntegerField(
        _("update interval"),
        default=3,
        validators=[MinValueValidator(1), MaxValueValidator(60)],
        help_text=_("Months between two updates that an affiliate owes."),
    )
    update_ask_days = days(_("ask this many days before"), 14)
    update_reminder_days = days(_("remind after"), 7)
    update_alternate_days = days(_("write to the second contact, too, after"), 21)
    update_attention_days = days(_("mark as “needs attention” after"), 30)
    update_call_days = days(_("ask staff to call after"), 60)
    update_pause_days = days(_("offer staff to pause the listing after"), 90)
    support_days = days(
        _("answer a call for help within"), 5, _("Business days. Affiliates are told this date.")
    )

    search_fields = [
        *Page.search_fields,
        *map(index.SearchField, ("introduction", *STATEMENT_FIELDS, "how_to_apply")),
        index.FilterField("applications_open"),
    ]
    api_fields = [
        APIField("introduction", serializer=RichTextSerializer()),
        *(APIField(field, serializer=StatementsSerializer()) for field in STATEMENT_FIELDS),
        APIField("how_to_apply", serializer=RichTextSerializer()),
        *map(APIField, ("badge", "applications_open", "contact_email")),
        *map(APIField, ("review_days", "update_interval_months")),
    ]

    class Meta:
        abstract = True

    def clean(self):
        """Raises ``ValidationError`` by field; see ``models.page_checks``."""
        super().clean()
        errors = {
            **page_checks.clean_texts(self, CLEANERS),
            **page_checks.clean_statements(self, STATEMENT_FIELDS),
            **page_checks.ladder_errors(self),
            **page_checks.slug_errors(self),
            **page_checks.picture_errors(self, "badge"),
            **country_errors(self),
            **network_errors(self),
            **page_checks.holiday_errors(self),
        }
        if errors:
            raise ValidationError(errors)

    def statements(self, field: str) -> list[Statement]:
        """``field`` is ``beliefs``, ``obligations`` or ``benefits``."""
        return [Statement(id=block.id, text=str(block.value)) for block in getattr(self, field)]

    def statements_to_accept(self) -> list[tuple[StatementKind, Statement]]:
        return [
            *((StatementKind.BELIEF, item) for item in self.statements("beliefs")),
            *((StatementKind.OBLIGATION, item) for item in self.statements("obligations")),
        ]

    @property
    def country_rows(self) -> list[dict[str, str]]:
        """``country`` and ``regions`` of each, without making blocks of them."""
        return [row["value"] for row in self.countries.raw_data]

    @property
    def coverage(self) -> Coverage:
        return Coverage.of(self.country_rows, self.region_word)

    @property
    def apply_url(self) -> str:
        return reverse("affiliates:apply", args=[self.slug])


class AffiliateProgramPage(UpdatesRoutes, AffiliateProgramMixin, Page):
    template = "affiliates/directory/affiliate_program_page.html"
    page_description = _("Explains a program, takes applications and lists its affiliates.")
    subpage_types = ["affiliates.AffiliatePage"]

    class Meta:
        verbose_name = _("affiliate program page")
        verbose_name_plural = _("affiliate program pages")


class ApplicationQuestion(AbstractFormField):
    program = ParentalKey(AffiliateProgramPage, on_delete=models.CASCADE, related_name="questions")

    class Meta(AbstractFormField.Meta):
        abstract = False
        verbose_name = _("question")
        verbose_name_plural = _("questions")


class ProgramReview(models.Model):
    """A program's review task. Not a page field: publishing an old revision would bring it back."""

    program = models.OneToOneField(
        "affiliates.AffiliateProgramPage", on_delete=models.CASCADE, related_name="own_review"
    )
    task = models.OneToOneField(
        "affiliate_workflows.ReviewTask", on_delete=models.CASCADE, related_name="+"
    )

    class Meta:
        verbose_name = _("review of a program")
        verbose_name_plural = _("reviews of programs")

    def __str__(self) -> str:
        return str(self.task)

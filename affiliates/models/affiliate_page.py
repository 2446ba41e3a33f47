from django.core.exceptions import ValidationError
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.utils.translation import gettext_lazy as _
from modelcluster.fields import ParentalKey
from wagtail.api import APIField
from wagtail.fields import RichTextField
from wagtail.images import get_image_model_string
from wagtail.models import Orderable
from wagtail.rich_text import get_text_for_indexing
from wagtail.search import index

from affiliates.core.networks import LONGEST_NAME, choices
from affiliates.core.networks.known import WEBSITE
from affiliates.core.networks.links import LINK_LENGTH, clean_link
from affiliates.core.regions import all_names, region_name
from affiliates.core.states import Scope
from affiliates.core.text import clean_line, clean_name, clean_text
from affiliates.models import page_checks
from affiliates.models.base_page import ContextFromAbove, Page
from affiliates.models.copies import PageOfGroup
from affiliates.models.coverage import region_field
from affiliates.models.fields import FoldedField, RichTextSerializer, optional_relation
from affiliates.models.networks import ShownLinksSerializer

SUMMARY_LENGTH = 500


def clean_summary(value: str) -> str:
    return clean_text(value, max_length=SUMMARY_LENGTH)


class AffiliateMixin(PageOfGroup, ContextFromAbove):
    """The public fields of an affiliate. Its name is the page's title."""

    region = region_field()
    scope = models.CharField(_("scope"), max_length=16, choices=Scope.choices, default=Scope.STATE)
    locality = models.CharField(
        _("town or county"), max_length=255, blank=True, help_text=_("For local groups.")
    )
    summary = models.TextField(
        _("summary"),
        max_length=SUMMARY_LENGTH,
        help_text=_("One or two sentences for the directory."),
    )
    body = RichTextField(_("about the group"), blank=True)
    logo = optional_relation(get_image_model_string(), _("logo"))
    affiliated_since = models.DateField(_("affiliated since"), null=True, blank=True)
    update_interval_months = models.PositiveSmallIntegerField(
        _("update interval"),
        null=True,
        blank=True,
        validators=[MinValueValidator(1), MaxValueValidator(60)],
        help_text=_("Months between two updates. Empty: as the program says."),
    )
    directory_name = FoldedField(source="get_directory_name")
    directory_words = FoldedField(source="get_directory_words")

    search_fields = [
        *Page.search_fields,
        *map(index.SearchField, ("summary", "body", "locality", "get_region_display")),
        *map(index.FilterField, ("region", "scope")),
    ]
    api_fields = [
        *map(APIField, ("region", "scope", "locality", "summary")),
        APIField("body", serializer=RichTextSerializer()),
        APIField("links", serializer=ShownLinksSerializer()),
        *map(APIField, ("logo", "affiliated_since")),
    ]

    class Meta:
        abstract = True

    def clean(self):
        """Raises ``ValidationError`` by field; see ``page_checks``."""
        super().clean()
        self.clean_content()

    def clean_content(self):
        """Without Wagtail's own checks, which cost queries."""
        cleaners = {"title": clean_name, "locality": clean_line, "summary": clean_summary}
        errors = page_checks.clean_texts(self, cleaners) | page_checks.place_errors(self)
        errors |= page_checks.route_errors(self) | page_checks.picture_errors(self, "logo")
        if errors:
            raise ValidationError(errors)

    def get_directory_name(self) -> str:
        return self.title

    def get_directory_words(self) -> str:
        """Text that the directory's search covers; override it to add your fields."""
        about = get_text_for_indexing(self.body)
        names = all_names(self.region)
        return " ".join((self.title, self.locality, *names, self.summary, about))

    def get_region_display(self) -> str:
        return region_name(self.region)


class AffiliatePage(AffiliateMixin, Page):
    template = "affiliates/directory/affiliate_page.html"
    page_description = _("Presents one affiliate, with its links and where it works.")
    parent_page_types = ["affiliates.AffiliateProgramPage"]
    subpage_types: list[str] = []

    class Meta:
        verbose_name = _("affiliate page")
        verbose_name_plural = _("affiliate pages")


class AffiliateLink(Orderable):
    affiliate = ParentalKey(AffiliatePage, on_delete=models.CASCADE, related_name="links")
    network = models.CharField(_("network"), max_length=LONGEST_NAME, choices=choices)
    url = models.CharField(
        _("address"),
        max_length=LINK_LENGTH,
        help_text=_("As copied from the browser, such as www.example.org, or a handle: @group"),
    )

    class Meta(Orderable.Meta):
        abstract = False
        verbose_name = _("link")
        verbose_name_plural = _("links")

    def __str__(self) -> str:
        return self.url

    def clean(self):
        """Normalizes the address; see ``affiliates.core.networks.links``. Which networks the
        program shows is for forms to know.
        """
        super().clean()
        errors = page_checks.clean_texts(self, {"url": self._clean_url})
        if errors:
            raise ValidationError(errors)

    def _clean_url(self, value: str) -> str:
        return clean_link(self.network, value, (WEBSITE,) if self.network == WEBSITE else None)

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

from affiliates import page_checks, queries
from affiliates.base_page import Page
from affiliates.models.folded_field import FoldedField
from affiliates.networks import LINK_LENGTH, clean_link
from affiliates.regions import REGION_CHOICES, region_name
from affiliates.serializers import RichTextSerializer
from affiliates.sharing import affiliate_card_url
from affiliates.states import Network, Scope
from affiliates.structured_data import affiliate_data, as_json_ld
from affiliates.text import clean_line, clean_name, clean_text
from affiliates.wagtail_admin import panels

SUMMARY_LENGTH = 500
LATEST_UPDATES = 3


def clean_summary(value: str) -> str:
    return clean_text(value, max_length=SUMMARY_LENGTH)


class AffiliateMixin(models.Model):
    """What is public about an affiliate. The name of the group is the page's title."""

    region = models.CharField(
        _("state or province"), max_length=6, choices=REGION_CHOICES, db_index=True
    )
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
    logo = models.ForeignKey(
        get_image_model_string(),
        on_delete=models.SET_NULL,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("logo"),
    )
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
        index.SearchField("summary"),
        index.SearchField("body"),
        index.SearchField("locality"),
        index.SearchField("get_region_display"),
        index.FilterField("region"),
        index.FilterField("scope"),
    ]
    api_fields = [
        APIField("region"),
        APIField("scope"),
        APIField("locality"),
        APIField("summary"),
        APIField("body", serializer=RichTextSerializer()),
        APIField("logo"),
        APIField("links"),
        APIField("affiliated_since"),
    ]

    class Meta:
        abstract = True

    def clean(self):
        """Raises ``ValidationError`` with messages by field; see ``affiliates.page_checks``."""
        super().clean()
        cleaners = {"title": clean_name, "locality": clean_line, "summary": clean_summary}
        errors = page_checks.clean_texts(self, cleaners) | page_checks.place_errors(self)
        errors |= page_checks.route_errors(self)
        if errors:
            raise ValidationError(errors)

    def get_directory_name(self) -> str:
        return self.title

    def get_directory_words(self) -> str:
        """What the directory's search looks through; override it to add a field of yours."""
        about = get_text_for_indexing(self.body)
        return " ".join((self.title, self.locality, region_name(self.region), self.summary, about))

    def get_context(self, request, *args, **kwargs):
        """For the template: ``program``, ``contact_email`` (the program's), ``links`` (each has
        ``url`` and ``get_network_display``), ``region_name``, ``region_anchor``,
        ``structured_data``, ``card_url``, ``updates`` (the newest few of the group) and
        ``has_more_updates``.
        """
        program = self.get_parent().specific
        links = list(self.links.all())
        return super().get_context(request, *args, **kwargs) | {
            "program": program,
            "contact_email": program.contact_email,
            "links": links,
            "region_name": region_name(self.region),
            "region_anchor": queries.region_anchor(self.region),
            "structured_data": as_json_ld(affiliate_data(self, program, links, request)),
            "card_url": affiliate_card_url(self, program, request),
            **self.latest_updates(),
        }

    def latest_updates(self):
        """``updates``, the newest few that are published, and ``has_more_updates``."""
        from affiliates.queries_updates import published_updates_on

        found = list(published_updates_on(self)[: LATEST_UPDATES + 1])
        return {
            "updates": found[:LATEST_UPDATES],
            "has_more_updates": len(found) > LATEST_UPDATES,
        }


class AffiliatePage(AffiliateMixin, Page):  # noqa: DJ008 (pages have one)
    """One affiliate, below its program."""

    page_description = _("Presents one affiliate, with its links and where it works.")
    parent_page_types = ["affiliates.AffiliateProgramPage"]
    subpage_types: list[str] = []
    edit_handler = panels.affiliate_tabs()

    class Meta:
        verbose_name = _("affiliate page")
        verbose_name_plural = _("affiliate pages")

    def get_review_policy(self, task):
        """The program's days and people count, not the task's; see ``workflows.review_policy``."""
        from affiliates.review_policies import affiliate_review_policy

        return affiliate_review_policy(self, task)

    @staticmethod
    def load_for_reviews(pages):
        """As ``get_review_policy``, for many pages with few queries."""
        from affiliates import review_policies

        review_policies.load_for_reviews(pages)

    def user_may_review(self, user):
        """Whoever is told of a late review may decide it; see ``workflows.models.ReviewTask``."""
        from affiliates.permissions import is_told_of_late_reviews

        return is_told_of_late_reviews(user, self.get_parent().specific)

    def get_review_hint(self, action):
        """What becomes of a reviewer's words; see ``workflows.models.ReviewTask``."""
        from affiliates.wagtail_admin.review_hints import hint_for

        return hint_for(self, action)


class AffiliateLink(Orderable):
    """Where a group can be found. One link per network."""

    affiliate = ParentalKey(AffiliatePage, on_delete=models.CASCADE, related_name="links")
    network = models.CharField(_("network"), max_length=16, choices=Network.choices)
    url = models.CharField(
        _("address"),
        max_length=LINK_LENGTH,
        help_text=_("As copied from the browser, such as www.example.org, or a handle: @group"),
    )

    api_fields = [APIField("network"), APIField("url")]

    class Meta(Orderable.Meta):
        abstract = False
        verbose_name = _("link")
        verbose_name_plural = _("links")

    def __str__(self) -> str:
        return self.url

    def clean(self):
        """Puts the clean address in place; see ``affiliates.networks``."""
        super().clean()
        errors = page_checks.clean_texts(self, {"url": self._clean_url})
        if errors:
            raise ValidationError(errors)

    def _clean_url(self, value: str) -> str:
        return clean_link(self.network, value)

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.utils.translation import gettext_lazy as _
from modelcluster.fields import ParentalKey
from wagtail.fields import RichTextField
from wagtail.images import get_image_model_string
from wagtail.models import Orderable

from affiliates.base_page import Page
from affiliates.regions import REGION_CHOICES
from affiliates.states import Network, Scope, Standing


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
        _("summary"), max_length=500, help_text=_("One or two sentences for the directory.")
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
    standing = models.CharField(
        _("standing"), max_length=16, choices=Standing.choices, default=Standing.GOOD
    )
    update_interval_months = models.PositiveSmallIntegerField(
        _("update interval"),
        null=True,
        blank=True,
        validators=[MinValueValidator(1), MaxValueValidator(60)],
        help_text=_("Months between two updates. Empty: as the program says."),
    )

    class Meta:
        abstract = True


class AffiliatePage(AffiliateMixin, Page):
    """One affiliate, below its program."""

    class Meta:
        verbose_name = _("affiliate page")
        verbose_name_plural = _("affiliate pages")


class AffiliateLink(Orderable):
    """Where a group can be found. One link per network."""

    affiliate = ParentalKey(AffiliatePage, on_delete=models.CASCADE, related_name="links")
    network = models.CharField(_("network"), max_length=16, choices=Network.choices)
    url = models.URLField(_("address"), max_length=500)

    class Meta(Orderable.Meta):
        abstract = False
        verbose_name = _("link")
        verbose_name_plural = _("links")

    def __str__(self) -> str:
        return self.url

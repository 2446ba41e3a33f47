from django.db import models
from django.utils.translation import gettext_lazy as _
from wagtail.admin.panels import FieldPanel
from wagtail.api import APIField
from wagtail.fields import RichTextField
from wagtail.models import Page
from wagtail.search import index

from affiliates.directory.queries import region_counts
from affiliates.models import AffiliateProgramPage
from affiliates.models.base_page import PublicPage


class HomePage(PublicPage, Page):
    """The site's front door: who we are, where to find a group, how to become one of them."""

    headline = models.CharField(
        _("headline"),
        max_length=120,
        blank=True,
        help_text=_("The first thing people read. Empty: the page's title."),
    )
    lead = models.TextField(
        _("lead"),
        blank=True,
        max_length=400,
        help_text=_("One or two sentences below the headline."),
    )
    body = RichTextField(_("text"), blank=True, features=["bold", "italic", "link", "ol", "ul"])

    max_count = 1
    content_panels = [
        *Page.content_panels,
        FieldPanel("headline"),
        FieldPanel("lead"),
        FieldPanel("body"),
    ]
    search_fields = [*Page.search_fields, index.SearchField("lead"), index.SearchField("body")]
    api_fields = [APIField("headline"), APIField("lead"), APIField("body")]

    class Meta:
        verbose_name = _("home page")
        verbose_name_plural = _("home pages")

    def get_context(self, request, *args, **kwargs):
        """For the template: ``program`` (the first one below, or none), ``regions`` that have
        affiliates of it, and ``group_count``.
        """
        program = AffiliateProgramPage.objects.descendant_of(self).live().first()
        regions = region_counts(program) if program else []
        return super().get_context(request, *args, **kwargs) | {
            "program": program,
            "regions": regions,
            "group_count": sum(region.count for region in regions),
        }

from typing import Any

from django.db import models
from django.utils.translation import gettext_lazy as _
from wagtail.admin.panels import FieldPanel
from wagtail.api import APIField
from wagtail.fields import RichTextField
from wagtail.models import Page
from wagtail.search import index

from affiliates.directory.page_context import as_description
from affiliates.directory.queries import region_counts
from affiliates.models import AffiliateProgramPage
from affiliates.models.base_page import PublicPage

ADDRESS = ("title", "slug", "path", "depth", "url_path", "locale_id")
"""What of a page its link needs."""

SHOWN_OF_PROGRAM = (
    *(*ADDRESS, "contact_email", "applications_open", "review_days"),
    *("countries", "region_word", "networks"),
)
"""Of a program on pages that are not its own."""


def first_program(request: Any, root: Page) -> AffiliateProgramPage | None:
    """The first one below ``root``; asked once for a page and the frame around it."""
    key = f"_first_program_{root.pk}"
    if not hasattr(request, key):
        programs = AffiliateProgramPage.objects.descendant_of(root).live()
        setattr(request, key, programs.only(*SHOWN_OF_PROGRAM).first())
    return getattr(request, key)


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
        affiliates of it, ``group_count`` and ``meta_description``.
        """
        program = first_program(request, self)
        regions = region_counts(program) if program else []
        return super().get_context(request, *args, **kwargs) | {
            "program": program,
            "regions": regions,
            "group_count": sum(region.count for region in regions),
            "meta_description": self.search_description or self.lead or as_description(self.body),
        }

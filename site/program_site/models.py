from django.db import models
from wagtail.admin.panels import FieldPanel
from wagtail.fields import RichTextField
from wagtail.models import Page


class HomePage(Page):
    """The site's front door."""

    lead = models.TextField(blank=True, max_length=400)
    body = RichTextField(blank=True)

    max_count = 1
    content_panels = [*Page.content_panels, FieldPanel("lead"), FieldPanel("body")]

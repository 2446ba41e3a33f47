from wagtail.models import Page


class BarePage(Page):
    template = "bare_page/bare_page.html"

"""What stands around every page: the site's name, its menu and the way into the program."""

from dataclasses import dataclass, field

from django import template
from django.conf import settings
from wagtail.models import Page, Site

from affiliates.models import AffiliateProgramPage
from program_site.models import ADDRESS, first_program

register = template.Library()


@dataclass(frozen=True)
class MenuItem:
    title: str
    url: str
    current: str
    """The value for ``aria-current``: "page", "true" for the section of the page, or empty."""


@dataclass(frozen=True)
class Frame:
    name: str
    menu: list[MenuItem] = field(default_factory=list)
    program: AffiliateProgramPage | None = None


@register.simple_tag(takes_context=True)
def site_frame(context) -> Frame:
    """The frame of the page that is being rendered.

    Also works where there is no request (an error's page) or no Wagtail site yet: then it is the
    bare name, so that a page about a problem can never cause another one.
    """
    request = context.get("request")
    site = Site.find_for_request(request) if request else None
    if site is None:
        return Frame(name=settings.WAGTAIL_SITE_NAME)
    return Frame(
        name=site.site_name or settings.WAGTAIL_SITE_NAME,
        menu=[_menu_item(page, request) for page in _menu_pages(site)],
        program=first_program(request, site.root_page),
    )


def _menu_pages(site: Site):
    return Page.objects.child_of(site.root_page).live().in_menu().only(*ADDRESS)


def _menu_item(page: Page, request) -> MenuItem:
    url = page.get_url(request)
    inside = "true" if request.path.startswith(url) else ""
    return MenuItem(page.title, url, current="page" if request.path == url else inside)

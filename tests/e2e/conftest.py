"""A real Chromium against the real site, on free ports.

``CHROMIUM`` names the browser; without it the one on the path is taken. ``live_server`` is
pytest-django's.
"""

import os
import shutil

import pytest
from django.core.servers.basehttp import WSGIRequestHandler
from django.db import connections
from django.utils import timezone
from playwright.sync_api import sync_playwright
from wagtail.models import Page, Site

from affiliates.affiliations.services.lifecycle import ensure_affiliation
from affiliates.models import Affiliation
from program_site.demo import content
from program_site.models import HomePage
from tests.factories.application_rows import ContactFactory
from tests.factories.pages import AffiliatePageFactory, ProgramPageFactory, statements
from tests.factories.reviews import reviewer, with_reviewers

LAUNCH_ARGUMENTS = [
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
]


@pytest.fixture(autouse=True)
def live_database(transactional_db, django_db_serialized_rollback):
    """What the server's thread can see, with what the migrations put there."""


@pytest.fixture(scope="session", autouse=True)
def queries_beside_the_browser():
    """Playwright keeps an event loop in this thread; Django would refuse to query beside it."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("DJANGO_ALLOW_ASYNC_UNSAFE", "true")
        yield


@pytest.fixture(scope="session", autouse=True)
def answers_at_once():
    """The server writes head and body apart; the body would wait until the head is acknowledged."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(WSGIRequestHandler, "disable_nagle_algorithm", True)
        yield


@pytest.fixture(scope="session")
def browser(django_db_setup, queries_beside_the_browser):
    executable = os.environ.get("CHROMIUM") or shutil.which("chromium")
    assert executable, "Install Chromium, or name it in CHROMIUM."
    same_connections = {alias: connections[alias] for alias in connections}
    with sync_playwright() as playwright:
        # Beside an event loop Django would start with new connections, and see an empty database
        # where it is in memory.
        for alias, connection in same_connections.items():
            connections[alias] = connection
        browser = playwright.chromium.launch(executable_path=executable, args=LAUNCH_ARGUMENTS)
        yield browser
        browser.close()


@pytest.fixture
def new_tab(browser, live_server):
    """Opens a tab: ``new_tab(width=360, color_scheme="dark", java_script_enabled=False)``.

    Relative addresses are the live server's. No page may ask for what its own policy forbids.
    Pages stand still unless told otherwise: Playwright waits for the end of all that moves.
    """
    contexts, refused = [], []

    def listen(message):
        is_of_another_page = message.text.startswith("Framing ")  # which wanted to show ours
        if "Content Security Policy" in message.text and not is_of_another_page:
            refused.append(message.text)

    def open_tab(*, width=1280, height=900, reduced_motion="reduce", **options):
        options |= {"viewport": {"width": width, "height": height}, "base_url": live_server.url}
        context = browser.new_context(reduced_motion=reduced_motion, **options)
        context.on("console", listen)
        contexts.append(context)
        return context.new_page()

    yield open_tab
    for context in contexts:
        context.close()
    assert not refused


@pytest.fixture
def site_of_the_tests(settings, live_server, smtp):
    """Links in mails lead to the server of this test; a browser types faster than people do."""
    settings.WAGTAILADMIN_BASE_URL = live_server.url
    settings.AFFILIATES = {"MINIMUM_SECONDS": 0, "MINIMUM_SECONDS_WITHOUT_PROOF": 0}


@pytest.fixture
def tab(new_tab):
    return new_tab()


@pytest.fixture
def home(live_database):
    """The demo's home page in place of Wagtail's welcome page."""
    site = Site.objects.get(is_default_site=True)
    welcome = site.root_page
    page = HomePage(
        title=content.HOME_TITLE,
        slug="front",
        headline=content.HOME_HEADLINE,
        lead=content.HOME_LEAD,
        body=content.HOME_BODY,
    )
    Page.objects.get(depth=1).add_child(instance=page)
    site.root_page, site.site_name = page, content.SITE_NAME
    site.save()
    welcome.delete()
    return page


@pytest.fixture
def demo_program(home):
    return ProgramPageFactory(
        parent=home,
        title=content.PROGRAM_TITLE,
        slug=content.PROGRAM_SLUG,
        show_in_menus=True,
        introduction=content.INTRODUCTION,
        beliefs=statements(*content.BELIEFS),
        obligations=statements(*content.OBLIGATIONS),
        benefits=statements(*content.BENEFITS),
        how_to_apply=content.HOW_TO_APPLY,
    )


@pytest.fixture
def demo_affiliates(demo_program):
    """Long and short names, all links and none, two groups in one region, two countries."""
    return [
        AffiliatePageFactory(parent=demo_program, **fields)
        for fields in (
            {
                "title": "Missouri Parents of Kids Subjected to Restraint and Seclusion in School",
                "region": "US-MO",
                "body": "<p>We meet each month.</p>",
                "links": {
                    "website": "https://example.org",
                    "facebook": "https://www.facebook.com/groups/937336354003205",
                    "twitter": "https://x.com/example",
                    "instagram": "https://www.instagram.com/example",
                    "youtube": "https://www.youtube.com/@example",
                },
            },
            {
                "title": "Families of Boone County",
                "region": "US-MO",
                "scope": "local",
                "locality": "Columbia",
            },
            {"title": "Open Doors", "region": "CA-ON", "scope": "provincial"},
        )
    ]


@pytest.fixture
def boone(demo_program, demo_affiliates):
    """Families of Boone County, with a contact, and somebody who reviews what they send."""
    with_reviewers(demo_program)
    reviewer(demo_program, username="robin")
    page = next(page for page in demo_affiliates if page.title == "Families of Boone County")
    found = ensure_affiliation(page=page, now=timezone.now())
    ContactFactory(affiliation=found, name="Jo Smith", email="jo@example.net")
    return Affiliation.objects.get(pk=found.pk)

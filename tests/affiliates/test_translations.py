"""A site in several languages: the pages of one group share one affiliation."""

from datetime import UTC, date, datetime

import pytest
from django.core.exceptions import ValidationError
from django.utils.html import escape
from wagtail.models import Locale
from wagtail_factories import PageFactory

from affiliates.affiliations.services.lifecycle import affiliation_of, pause_affiliation
from affiliates.directory.queries import listed_affiliates
from affiliates.models import Affiliation
from affiliates.updates.services.asking import open_due_requests
from tests.factories.affiliations import affiliation
from tests.factories.pages import ProgramPageFactory
from tests.standing import stands
from workflows.deadlines.sweep import sweep
from workflows.models import OutgoingMail

SUMMER = datetime(2026, 7, 6, 16, tzinfo=UTC)
ASKED = datetime(2026, 9, 16, 18, tzinfo=UTC)


@pytest.fixture(autouse=True)
def two_languages(settings):
    settings.WAGTAIL_I18N_ENABLED = True
    settings.LANGUAGES = settings.WAGTAIL_CONTENT_LANGUAGES = [
        ("en", "English"),
        ("fr", "Français"),
    ]


@pytest.fixture
def french(db):
    return Locale.objects.create(language_code="fr")


@stands()
def group(program):
    return affiliation(
        program, now=SUMMER, title="Ontario Parents", region="CA-ON", scope="provincial"
    )


def translated(page, locale, **fields):
    copy = page.copy_for_translation(locale, copy_parents=True)
    for name, value in fields.items():
        setattr(copy, name, value)
    copy.save_revision().publish()
    copy.refresh_from_db()
    return copy


@pytest.fixture
def page_in_french(group, french):
    translated(group.program, french, title="Groupes affiliés")
    return translated(group.page, french, title="Parents de l’Ontario")


def test_translation_of_a_page_shares_its_affiliation(group, page_in_french):
    assert affiliation_of(page_in_french) == group
    assert Affiliation.objects.count() == 1
    group.refresh_from_db()
    assert (group.page.title, group.name) == ("Ontario Parents", "Ontario Parents")


def test_paused_group_is_listed_in_no_language(group, page_in_french, admin_user):
    in_french = page_in_french.get_parent().specific
    assert [page.title for page in listed_affiliates(in_french)] == ["Parents de l’Ontario"]
    pause_affiliation(affiliation=group, user=admin_user, reason="", now=SUMMER)
    assert not listed_affiliates(in_french).exists()
    assert not listed_affiliates(group.program).exists()


def test_group_with_two_pages_is_asked_once(group, page_in_french):
    open_due_requests(now=ASKED)
    sweep(now=ASKED)
    assert group.update_requests.get().period_start == date(2026, 7, 1)
    assert OutgoingMail.objects.filter(kind="update_ask").count() == 1


def test_both_pages_and_both_directories_can_be_visited(group, page_in_french, client):
    for page, language in ((group.page, "en"), (page_in_french, "fr")):
        for address in (page.url, page.get_parent().url):
            answer = client.get(address, headers={"Accept-Language": language})
            assert escape(page.title) in answer.content.decode()


def test_form_is_that_of_the_visitors_language(group, page_in_french, client, settings):
    middleware = "django.middleware.locale.LocaleMiddleware"
    assert middleware in settings.MIDDLEWARE
    form = f"/join/{group.program.slug}/"
    in_french = client.get(form, headers={"Accept-Language": "fr"})
    assert in_french.context["program"].title == "Groupes affiliés"
    assert client.get(form).context["program"] == group.program


def test_slug_of_another_program_is_still_refused(group, page_in_french):
    elsewhere = PageFactory(parent=group.program.get_parent(), slug="elsewhere")
    other = ProgramPageFactory(parent=elsewhere, slug="another")
    other.slug = group.program.slug
    with pytest.raises(ValidationError, match="Another program has this slug"):
        other.clean()

"""No second affiliate comes to be by accident when a page is copied."""

import pytest
from django.core.exceptions import ValidationError
from django.urls import reverse
from wagtail.actions.copy_page import CopyPageAction
from wagtail.actions.create_alias import CreatePageAliasAction
from wagtail.models import Locale

from affiliates.affiliations.services.lifecycle import pause_affiliation
from affiliates.directory.queries import listed_affiliates
from affiliates.models import AffiliatePage, AffiliateProgramPage, Affiliation
from tests.affiliates.directory.test_pages import affiliate_form, edit, errors
from tests.factories.affiliations import affiliation
from tests.factories.pages import AffiliatePageFactory, ProgramPageFactory
from tests.standing import stands

pytestmark = pytest.mark.django_db

MEANT = "What is it meant to be?"


@stands()
def group(program):
    return affiliation(program, title="Michigan Parents")


@pytest.fixture
def editor_client(admin_client):
    return admin_client


def copy_in_admin(client, page, **extra):
    form = {"new_title": "Copy", "new_slug": "copy", "new_parent_page": page.get_parent().pk}
    url = reverse("wagtailadmin_pages:copy", args=[page.pk])
    return client.post(url, {**form, "publish_copies": "on", **extra}, follow=True)


def the_copy(**fields):
    return AffiliatePage.objects.get(**(fields or {"slug": "copy"}))


def copied(page, **attributes):
    return page.copy(update_attrs={"slug": "copy", "title": "Copy", **attributes})


def form_of(page, **changes):
    typed = {"title": page.title, "slug": page.slug, "summary": page.summary}
    return affiliate_form(**{**typed, **changes})


def words(response):
    return " ".join(response.content.decode().split())


WAYS = {
    "the admin": lambda page, client: copy_in_admin(client, page),
    "code": lambda page, client: copied(page),
    "an action": lambda page, client: CopyPageAction(
        page, update_attrs={"slug": "copy"}, keep_live=True, copy_revisions=False
    ).execute(skip_permission_checks=True),
    "an alias made a page of its own": lambda page, client: alias_of_its_own(page),
}


def alias_of_its_own(page):
    alias = CreatePageAliasAction(page, update_slug="copy").execute(skip_permission_checks=True)
    AffiliatePage.objects.filter(pk=alias.pk).update(alias_of=None)


@pytest.mark.parametrize("way", WAYS)
def test_copy_is_no_affiliate_whoever_makes_it(group, editor_client, way):
    WAYS[way](group.page, editor_client)
    assert the_copy().is_undecided
    assert Affiliation.objects.get() == group
    with pytest.raises(ValidationError, match="say what it is meant to be"):
        the_copy().save_revision().publish()
    assert Affiliation.objects.get() == group


def test_copy_is_a_draft_though_it_was_to_be_published(group, editor_client, program):
    page = words(copy_in_admin(editor_client, group.page))
    assert "The copied page of an affiliate is a draft, and no affiliate." in page
    copy = the_copy()
    assert (copy.live, copy.first_published_at, copy.live_revision) == (False, None, None)
    assert list(listed_affiliates(program)) == [group.page]


def test_program_is_copied_with_its_pages_as_drafts(group, program, editor_client):
    AffiliatePageFactory(parent=program, title="Detroit Parents")
    page = words(copy_in_admin(editor_client, program, copy_subpages="on"))
    assert "The 2 copied pages of affiliates are drafts, and no affiliates." in page
    copy = AffiliateProgramPage.objects.get(slug="copy")
    assert copy.live
    assert not listed_affiliates(copy).exists()
    assert copy.get_children().count() == 2
    assert Affiliation.objects.get() == group


def test_editor_of_a_copy_says_what_it_was_copied_from(group, program, editor_client):
    copy = copied(group.page)
    page = words(editor_client.get(reverse("wagtailadmin_pages:edit", args=[copy.pk])))
    assert "This page is a copy" in page
    assert f"It was copied from “Michigan Parents” in “{program.title}”." in page
    original = words(editor_client.get(reverse("wagtailadmin_pages:edit", args=[group.page.pk])))
    assert MEANT not in original


def test_copy_can_be_saved_but_not_published_before_somebody_has_chosen(group, editor_client):
    copy = copied(group.page)
    saved = edit(editor_client, copy, form_of(copy, summary="Better words."), publish=False)
    assert saved.status_code == 302
    refused = edit(editor_client, copy, form_of(copy, summary="Even better."))
    assert "Please say what this copy is meant to be" in str(errors(refused))
    assert "Even better." in words(refused)
    assert not the_copy().live


def test_copy_becomes_an_affiliate_if_the_editor_says_so(group, editor_client, program):
    copy = copied(group.page)
    edit(editor_client, copy, form_of(copy, title="Ohio Parents", meant_as="group"))
    assert {one.name for one in Affiliation.objects.all()} == {"Michigan Parents", "Ohio Parents"}
    assert listed_affiliates(program).count() == 2
    page = words(editor_client.get(reverse("wagtailadmin_pages:edit", args=[copy.pk])))
    assert MEANT not in page


def test_page_about_the_same_group_is_listed_as_long_as_the_group(group, editor_client, admin_user):
    other = ProgramPageFactory()
    copy = group.page.copy(to=other, update_attrs={"slug": "copy"})
    edit(editor_client, copy, form_of(copy, meant_as="page"))
    assert Affiliation.objects.get() == group
    assert [page.slug for page in listed_affiliates(other)] == ["copy"]
    pause_affiliation(affiliation=group, user=admin_user, reason="", now=group.created_at)
    assert not listed_affiliates(other).exists()


def test_page_about_the_same_group_can_become_an_affiliate_later(group, editor_client):
    copy = copied(group.page)
    edit(editor_client, copy, form_of(copy, meant_as="page"))
    assert Affiliation.objects.get() == group
    page = words(editor_client.get(reverse("wagtailadmin_pages:edit", args=[copy.pk])))
    assert MEANT in page
    edit(editor_client, the_copy(), form_of(copy, meant_as="group"))
    assert Affiliation.objects.count() == 2


def test_copy_of_a_decided_copy_is_asked_again(group, editor_client):
    copy = copied(group.page)
    edit(editor_client, copy, form_of(copy, meant_as="page"))
    again = the_copy().copy(update_attrs={"slug": "again"})
    assert again.is_undecided
    assert not again.live


@pytest.mark.parametrize("with_the_program", [False, True])
def test_copies_are_not_published_in_bulk(group, program, editor_client, with_the_program):
    copy = copied(group.page)
    chosen = program if with_the_program else copy
    url = reverse("wagtail_bulk_action", args=["wagtailcore", "page", "publish"])
    url += f"?id={chosen.pk}&next=/admin/"
    page = words(editor_client.post(url, {"include_descendants": "on"}, follow=True))
    assert "Nothing was published. “Copy” is a copy." in page
    assert not the_copy().live


def test_chosen_drafts_are_published_in_bulk(group, editor_client):
    copy = copied(group.page)
    edit(editor_client, copy, form_of(copy, meant_as="group"), publish=False)
    url = reverse("wagtail_bulk_action", args=["wagtailcore", "page", "publish"])
    editor_client.post(f"{url}?id={copy.pk}&next=/admin/", {})
    assert Affiliation.objects.count() == 2


def test_translation_is_no_copy(group, program):
    french = Locale.objects.create(language_code="fr")
    program.copy_for_translation(french, copy_parents=True)
    translation = group.page.copy_for_translation(french)
    assert not translation.is_undecided
    translation.save_revision().publish()
    assert Affiliation.objects.get() == group


def test_alias_stays_an_alias(group):
    alias = CreatePageAliasAction(group.page, update_slug="alias").execute(
        skip_permission_checks=True
    )
    assert alias.live
    group.page.save_revision().publish()
    assert Affiliation.objects.get() == group

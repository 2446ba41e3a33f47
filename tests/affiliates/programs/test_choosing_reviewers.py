"""Who may publish a program's page does not thereby choose who reviews for it."""

from datetime import timedelta

import pytest
from django.core.management import call_command
from django.urls import reverse
from django.utils import timezone
from wagtail.log_actions import LogContext

from affiliates.models import AffiliateProgramPage
from affiliates.models.program_page import REVIEWER_FIELDS
from tests.affiliates.directory.test_pages import add, edit, program_form, root_page
from tests.factories.reviews import with_reviewers
from tests.factories.users import GroupFactory, UserFactory
from tests.standing import stands

pytestmark = pytest.mark.django_db

MANAGE = "affiliates.change_affiliation"


@stands()
def program(program):
    with_reviewers(program, slug="safe-schools").save_revision().publish()
    return AffiliateProgramPage.objects.get(pk=program.pk)


@pytest.fixture
def publisher(client):
    """Publishes all pages; is in a group that reviews for no program, and uses the browser."""
    user = UserFactory(username="pia", groups=["Editors", "Moderators"])
    user.groups.add(GroupFactory(name="Friends of Pia"))
    client.force_login(user)
    return user


@stands()
def manager():
    return UserFactory(username="max", groups=["Editors", "Moderators"], permissions=[MANAGE])


def choice(publisher):
    friends = publisher.groups.get(name="Friends of Pia")
    return {
        "review_group": friends.pk,
        "escalation_group": friends.pk,
        "director": publisher.pk,
    }


def chosen(page):
    return AffiliateProgramPage.objects.values(*REVIEWER_FIELDS).get(pk=page.pk)


def with_choice(page, publisher):
    page = page.get_latest_revision_as_object()
    for name, value in choice(publisher).items():
        setattr(page, page._meta.get_field(name).attname, value)
    return page


def test_editor_without_the_right_sees_no_such_fields_and_cannot_post_them(
    client, program, publisher
):
    before = chosen(program)
    shown = client.get(reverse("wagtailadmin_pages:edit", args=[program.pk]))
    assert not shown.context["form"].fields.keys() & set(REVIEWER_FIELDS)
    assert edit(client, program, program_form(title="New", **choice(publisher))).status_code == 302
    program.refresh_from_db()
    assert program.title == "New"
    assert chosen(program) == before


def test_manager_chooses_reviewers_as_before(client, program, publisher, manager):
    client.force_login(manager)
    assert edit(client, program, program_form(**choice(publisher))).status_code == 302
    assert chosen(program) == choice(publisher)


@pytest.mark.parametrize("user", ["publisher", "manager"])
def test_new_program_has_reviewers_only_if_a_manager_adds_it(client, request, publisher, user):
    client.force_login(request.getfixturevalue(user))
    form = program_form(slug="new", **choice(publisher))
    assert add(client, "affiliateprogrampage", root_page(), form).status_code == 302
    found = chosen(AffiliateProgramPage.objects.get(slug="new"))
    assert found == (choice(publisher) if user == "manager" else dict.fromkeys(REVIEWER_FIELDS))


def test_revision_by_anybody_else_changes_nothing_when_it_is_published(program, publisher, manager):
    before = chosen(program)
    revision = with_choice(program, publisher).save_revision(user=publisher)
    revision.publish(user=manager)
    assert chosen(program) == before
    revision = with_choice(program, publisher).save_revision(user=manager)
    revision.publish(user=publisher)
    assert chosen(program) == choice(publisher)


def test_autosaved_revision_is_no_way_round(program, publisher):
    before = chosen(program)
    revision = program.get_latest_revision_as_object().save_revision(user=publisher)
    wanted = with_choice(program, publisher)
    wanted.save_revision(user=publisher, overwrite_revision=revision).publish(user=publisher)
    assert chosen(program) == before


def test_scheduled_revision_changes_nothing(program, publisher, time_machine):
    before = chosen(program)
    wanted = with_choice(program, publisher)
    wanted.go_live_at = timezone.now() + timedelta(hours=1)
    wanted.title = "From now on"
    wanted.save_revision(user=publisher).publish(user=publisher)
    time_machine.move_to(timezone.now() + timedelta(hours=2))
    call_command("publish_scheduled")
    program.refresh_from_db()
    assert program.title == "From now on"
    assert chosen(program) == before


def test_older_revision_brings_nobody_back(client, program, publisher, manager):
    """Neither in the editor nor by the admin's own API."""
    old = with_choice(program, publisher).save_revision(user=manager)
    old.publish(user=manager)
    newer = program.get_latest_revision_as_object()
    newer.review_group = newer.escalation_group = newer.director = None
    newer.save_revision(user=manager).publish(user=manager)
    nobody = chosen(program)
    revert = {"revision": old.pk, **program_form(**choice(publisher))}
    assert edit(client, program, revert).status_code == 302
    assert chosen(program) == nobody
    api = reverse("wagtailadmin_api:pages:action", args=[program.pk, "revert_to_page_revision"])
    client.post(api, {"revision_id": old.pk}, content_type="application/json")
    client.post(
        reverse("wagtailadmin_api:pages:action", args=[program.pk, "publish"]),
        content_type="application/json",
    )
    assert chosen(program) == nobody


def test_stale_revision_by_anybody_else_does_not_undo_a_managers_choice(
    program, publisher, manager
):
    """As when a workflow approves a draft that is older than the page."""
    stale = program.get_latest_revision_as_object().save_revision(user=publisher)
    with_choice(program, publisher).save_revision(user=manager).publish(user=manager)
    stale.publish(user=publisher)
    assert chosen(program) == choice(publisher)


def test_managers_draft_is_kept_when_others_go_on_with_it(client, program, publisher, manager):
    with_choice(program, publisher).save_revision(user=manager)
    assert edit(client, program, program_form()).status_code == 302
    assert chosen(program) == choice(publisher)


def test_unpublished_page_is_guarded_as_well(client, program, publisher, manager):
    old = with_choice(program, publisher).save_revision(user=manager)
    program.refresh_from_db()
    program.unpublish()
    newer = program.get_latest_revision_as_object()
    newer.review_group = newer.escalation_group = newer.director = None
    newer.save_revision(user=manager)
    newer.save()
    nobody = chosen(program)
    edit(client, program, {"revision": old.pk, **program_form()}, publish=False)
    assert chosen(program) == nobody
    program.refresh_from_db()
    assert program.get_latest_revision().content["review_group"] is None


@pytest.mark.parametrize("alias", [False, True])
def test_copy_has_no_reviewers_unless_a_manager_makes_it(
    client, program, publisher, manager, alias
):
    for user, slug in ((publisher, "one"), (manager, "two")):
        client.force_login(user)
        form = {"new_title": slug, "new_slug": slug, "new_parent_page": program.get_parent().pk}
        extra = {"alias": "on"} if alias else {"publish_copies": "on"}
        url = reverse("wagtailadmin_pages:copy", args=[program.pk])
        assert client.post(url, {**form, **extra}).status_code == 302
        copy = AffiliateProgramPage.objects.get(slug=slug)
        wanted = chosen(program) if user == manager else dict.fromkeys(REVIEWER_FIELDS)
        assert chosen(copy) == wanted
        for revision in copy.revisions.all():
            assert {name: revision.content[name] for name in REVIEWER_FIELDS} == wanted


def test_page_that_is_saved_by_other_code_in_the_admin_is_guarded(program, publisher):
    before = chosen(program)
    wanted = with_choice(program, publisher)
    with LogContext(user=publisher):
        wanted.save()
    assert chosen(program) == before
    wanted = with_choice(program, publisher)
    wanted.save()  # by a command, with nobody behind it
    assert chosen(program) == choice(publisher)


def test_preview_of_the_policy_names_no_group_of_the_editors_choice(client, program, publisher):
    secret = GroupFactory(name="Secret")
    UserFactory(username="hidden", first_name="Hidden", groups=["Secret"])
    form = program_form(review_group=secret.pk, escalation_group=secret.pk)
    url = reverse("affiliates_policy_preview", args=[program.pk])
    preview = client.post(url, form).content.decode()
    assert "affiliates-example" in preview
    assert "Hidden" not in preview

"""Updates in Wagtail's admin: who sees which, and what can be done there."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from affiliates.core.states import UpdateKind
from affiliates.models import ContactUpdate
from affiliates.programs.services import ensure_review_workflow
from affiliates.updates.admin import status
from affiliates.updates.services.moderation import check_texts, start_waiting_moderations
from affiliates.updates.services.sending import UpdateContent, change_update
from tests.factories.affiliations import affiliation
from tests.factories.pages import ProgramPageFactory
from tests.factories.reviews import reviewer
from tests.factories.updates import published, sent
from tests.factories.users import GroupFactory, UserFactory
from tests.standing import stands

pytestmark = pytest.mark.django_db

LIST = "/admin/affiliates/updates/"
RISKY = "Our son Marcus was held down at Lincoln Elementary."


@stands()
def group(reviewed_program):
    return affiliation(reviewed_program, title="Michigan Parents")


@pytest.fixture
def rob(group, client):
    person = reviewer(group.program, username="robin")
    client.force_login(person)
    return person


def edit_url(update):
    return reverse("affiliates_update:edit", args=[update.pk])


def look():
    check_texts(now=timezone.now())
    start_waiting_moderations(now=timezone.now())


def saved(update, **changes):
    newest = ContactUpdate.objects.get(pk=update.pk).latest_revision
    return {
        "headline": "",
        "text": update.text,
        "loaded_revision_id": newest.pk,
        "loaded_revision_created_at": newest.created_at.isoformat(),
        **changes,
    }


def now_of(update):
    return ContactUpdate.objects.get(pk=update.pk)


def test_reviewer_sees_the_updates_of_the_program_and_no_others(client, group, rob):
    sent(group, "Ours.")
    sent(affiliation(ProgramPageFactory(), title="Strangers"), "Theirs.")
    html = client.get(LIST).content.decode()
    assert "Michigan Parents" in html
    assert "Strangers" not in html


def test_update_of_another_program_is_closed_whichever_way(client, group, rob):
    other = published(affiliation(ProgramPageFactory()))
    for name in ("edit", "history", "unpublish", "workflow_history"):
        url = reverse(f"affiliates_update:{name}", args=[other.pk])
        assert client.get(url).status_code == 302, name
    client.post(reverse("affiliates_update:unpublish", args=[other.pk]))
    assert now_of(other).live


def test_reviewer_of_another_programs_task_decides_there_but_does_not_publish(client, group, rob):
    """A member of a group that editors added to the task, and a reviewer only elsewhere."""
    other = affiliation(ProgramPageFactory())
    ensure_review_workflow(program=other.program)
    helpers = GroupFactory(name="Helpers")
    rob.groups.add(helpers)
    update, public = sent(other), published(other)
    look()
    now_of(update).current_workflow_task.groups.add(helpers)
    assert client.get(edit_url(update)).status_code == 200
    client.post(edit_url(update), {**saved(update), "action-publish": "1"})
    client.post(reverse("affiliates_update:unpublish", args=[public.pk]))
    assert not now_of(update).live
    assert now_of(public).live


def test_others_see_nothing(client, group):
    update = sent(group)
    client.force_login(UserFactory(permissions=["wagtailadmin.access_admin"]))
    assert client.get(LIST).status_code == 302
    assert client.get(edit_url(update)).status_code == 302
    assert LIST not in client.get("/admin/").content.decode()


def test_person_with_the_permission_sees_all(client, group):
    sent(affiliation(ProgramPageFactory(), title="Strangers"))
    person = UserFactory(
        permissions=["wagtailadmin.access_admin", "affiliates.change_contactupdate"]
    )
    client.force_login(person)
    assert "Strangers" in client.get(LIST).content.decode()


def test_nobody_adds_or_deletes_one(admin_client, group):
    update = sent(group)
    for path in ("add/", f"delete/{update.pk}/", f"copy/{update.pk}/"):
        assert admin_client.get(f"{LIST}{path}").status_code == 404
    assert "add/" not in admin_client.get(LIST).content.decode()


@pytest.mark.parametrize("key", ["0", "x", "99999999999999999999"])
def test_address_of_no_update_is_not_found(admin_client, group, key):
    assert admin_client.get(f"{LIST}edit/{key}/").status_code == 404


def test_editor_shows_what_is_known_and_the_hints(client, group, rob):
    update = sent(group, RISKY, needs=[{"id": "1", "text": "Guidance."}])
    look()
    html = client.get(edit_url(update)).content.decode()
    for words in ("Michigan Parents", group.primary_contact.email, "Guidance.", "our son Marcus"):
        assert words.lower() in html.lower(), words
    assert "Lincoln Elementary" in html
    assert "It is not assigned yet." in html
    assert "1 hint" not in html
    assert "2 hints" in client.get(LIST).content.decode()


def test_markup_in_an_update_is_text_in_the_admin(client, group, rob):
    update = sent(group, "Our son Marcus <svg onload=alert(1)> {{ 7*7 }}")
    look()
    for url in (LIST, edit_url(update)):
        assert "<svg onload" not in client.get(url).content.decode()


def test_reviewer_corrects_approves_and_the_public_reads_the_correction(client, group, rob):
    update = sent(group, "We met teh board.")
    look()
    data = saved(
        update,
        text="We met the board.",
        **{
            "action-workflow-action": "true",
            "workflow-action-name": "approve",
            "workflow-action-extra-data": "{}",
        },
    )
    client.post(edit_url(update), data)
    assert (now_of(update).live, now_of(update).text) == (True, "We met the board.")
    html = client.get(edit_url(update)).content.decode()
    assert "As the group sent it" in html
    assert "We met teh board." in html
    html = client.get(f"{group.program.url}updates/{update.pk}/").content.decode()
    assert "We met the board." in html
    assert "teh" not in html


def test_what_is_not_for_the_public_can_be_published_by_nobody(admin_client, group):
    update = sent(group, "Please help us.", kind=UpdateKind.HELP)
    html = admin_client.get(edit_url(update)).content.decode()
    assert "cannot be published" in html
    assert "action-publish" not in html
    admin_client.post(edit_url(update), saved(update, **{"action-publish": "action-publish"}))
    assert not now_of(update).live


def test_text_that_the_group_changed_meanwhile_is_not_overwritten_unseen(client, group, rob):
    update = sent(group, RISKY)
    look()
    opened = saved(update, text="With a comma, here.")
    content = UpdateContent(kind=UpdateKind.NEWS, text="No names.", may_publish=True)
    change_update(update=now_of(update), content=content, version=1, now=timezone.now())
    html = client.post(edit_url(update), opened).content.decode()
    assert "changed since you opened" in html
    assert "With a comma, here." in html
    assert now_of(update).text == "No names."


def test_hints_follow_what_an_editor_and_the_group_write(group):
    update = sent(group, RISKY)
    look()
    assert len(now_of(update).warnings) == 2
    assert check_texts(now=timezone.now()) == 0
    news = now_of(update)
    news.text = "Our son was held down at school."
    news.save_revision()
    assert check_texts(now=timezone.now() + timedelta(seconds=1)) == 1
    assert now_of(update).warnings == []
    content = UpdateContent(kind=UpdateKind.NEWS, text=RISKY, may_publish=True)
    change_update(update=now_of(update), content=content, version=1, now=timezone.now())
    check_texts(now=timezone.now() + timedelta(seconds=2))
    assert len(now_of(update).warnings) == 2


def test_private_text_is_not_looked_through(group):
    sent(group, RISKY, kind=UpdateKind.HELP)
    assert check_texts(now=timezone.now()) == 0


def test_list_can_be_narrowed_down_and_searched(admin_client, group):
    risky, other = sent(group, RISKY), affiliation(group.program, title="Ohio Parents")
    published(other, "We won.")
    look()
    for query, found in (
        ("has_hints=true", "Michigan Parents"),
        ("standing=published", "Ohio Parents"),
        ("standing=in_review", "Michigan Parents"),
        ("q=marcus", "Michigan Parents"),
        ("q=ohio", "Ohio Parents"),
        ("q=%00", ""),
    ):
        html = admin_client.get(f"{LIST}results/?{query}").content.decode()
        names = {name for name in ("Michigan Parents", "Ohio Parents") if f"{name}:" in html}
        assert names == ({found} if found else {"Michigan Parents", "Ohio Parents"}), query
    assert risky


@pytest.mark.parametrize(
    ("fields", "standing"),
    [
        ({}, "in_review"),
        ({"may_publish": False}, "not_public"),
        ({"kind": "help"}, "not_public"),
        ({"live": True}, "published"),
        ({"first_published_at": timezone.now()}, "taken_back"),
        ({"declined_at": timezone.now()}, "declined"),
        ({"moderation_stopped_at": timezone.now()}, "stopped"),
        ({"asked_changes": "Please."}, "changes_asked"),
    ],
    ids=lambda value: value if isinstance(value, str) else "".join(value),
)
def test_standing_is_the_same_for_the_list_and_its_filter(group, fields, standing):
    update = sent(group)
    ContactUpdate.objects.filter(pk=update.pk).update(**fields)
    assert status.standing_of(now_of(update)) == standing
    fits = [
        name
        for name, condition in status.CONDITIONS.items()
        if ContactUpdate.objects.filter(condition).exists()
    ]
    assert fits == [standing]


def test_list_takes_as_many_queries_for_one_as_for_three(admin_client, group):
    def cost():
        with CaptureQueriesContext(connection) as queries:
            admin_client.get(f"{LIST}results/")
        return len(queries)

    sent(group)
    admin_client.get(LIST)
    for_one = cost()
    for _ in range(2):
        sent(affiliation(group.program))
    assert cost() == for_one <= MOST_QUERIES


MOST_QUERIES = 8
"""SQLite's transactions count, too."""

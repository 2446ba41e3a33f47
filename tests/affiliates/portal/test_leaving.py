"""A group hides its listing, shows it again, or leaves, by its own page or the API."""

from html import unescape

import pytest
from django.urls import reverse
from django.utils import timezone
from wagtail.actions.unpublish_page import UnpublishPageAction

from affiliates.affiliations.services.lifecycle import pause_affiliation
from affiliates.affiliations.services.listing import (
    hide_listing,
    resume_affiliation,
    show_listing,
)
from affiliates.core.exceptions import ListingPaused, TooManyListingChanges
from affiliates.models import Affiliation, Notice, Transition, UpdateRequest
from tests.affiliates.api.calls import get, mistakes, post, problem, put
from tests.affiliates.directory.test_pages import affiliate_form, edit
from tests.factories.affiliations import UpdateRequestFactory, affiliation
from tests.factories.mails import read
from tests.factories.own_groups import group_path
from tests.factories.own_pages import opened_own, own_path
from tests.factories.reviews import reviewer
from tests.standing import stands
from workflows.deadlines.digests import waiting_for
from workflows.models import OutgoingMail

pytestmark = pytest.mark.django_db


@stands()
def program(reviewed_program):
    return reviewed_program


@stands()
def group(program):
    return affiliation(
        program,
        title="Michigan Parents",
        alternate=True,
        contact__name="Jo Smith",
        contact__email="jo@example.net",
        alternate__email="sam@example.net",
    )


@stands()
def staff(program):
    return reviewer(program, first_name="Ann", last_name="Abel")


def text(answer, status=200):
    assert answer.status_code == status
    return " ".join(unescape(answer.content.decode()).split())


def now_of(group):
    return Affiliation.objects.select_related("page", "program").get(pk=group.pk)


def hide(group):
    hide_listing(affiliation=group, by=group.primary_contact, now=timezone.now())


def show(group):
    show_listing(affiliation=group, by=group.primary_contact, now=timezone.now())


def test_listing_is_hidden_at_once_and_staff_are_told(client, group):
    UpdateRequestFactory(affiliation=group)
    public = group.page.url
    assert client.get(public).status_code == 200
    page = f"{own_path(group)}listing/"
    assert "Hide our listing now" in text(opened_own(client, group).get(page))
    assert client.get(public).status_code == 200
    said = text(client.post(page, {"hide": "1"}, follow=True))
    assert "Your listing is hidden." in said
    assert client.get(public).status_code == 302
    assert "Michigan Parents" not in text(client.get(group.program.url))
    assert UpdateRequest.objects.get().state == "waived"
    assert "Jo Smith has hidden the listing" in Notice.objects.get().text
    own = text(client.get(own_path(group)))
    assert "Hidden by the group since" in own
    assert "Show your listing again" in own


def test_listing_is_shown_again_as_it_was(client, group):
    hide(group)
    page = f"{own_path(group)}listing/"
    assert "Show our listing again" in text(opened_own(client, group).get(page))
    assert "Your listing is public again" in text(client.post(page, {"show": "1"}, follow=True))
    shown = now_of(group)
    assert (shown.state, shown.page.live) == ("active", True)
    assert client.get(shown.page.url).status_code == 200
    assert Notice.objects.filter(kind="listing_shown").exists()


def test_pressing_twice_changes_nothing_more(group):
    hide(group)
    hide(group)
    assert Transition.objects.filter(action="pause").count() == 1
    show(group)
    show(group)
    assert Transition.objects.filter(action="resume").count() == 1


def test_pause_of_staff_is_not_undone_by_the_group(client, group, staff):
    pause_affiliation(affiliation=group, user=staff, reason="Away", now=timezone.now())
    for change in (hide, show):
        with pytest.raises(ListingPaused):
            change(group)
    page = f"{own_path(group)}listing/"
    assert "Our team has paused your listing" in text(opened_own(client, group).get(page))
    assert "Our team has paused" in text(client.post(page, {"show": "1"}), 422)


def test_staff_resume_brings_the_hidden_page_back(group, staff):
    hide(group)
    resume_affiliation(affiliation=group, user=staff, now=timezone.now())
    assert now_of(group).page.live


def test_page_that_editors_took_down_stays_down(group, staff):
    UnpublishPageAction(group.page, user=staff).execute(skip_permission_checks=True)
    hide(group)
    show(group)
    assert not now_of(group).page.live


def test_showing_is_limited_and_hiding_is_not(group, settings):
    settings.AFFILIATES = {**settings.AFFILIATES, "CONTACT_CHANGES_PER_DAY": 1}
    hide(group)
    show(group)
    hide(group)
    with pytest.raises(TooManyListingChanges):
        show(group)


# Leaving


def test_looking_at_the_page_changes_nothing_and_explains(client, group):
    said = text(opened_own(client, group).get(f"{own_path(group)}leave-program/"))
    assert "You can come back" in said
    assert now_of(group).state == "active"


def test_group_leaves_with_a_reason_and_all_are_told(client, group):
    page = f"{own_path(group)}leave-program/"
    opened_own(client, group)
    said = text(client.post(page, {"reason": "We have dissolved."}, follow=True))
    assert "Your group is no longer an affiliate." in said
    left = now_of(group)
    assert (left.state, left.page.live) == ("ended", False)
    moved = Transition.objects.get(action="end")
    assert (moved.actor, moved.user, moved.reason) == ("contact", None, "We have dissolved.")
    mails = OutgoingMail.objects.filter(kind="affiliation_left")
    assert {mail.recipient for mail in mails} == {"jo@example.net", "sam@example.net"}
    assert "Jo Smith told us that Michigan Parents is leaving." in read(mails[0])[1]
    [item] = waiting_for("rob@example.org", now=timezone.now())
    assert "We have dissolved." in item.waiting.note


def test_staff_see_who_left_on_the_record_and_can_reinstate(client, group, staff):
    page = f"{own_path(group)}leave-program/"
    opened_own(client, group).post(page)
    client.post(page)
    client.force_login(staff)
    record = text(client.get(f"/admin/affiliates/groups/{group.pk}/"))
    assert "The group left on" in record
    assert "by Jo Smith" in record
    assert "Group has left" in text(client.get("/admin/"))
    client.post(f"/admin/affiliates/groups/{group.pk}/reinstate/")
    assert now_of(group).page.live


def test_long_reason_is_refused_beside_the_field_and_kept(client, group):
    page = f"{own_path(group)}leave-program/"
    said = text(opened_own(client, group).post(page, {"reason": "Word " * 500}), 422)
    assert "Word Word" in said
    assert now_of(group).state == "active"


def test_without_a_link_nothing_happens_and_the_reason_is_kept(client, group):
    said = text(client.post(f"{own_path(group)}leave-program/", {"reason": "Dissolved."}), 403)
    assert "Dissolved." in said
    assert now_of(group).state == "active"


# The API


def test_front_end_hides_and_shows_the_listing(client, group):
    path = group_path(group, "listing/")
    assert put(client, path, {"is_hidden": True}).json() == {"state": "paused", "is_hidden": True}
    assert put(client, path, {"is_hidden": True}).status_code == 200
    assert put(client, path, {"is_hidden": False}).json() == {"state": "active", "is_hidden": False}
    assert Transition.objects.count() == 2


def test_front_end_lets_the_group_leave(client, group):
    path = group_path(group, "leave/")
    assert ("reason",) in mistakes(post(client, path, {"reason": "Word " * 500}))
    assert post(client, path, {"reason": "Dissolved."}).status_code == 204
    assert now_of(group).state == "ended"
    assert problem(post(client, path, {})) == "affiliation-ended"
    assert get(client, group_path(group)).json()["state"] == "ended"


def test_front_end_cannot_undo_the_pause_of_staff(client, group, staff):
    pause_affiliation(affiliation=group, user=staff, reason="Away", now=timezone.now())
    answer = put(client, group_path(group, "listing/"), {"is_hidden": False})
    assert "Our team has paused your listing" in answer.json()["errors"][0]["message"]


def test_editor_cannot_publish_the_page_of_a_group_that_has_hidden_itself(admin_client, group):
    hide(group)
    page = group.page
    typed = affiliate_form(title=page.title, slug=page.slug, summary="New words.")
    refused = edit(admin_client, page, typed)
    assert refused.status_code == 302
    opened = text(admin_client.get(refused.url))
    assert "has hidden its listing and page itself" in opened
    assert "New words." in opened
    bulk = reverse("wagtail_bulk_action", args=["wagtailcore", "page", "publish"])
    sent = {"include_descendants": "on"}
    refused = admin_client.post(f"{bulk}?id={group.program.pk}", sent, follow=True)
    assert "Nothing was published. Please ask the group first." in text(refused)
    assert not now_of(group).page.live
    show(group)
    edit(admin_client, page, typed)
    assert now_of(group).page.summary == "New words."


def test_page_that_is_scheduled_or_approved_stays_down_while_its_group_hides_it(group):
    hide(group)
    page = group.page
    page.summary = "New words."
    page.save_revision().publish(skip_permission_checks=True)
    kept = now_of(group).page
    assert (kept.live, kept.summary) == (False, "New words.")
    show(group)
    assert now_of(group).page.live

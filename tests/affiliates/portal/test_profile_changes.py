"""What a contact proposes to change on the public page, and what becomes of it in Wagtail."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from html import unescape
from threading import Barrier

import pytest
from django.db import connection
from django.utils import timezone

from affiliates.affiliations.services.listing import hide_listing
from affiliates.core.exceptions import ChangeRevised, NothingToChange, PageNotPublic
from affiliates.core.states import NoticeKind
from affiliates.models import AffiliatePage, Affiliation, Notice, ProfileChange
from affiliates.portal.mails import (
    PROFILE_CHANGE_ACCEPTED,
    PROFILE_CHANGE_DECLINED,
    PROFILE_CHANGE_QUESTION,
)
from affiliates.portal.profile import profile_of
from affiliates.portal.services.profile_changes import propose_change, put_waiting_changes
from affiliates.portal.services.profile_reviews import recover_changes
from tests.factories.affiliations import affiliation as affiliation_of
from tests.factories.mails import read
from tests.factories.profile_changes import act, now_of, page_of, proposed, under_review
from tests.factories.reviews import reviewer
from tests.standing import stands
from workflows.core.exceptions import ReviewOver
from workflows.core.reviewed_models import reviewed_model_of
from workflows.deadlines.digests import waiting_for
from workflows.models import OutgoingMail

pytestmark = pytest.mark.django_db

WEBSITE = "https://safer.example.org/"
NEW = "Parents and teachers of all Michigan."


@stands()
def program(reviewed_program):
    return reviewed_program


@stands()
def rob(program):
    return reviewer(program, username="robin", first_name="Robin", last_name="Ray")


@stands()
def group(program):
    return affiliation_of(
        program,
        title="Michigan Parents",
        links={"website": "https://old.org/", "facebook": "https://www.facebook.com/old.group"},
        contact__email="jo@example.net",
    )


def draft_of(group):
    return page_of(group).get_latest_revision_as_object()


def links_of(page):
    return {link.network: link.url for link in page.links.all()}


def mails_of(kind):
    return [mail.recipient for mail in OutgoingMail.objects.filter(kind=kind)]


def edited(group, editor=None, **changes):
    """An editor saves a draft."""
    page = page_of(group)
    for name, value in changes.items():
        setattr(page, name, value)
    return page.save_revision(user=editor)


# Proposing


def test_request_writes_down_what_is_wanted_and_leaves_the_page_alone(group):
    change = proposed(group, summary=NEW, link_facebook="", link_website=WEBSITE)
    assert change.changes == {
        "summary": {"before": "Parents who work for safe schools.", "after": NEW},
        "link_website": {"before": "https://old.org/", "after": WEBSITE},
        "link_facebook": {"before": "https://www.facebook.com/old.group", "after": ""},
    }
    assert not page_of(group).has_unpublished_changes
    assert not page_of(group).revisions.exists()


def test_proposal_comes_before_the_reviewers_and_not_before_the_public(group):
    under_review(group, summary=NEW, title="Michigan Families", body="Who we are.\n\nWhat & why.")
    page, draft = page_of(group), draft_of(group)
    assert (page.title, page.summary) == (
        "Michigan Parents",
        "Parents who work for safe schools.",
    )
    assert (draft.title, draft.summary) == ("Michigan Families", NEW)
    assert draft.body == "<p>Who we are.</p><p>What &amp; why.</p>"
    assert page.current_workflow_task_state
    assert [item.waiting for item in waiting_for("rob@example.org", now=timezone.now())]


def test_any_number_of_workers_put_a_proposal_once(group):
    under_review(group, summary=NEW)
    assert put_waiting_changes(now=timezone.now()) == 0
    assert page_of(group).revisions.count() == 1
    assert page_of(group).workflow_states.count() == 1


def test_same_proposal_sent_twice_is_one(group):
    first = proposed(group, version=0, summary=NEW)
    assert proposed(group, version=0, summary=NEW).pk == first.pk
    assert ProfileChange.objects.get().version == 1


def test_proposal_from_an_older_window_is_not_taken(group):
    proposed(group, summary=NEW)
    proposed(group, summary="Another one.")
    with pytest.raises(ChangeRevised):
        proposed(group, version=1, summary="Old one.")
    assert ProfileChange.objects.get().changes["summary"]["after"] == "Another one."


def test_proposal_of_what_is_public_is_none(group):
    with pytest.raises(NothingToChange):
        proposed(group)


@pytest.mark.parametrize("why", ["ended", "unpublished", "deleted"])
def test_group_without_a_public_page_can_propose_nothing(group, why):
    values = profile_of(page_of(group)) | {"summary": NEW}
    if why == "ended":
        Affiliation.objects.update(state="ended")
    elif why == "unpublished":
        page_of(group).unpublish()
    else:
        page_of(group).delete()
    group = Affiliation.objects.get()
    with pytest.raises(PageNotPublic):
        propose_change(
            affiliation=group, contact=None, values=values, version=0, now=timezone.now()
        )


@pytest.mark.parametrize(
    "body",
    ["<p>We <b>meet</b>.</p>", "<h2>Hi</h2>", '<p>See <a href="/x/">this</a>.</p>', "x" * 5001],
)
def test_text_that_editors_formatted_is_not_offered_and_stays(group, body):
    AffiliatePage.objects.update(body=body)
    group.refresh_from_db()
    assert "body" not in profile_of(page_of(group))
    under_review(group, summary=NEW, body="Gone?")
    assert draft_of(group).body == body


# Editors' work


def test_unpublished_work_of_editors_is_neither_lost_nor_published(group, rob):
    edited(group, summary="Half a sent")
    change = under_review(group, summary=NEW)
    assert change.put_at is None
    assert draft_of(group).summary == "Half a sent"
    assert not page_of(group).current_workflow_state
    notice = Notice.objects.get()
    assert notice.kind == NoticeKind.PROFILE_CHANGE
    put_waiting_changes(now=timezone.now())
    assert Notice.objects.count() == 1


def test_proposal_goes_on_by_itself_once_editors_have_published(group):
    draft = edited(group, locality="Lansing")
    change = under_review(group, summary=NEW)
    draft.publish()
    assert put_waiting_changes(now=timezone.now()) == 1
    assert (draft_of(group).locality, draft_of(group).summary) == ("Lansing", NEW)
    assert now_of(change).stuck_at is None
    assert now_of(change).accepted_at is None
    assert not Notice.objects.filter(seen_at=None).exists()


@pytest.mark.parametrize("why", ["locked", "no workflow"])
def test_proposal_that_cannot_be_reviewed_is_told_to_staff_and_goes_on_later(group, settings, why):
    if why == "locked":
        AffiliatePage.objects.update(locked=True)
    else:
        settings.WAGTAIL_WORKFLOW_ENABLED = False
    change = under_review(group, summary=NEW)
    assert change.put_at is None
    assert why in Notice.objects.get().text
    AffiliatePage.objects.update(locked=False)
    settings.WAGTAIL_WORKFLOW_ENABLED = True
    assert put_waiting_changes(now=timezone.now()) == 1


@pytest.mark.django_db(transaction=True)
def test_many_at_once_make_one_proposal_and_one_review(group):
    def at_once(act):
        barrier = Barrier(4)

        def run(number):
            try:
                barrier.wait()
                act(number)
            except ChangeRevised:
                pass
            finally:
                connection.close()

        with ThreadPoolExecutor(4) as pool:
            list(pool.map(run, range(4)))

    def propose(number):
        proposed(Affiliation.objects.get(pk=group.pk), version=0, summary=f"Number {number}.")

    at_once(propose)
    assert ProfileChange.objects.get().version == 1
    at_once(lambda number: put_waiting_changes(now=timezone.now()))
    assert page_of(group).revisions.count() == 1
    assert page_of(group).workflow_states.count() == 1


def test_page_under_a_review_of_its_own_is_left_alone_until_that_is_over(group, rob):
    edited(group, locality="Lansing")
    page_of(group).get_workflow().start(page_of(group), user=rob)
    change = under_review(group, summary=NEW)
    act(group, rob, "approve")
    assert page_of(group).locality == "Lansing"
    assert now_of(change).accepted_at is None
    assert put_waiting_changes(now=timezone.now()) == 1
    act(group, rob, "approve")
    assert page_of(group).summary == NEW


def test_decline_of_editors_own_draft_says_nothing_about_a_waiting_proposal(group, rob):
    edited(group, locality="Lansing")
    page_of(group).get_workflow().start(page_of(group), user=rob)
    change = under_review(group, summary=NEW)
    act(group, rob, "decline", "Not yet.")
    assert now_of(change).is_open
    assert not mails_of(PROFILE_CHANGE_DECLINED)


# Decisions


def test_approving_publishes_it_and_tells_the_contact(group, rob):
    change = under_review(group, title="Michigan Families", link_facebook="", link_website=WEBSITE)
    act(group, rob, "approve")
    page = page_of(group)
    assert page.title == "Michigan Families"
    assert links_of(page) == {"website": WEBSITE}
    assert not page.has_unpublished_changes
    assert now_of(change).accepted_at
    assert now_of(change).affiliation.name == "Michigan Families"
    assert mails_of(PROFILE_CHANGE_ACCEPTED) == ["jo@example.net"]


def test_approving_it_while_the_group_hides_itself_says_that_the_page_stays_hidden(group, rob):
    change = under_review(group, summary=NEW)
    hide_listing(affiliation=group, by=group.primary_contact, now=timezone.now())
    act(group, rob, "approve")
    assert now_of(change).accepted_at
    assert not page_of(group).live
    message, text = read(OutgoingMail.objects.get(kind=PROFILE_CHANGE_ACCEPTED))
    assert message["Subject"].startswith("Your change is taken over: ")
    assert "The page is hidden and stays so." in text
    assert "See your public page" not in text


def test_what_reviewers_correct_is_published_with_it(group, rob):
    under_review(group, summary=NEW)
    draft = draft_of(group)
    draft.summary = "Corrected."
    draft.save_revision(user=rob)
    act(group, rob, "approve")
    assert page_of(group).summary == "Corrected."
    assert mails_of(PROFILE_CHANGE_ACCEPTED)


def test_publishing_in_another_way_accepts_it_and_leaves_nothing_to_do(group, rob):
    change = under_review(group, summary=NEW)
    draft_of(group).get_latest_revision().publish(user=rob)
    assert now_of(change).accepted_at
    assert page_of(group).current_workflow_state is None
    assert not Notice.objects.exists()


def test_publishing_an_older_revision_decides_nothing(group, rob):
    older = edited(group, locality="Lansing")
    older.publish()
    change = under_review(group, summary=NEW)
    older.publish(user=rob)
    assert now_of(change).is_open


def test_declining_brings_back_what_is_public_and_tells_the_reason(group, rob):
    change = under_review(group, summary=NEW, link_website=WEBSITE)
    act(group, rob, "decline", "Please name no child.")
    page = page_of(group)
    assert draft_of(group).summary == page.summary == "Parents who work for safe schools."
    latest = page.get_latest_revision().as_object()
    assert latest.summary == page.summary
    assert links_of(latest) == links_of(page)
    assert links_of(page)["website"] == "https://old.org/"
    assert not page.has_unpublished_changes
    assert now_of(change).reason == "Please name no child."
    assert mails_of(PROFILE_CHANGE_DECLINED) == ["jo@example.net"]
    assert not Notice.objects.exists()


def test_request_for_changes_asks_the_contact_and_a_new_version_goes_on(group, rob):
    change = under_review(group, summary=NEW)
    act(group, rob, "reject", "Where do you meet?")
    assert now_of(change).question == "Where do you meet?"
    assert mails_of(PROFILE_CHANGE_QUESTION) == ["jo@example.net"]
    assert page_of(group).current_workflow_task_state is None
    under_review(group, summary="We meet in Lansing.")
    assert now_of(change).asked_at is None
    assert page_of(group).workflow_states.count() == 1
    act(group, rob, "approve")
    assert page_of(group).summary == "We meet in Lansing."


def test_cancelling_after_a_question_is_no_decline(group, rob):
    change = under_review(group, summary=NEW)
    act(group, rob, "reject", "Where do you meet?")
    page_of(group).current_workflow_state.cancel(user=rob)
    assert now_of(change).is_open
    assert Notice.objects.count() == 1


def test_reviewer_who_goes_on_without_an_answer_asks_no_more(group, rob):
    change = under_review(group, summary=NEW)
    act(group, rob, "reject", "Where do you meet?")
    page_of(group).current_workflow_state.resume(user=rob)
    assert now_of(change).asked_at is None


def test_newer_version_changes_the_draft_and_keeps_what_reviewers_corrected(group, rob):
    under_review(group, summary=NEW, locality="Lansing", link_website=WEBSITE)
    draft = draft_of(group)
    draft.locality = "Lansing, Michigan"
    draft.save_revision(user=rob)
    public = profile_of(page_of(group))
    under_review(group, summary="Better.", link_website=public["link_website"])
    draft = draft_of(group)
    assert (draft.summary, draft.locality) == ("Better.", "Lansing, Michigan")
    assert links_of(draft)["website"] == "https://old.org/"
    assert ProfileChange.objects.count() == 1


def test_nobody_approves_a_version_that_they_have_not_read(group, rob):
    under_review(group, summary=NEW)
    read = page_of(group).current_workflow_task_state
    under_review(group, summary="Something quite different.")
    with pytest.raises(ReviewOver):
        read.task.specific.on_action(read, rob, "approve")
    assert page_of(group).summary == "Parents who work for safe schools."
    act(group, rob, "approve")
    assert page_of(group).summary == "Something quite different."


def test_version_sent_while_the_older_one_is_approved_is_proposed_anew(group, rob):
    change = under_review(group, summary=NEW, locality="Lansing")
    proposed(group, summary="Better.")
    act(group, rob, "approve")
    assert page_of(group).summary == NEW
    assert now_of(change).is_open
    assert now_of(change).changes == {"summary": {"before": NEW, "after": "Better."}}
    put_waiting_changes(now=timezone.now())
    act(group, rob, "approve")
    assert page_of(group).summary == "Better."
    assert len(mails_of(PROFILE_CHANGE_ACCEPTED)) == 1


def test_group_may_propose_again_after_a_decision(group, rob):
    under_review(group, summary=NEW)
    act(group, rob, "decline", "No.")
    under_review(group, summary="Better.")
    act(group, rob, "approve")
    assert page_of(group).summary == "Better."
    assert ProfileChange.objects.count() == 2


# What else can happen


def test_cancelled_review_is_told_to_staff_once(group, rob):
    change = under_review(group, summary=NEW)
    page_of(group).current_workflow_state.cancel(user=rob)
    recover_changes(now=timezone.now())
    assert Notice.objects.count() == 1
    page_of(group).get_workflow().start(page_of(group), user=rob)
    act(group, rob, "approve")
    assert now_of(change).accepted_at


def test_deleted_workflow_is_noticed(group):
    change = under_review(group, summary=NEW)
    page_of(group).get_workflow().delete()
    assert recover_changes(now=timezone.now()) == 1
    assert now_of(change).stuck_at
    assert recover_changes(now=timezone.now() + timedelta(days=1)) == 0


@pytest.mark.parametrize("is_put", [True, False])
@pytest.mark.parametrize("end", ["ended", "deleted"])
def test_proposal_ends_with_the_page_or_the_affiliation(group, is_put, end):
    change = under_review(group, summary=NEW) if is_put else proposed(group, summary=NEW)
    if end == "ended":
        Affiliation.objects.update(state="ended")
    else:
        page_of(group).delete()
    put_waiting_changes(now=timezone.now())
    recover_changes(now=timezone.now())
    assert "no longer has a public page" in now_of(change).reason
    assert mails_of(PROFILE_CHANGE_DECLINED) == ["jo@example.net"]
    if end == "ended":
        assert page_of(group).current_workflow_state is None
        assert not page_of(group).has_unpublished_changes


def test_page_taken_down_meanwhile_is_not_published_by_a_proposal(group):
    change = proposed(group, summary=NEW)
    page_of(group).unpublish()
    put_waiting_changes(now=timezone.now())
    assert now_of(change).put_at is None
    assert not page_of(group).current_workflow_state
    assert "not public at the moment" in Notice.objects.get().text


def test_mail_goes_to_another_contact_if_the_proposer_has_left(group, rob):
    change = under_review(group, summary=NEW)
    change.contact.email, change.contact.bounced_at = "gone@example.net", timezone.now()
    change.contact.save()
    group.contacts.create(
        role="alternate", name="Al", email="al@example.net", email_key="al@example.net"
    )
    act(group, rob, "approve")
    assert mails_of(PROFILE_CHANGE_ACCEPTED) == ["al@example.net"]


# What reviewers see


def editor_of(group, client):
    response = client.get(f"/admin/pages/{group.page_id}/edit/")
    assert response.status_code == 200
    return unescape(response.content.decode())


def test_editor_shows_what_is_public_beside_what_is_proposed(group, admin_client):
    assert "proposes a change" not in editor_of(group, admin_client)
    under_review(group, summary="<b>{{ 7*7 }}</b>", link_facebook="")
    html = editor_of(group, admin_client)
    assert "The group proposes a change to this page" in html
    assert "Parents who work for safe schools." in html
    response = admin_client.get(f"/admin/pages/{group.page_id}/edit/")
    assert "&lt;b&gt;{{ 7*7 }}&lt;/b&gt;" in response.content.decode()
    assert "https://www.facebook.com/old.group" in html
    assert "In this draft now:" not in html
    draft = draft_of(group)
    draft.summary = "Corrected."
    draft.save_revision()
    assert "In this draft now:" in editor_of(group, admin_client)


def test_editor_says_what_a_proposal_waits_for(group, admin_client):
    edited(group, locality="Lansing")
    under_review(group, summary=NEW)
    assert "waits until this page has no unpublished changes" in editor_of(group, admin_client)


@pytest.mark.parametrize(("action", "words"), [("reject", "link to change"), ("decline", "draft")])
def test_reviewers_read_what_becomes_of_their_words(group, action, words):
    hints = reviewed_model_of(AffiliatePage)
    assert hints.get_hint(page_of(group), action) == ""
    under_review(group, summary=NEW)
    assert words in hints.get_hint(page_of(group), action)


# The mails


@pytest.mark.parametrize(
    ("action", "kind", "says"),
    [
        ("approve", PROFILE_CHANGE_ACCEPTED, ["- In short", "/michigan-parents/"]),
        ("decline", PROFILE_CHANGE_DECLINED, ["- In short", "My words."]),
        ("reject", PROFILE_CHANGE_QUESTION, ["My words."]),
    ],
)
def test_mail_tells_what_it_is_about_and_leads_to_the_own_page(group, rob, action, kind, says):
    under_review(group, summary=NEW)
    act(group, rob, action, "My words.")
    message, text = read(OutgoingMail.objects.get(kind=kind))
    assert "Michigan Parents" in message["Subject"]
    for words in (*says, "Hello", "/join/link/affiliate~"):
        assert words in text
    assert "{" not in text

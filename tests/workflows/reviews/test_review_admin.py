"""What reviewers see and do in Wagtail's admin."""

import json
from contextlib import contextmanager

import pytest
from django.contrib.messages import get_messages
from django.urls import reverse
from django.utils import timezone
from wagtail import hooks
from wagtail.models import Task

from tests.factories.users import UserFactory
from tests.workflows.reviews.reviewed import (
    act,
    fresh,
    may_publish,
    notice,
    page,
    person,
    review_of,
    review_task,
    submit,
    workflow_of,
)
from workflows.models import ReviewTask
from workflows.reviews.services import assign_review

pytestmark = pytest.mark.django_db

THINGS = [notice, page]
IN_WINDOW = {"headers": {"x-requested-with": "XMLHttpRequest"}}


@pytest.fixture
def ann(db):
    return person("ann", "Checkers")


@pytest.fixture
def ben(db):
    return person("ben", "Checkers")


@pytest.fixture
def eve(db):
    return person("eve", "Leaders")


@pytest.fixture
def stranger(db):
    return person("stranger", "Writers")


@pytest.fixture
def task(ann, ben, eve):
    may_publish("Checkers")
    return review_task(escalation=["Leaders"])


@pytest.fixture
def workflow(task):
    return workflow_of(task)


@pytest.fixture
def as_ann(client, ann):
    client.force_login(ann)
    return client


def edit_url(thing):
    if hasattr(thing, "url_path"):
        return reverse("wagtailadmin_pages:edit", args=[thing.pk])
    return reverse(thing.snippet_viewset.get_url_name("edit"), args=[thing.pk])


def fields(thing):
    """What the editor posts of the thing itself."""
    if not hasattr(thing, "url_path"):
        return {"title": thing.title}
    return {
        "title": thing.title,
        "slug": thing.slug,
        "comments-TOTAL_FORMS": 0,
        "comments-INITIAL_FORMS": 0,
    }


def decide_in_editor(client, thing, action, **words):
    """Wagtail's script: what the window gave goes with the editor's form."""
    decision = {
        "action-workflow-action": "true",
        "workflow-action-name": action,
        "workflow-action-extra-data": json.dumps(words),
    }
    return client.post(edit_url(thing), fields(thing) | decision)


@contextmanager
def beside_another(click):
    """Whatever is posted to an editor has been read from the database, and then ``click`` is first
    to be done with.
    """
    clicks = [click]

    def let_the_other_go_first(request, _thing):
        if request.method == "POST" and clicks:
            clicks.pop()()

    register = hooks.register_temporarily
    with (
        register("before_edit_page", let_the_other_go_first, order=-1),
        register("before_edit_snippet", let_the_other_go_first, order=-1),
    ):
        yield


def window(client, view, state, action, **data):
    url = reverse(view, args=[state.pk, action])
    answer = client.post(url, data, **IN_WINDOW) if data else client.get(url, **IN_WINDOW)
    return answer.json()


def said(response):
    return [str(message) for message in response.context["messages"]]


@pytest.mark.parametrize("make", THINGS)
def test_editor_offers_the_actions_and_says_when_it_is_due(as_ann, workflow, make):
    thing = make()
    state = submit(thing)
    shown = as_ann.get(edit_url(thing)).content.decode()
    for label in ("Request changes", "Approve and Publish", "Decline", "Take or assign"):
        assert label in shown
    for action in ("reject", "approve", "decline"):
        assert reverse("workflows_review_words", args=[state.pk, action]) in shown
    assert "This review is due" in shown
    assert "It is not assigned yet." in shown


@pytest.mark.parametrize("make", THINGS)
def test_decisions_come_before_what_gets_round_the_review(client, workflow, make):
    thing = make()
    submit(thing)
    client.force_login(UserFactory(is_superuser=True))
    shown = client.get(edit_url(thing)).content.decode()
    menu = shown[shown.index('class="footer') :]
    labels = ("Request changes", "Approve and Publish", "Decline", "Take or assign", "Cancel")
    places = [menu.index(label) for label in labels]
    assert places == sorted(places)


@pytest.mark.parametrize("make", THINGS)
def test_double_click_on_approve_publishes_once_and_takes_nothing_down(as_ann, workflow, make):
    thing = make()
    review = submit(thing).pk
    with beside_another(lambda: decide_in_editor(as_ann, thing, "approve", review=review)):
        second = decide_in_editor(as_ann, thing, "approve", review=review)
    assert second.status_code == 302
    assert fresh(thing).live
    over = "Your decision was not saved, since the review is over."
    assert over in [str(one).strip() for one in get_messages(second.wsgi_request)]


@pytest.mark.parametrize("make", THINGS)
def test_editor_says_who_has_taken_it(as_ann, ann, ben, workflow, make):
    thing = make()
    state = submit(thing)
    assign_review(state=state, assignee=ben, by=ann, now=timezone.now())
    assert "It is assigned to Ben Lee." in as_ann.get(edit_url(thing)).content.decode()
    assign_review(state=state, assignee=ann, by=ann, now=timezone.now())
    assert "It is assigned to you." in as_ann.get(edit_url(thing)).content.decode()


@pytest.mark.parametrize("make", THINGS)
@pytest.mark.parametrize(
    ("action", "live", "status"),
    [("approve", True, "approved"), ("reject", False, "rejected"), ("decline", False, "rejected")],
)
def test_decision_in_the_editor_counts(as_ann, ann, workflow, make, action, live, status):
    thing = make()
    state = submit(thing)
    answer = window(as_ann, "workflows_review_words", state, action, comment="My words")
    assert answer["step"] == "success"
    response = decide_in_editor(as_ann, thing, action, **answer["cleaned_data"])
    assert response.status_code == 302
    assert fresh(thing).live is live
    state.refresh_from_db()
    assert (state.status, state.finished_by, state.comment) == (status, ann, "My words")


@pytest.mark.parametrize(
    ("action", "complaint"),
    [("reject", "Please write your question."), ("decline", "Please write your reason.")],
)
def test_missing_words_are_asked_for_beside_the_field(as_ann, workflow, action, complaint):
    state = submit(notice())
    answer = window(as_ann, "workflows_review_words", state, action, comment=" ")
    assert answer["step"] == "action"
    assert complaint in answer["html"]
    assert 'aria-invalid="true"' in answer["html"]


def test_words_that_are_too_long_are_kept_in_the_field(as_ann, workflow):
    state = submit(notice())
    words = "many words " * 1000
    answer = window(as_ann, "workflows_review_words", state, "reject", comment=words)
    assert answer["step"] == "action"
    assert words.strip() in answer["html"]


def test_approving_without_a_comment_passes_at_once(as_ann, workflow):
    state = submit(notice())
    answer = window(as_ann, "workflows_review_pass", state, "approve")
    assert answer == {"step": "success", "cleaned_data": {"review": state.pk}}


def test_crafted_decision_without_words_changes_nothing(as_ann, workflow):
    thing = notice()
    state = submit(thing)
    decide_in_editor(as_ann, thing, "decline")
    state.refresh_from_db()
    assert state.status == "in_progress"


@pytest.mark.parametrize("view", ["workflows_review_words", "workflows_decide_review"])
@pytest.mark.parametrize("make", THINGS)
def test_who_comes_second_reads_who_was_faster_and_keeps_the_words(
    as_ann, ben, workflow, make, view
):
    thing = make()
    state = submit(thing)
    act(thing, ben, "approve")
    shown = window(as_ann, view, state, "reject", comment="Where is <it>?")["html"]
    assert "This review is over: Ben Lee approved." in shown
    assert "Where is &lt;it&gt;?" in shown


def test_decision_about_the_step_before_does_not_count_for_the_next(as_ann, ben, task):
    workflow_of(task, review_task("Check the style"))
    thing = notice()
    first = submit(thing)
    act(thing, ben, "approve")
    decide_in_editor(as_ann, thing, "approve", review=first.pk)
    assert not fresh(thing).live
    assert review_of(thing).status == "in_progress"


def test_whoever_may_not_publish_is_told_before_the_last_step(client, eve, workflow):
    thing = notice()
    state = submit(thing)
    client.force_login(eve)
    shown = window(client, "workflows_review_pass", state, "approve")["html"]
    assert "you may not publish here" in shown
    assert not fresh(thing).live


@pytest.mark.parametrize("make", THINGS)
def test_first_page_decides_in_the_same_window(as_ann, workflow, make):
    thing = make()
    state = submit(thing)
    url = reverse("workflows_decide_review", args=[state.pk, "decline"])
    assert url in as_ann.get(reverse("wagtailadmin_home")).content.decode()
    answer = window(as_ann, "workflows_decide_review", state, "decline", comment="No, thanks.")
    # Reviewers with no other right may not open it any more.
    assert answer == {"step": "success", "redirect": reverse("wagtailadmin_home")}
    assert not fresh(thing).workflow_in_progress


def test_first_page_approves_without_a_window(as_ann, ben, workflow):
    thing, other = notice(), notice("Winter meeting")
    url = reverse("workflows_decide_review", args=[submit(thing).pk, "approve"])
    late_url = reverse("workflows_decide_review", args=[submit(other).pk, "approve"])
    act(other, ben, "approve")
    home = {"next": reverse("wagtailadmin_home")}
    assert said(as_ann.post(url, home, follow=True)) == []
    assert fresh(thing).live
    (message,) = said(as_ann.post(late_url, home, follow=True))
    assert message.strip() == (
        "Your decision was not saved. This review is over: Ben Lee approved."
    )


@pytest.mark.parametrize(
    "view", ["workflows_review_words", "workflows_review_pass", "workflows_decide_review"]
)
def test_strangers_may_not_decide(client, stranger, workflow, view):
    state = submit(notice())
    client.force_login(stranger)
    url = reverse(view, args=[state.pk, "approve"])
    assert client.get(url, **IN_WINDOW).status_code == 403
    assert client.post(url, {"comment": "Yes"}, **IN_WINDOW).status_code == 403
    assert review_of(state.reviewed).status == "in_progress"


def test_strangers_may_not_assign(client, stranger, workflow):
    state = submit(notice())
    client.force_login(stranger)
    url = reverse("workflows_assign_review", args=[state.pk])
    for response in (client.get(url), client.post(url, {"take": "yes"})):
        assert response.url == reverse("wagtailadmin_home")
    state.refresh_from_db()
    assert state.assigned_to is None


def assign_page(client, state):
    return client.get(reverse("workflows_assign_review", args=[state.pk]))


def test_only_people_who_can_decide_are_offered(as_ann, workflow, stranger):
    person("gone", "Checkers", is_active=False)
    no_login = person("nologin", "Checkers")
    no_login.user_permissions.clear()
    form = assign_page(as_ann, submit(notice())).context["form"]
    offered = [label for _value, label in form.fields["assignee"].choices]
    assert offered == ["All reviewers", "Ann Lee", "Ben Lee", "Eve Lee"]


def test_review_is_taken_with_one_button(as_ann, ann, workflow):
    thing = notice()
    state = submit(thing)
    url = reverse("workflows_assign_review", args=[state.pk])
    response = as_ann.post(url, {"take": "yes"})
    assert response.url == edit_url(thing)
    state.refresh_from_db()
    assert state.assigned_to == ann
    assert "Take this review" not in assign_page(as_ann, state).content.decode()


@pytest.mark.parametrize("whom", ["ben", "nobody"])
def test_review_is_given_to_a_colleague_or_back_to_all(as_ann, ann, ben, workflow, whom):
    state = submit(notice())
    assign_review(state=state, assignee=ann, by=ann, now=timezone.now())
    url = reverse("workflows_assign_review", args=[state.pk])
    as_ann.post(url, {"assignee": ben.pk if whom == "ben" else ""})
    state.refresh_from_db()
    assert state.assigned_to == (ben if whom == "ben" else None)


def test_review_cannot_be_given_to_somebody_outside(as_ann, stranger, workflow):
    state = submit(notice())
    url = reverse("workflows_assign_review", args=[state.pk])
    response = as_ann.post(url, {"assignee": stranger.pk})
    assert "This person cannot decide about it" in response.content.decode()
    state.refresh_from_db()
    assert state.assigned_to is None


def test_assigning_what_is_over_says_so(as_ann, ben, workflow):
    thing = notice()
    state = submit(thing)
    act(thing, ben, "approve")
    assert "This review is over: Ben Lee approved." in assign_page(as_ann, state).content.decode()
    url = reverse("workflows_assign_review", args=[state.pk])
    shown = as_ann.post(url, {"take": "yes"}, follow=True).content.decode()
    assert "This review is over: Ben Lee approved." in shown


def test_assigning_what_is_gone_is_not_found(as_ann, workflow):
    thing = page()
    state = submit(thing)
    thing.delete()
    assert assign_page(as_ann, state).status_code == 404


def test_escalation_group_may_decide(client, eve, workflow):
    may_publish("Leaders")
    thing = page()
    submit(thing)
    client.force_login(eve)
    assert "Decline" in client.get(edit_url(thing)).content.decode()
    decide_in_editor(client, thing, "approve")
    assert fresh(thing).live


@pytest.fixture
def task_form(admin_client, ann):
    """Post the form of a new task; return the task or the form's errors."""

    def post(**changes):
        data = {
            "name": "Check the facts",
            "groups": [ann.groups.get().pk],
            "respond_within_days": 5,
            "remind_after_days": 3,
            "escalate_after_days": 7,
            "escalate_again_after_days": 14,
            "business_days": "on",
            "time_zone": "",
            "sending_hour": 9,
        }
        url = reverse("wagtailadmin_workflows:add_task", args=["affiliate_workflows", "reviewtask"])
        response = admin_client.post(url, data | changes)
        if response.status_code == 302:
            return ReviewTask.objects.get()
        return response.context["form"].errors

    return post


@pytest.mark.parametrize("zone", ["America/Denver", "Etc/GMT+5", "UTC"])
def test_task_is_made_in_the_admin(task_form, zone):
    assert task_form(time_zone=zone).time_zone == zone


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"remind_after_days": 5}, "respond_within_days"),
        ({"respond_within_days": 7}, "escalate_after_days"),
        ({"escalate_after_days": 14}, "escalate_again_after_days"),
        ({"time_zone": "America/Nowhere"}, "time_zone"),
        ({"sending_hour": 24}, "sending_hour"),
        ({"respond_within_days": 0, "remind_after_days": 0}, "respond_within_days"),
        ({"groups": []}, "groups"),
    ],
)
def test_task_form_says_what_is_wrong_where_it_is(task_form, changes, field):
    assert list(task_form(**changes)) == [field]
    assert not Task.objects.filter(name="Check the facts").exists()


def test_new_task_starts_with_the_usual_days(admin_client):
    url = reverse("wagtailadmin_workflows:add_task", args=["affiliate_workflows", "reviewtask"])
    form = admin_client.get(url).context["form"]
    days = [form[name].value() for name in form.fields if name.endswith("_days")]
    assert days == [5, 3, 7, 14, True]

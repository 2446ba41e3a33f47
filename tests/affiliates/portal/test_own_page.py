"""An affiliate's own page: what its contacts see, and who may see it."""

from datetime import date, timedelta
from html import unescape

import pytest
from django.test import Client
from django.utils import timezone

from affiliates.core.states import UpdateKind
from affiliates.models import Affiliation, Contact, ContactUpdate, SupportRequest
from affiliates.programs.days_off import calendar_of
from tests.factories.affiliations import UpdateRequestFactory, affiliation
from tests.factories.own_pages import opened_own, own_link, own_path
from tests.factories.profile_changes import act, proposed, under_review
from tests.factories.reviews import reviewer
from tests.standing import stands
from workflows.core.due import long_date

pytestmark = pytest.mark.django_db


@stands()
def program(reviewed_program):
    return reviewed_program


@stands()
def group(program):
    return affiliation(
        program,
        title="Michigan Parents",
        links={"website": "https://old.org/"},
        contact__name="Jo Smith",
        contact__email="jo@example.net",
    )


def page(client, group):
    response = opened_own(client, group).get(own_path(group))
    assert response.status_code == 200
    return " ".join(unescape(response.content.decode()).split())


def told(group, **fields):
    fields = {"kind": UpdateKind.NEWS, "sent_at": timezone.now(), "live": False, **fields}
    return ContactUpdate.objects.create(affiliation=group, **fields)


def called(group, **fields):
    now = timezone.now()
    fields = {"opened_at": now, "due_on": now.date() + timedelta(days=5), **fields}
    return SupportRequest.objects.create(affiliation=group, **fields)


def in_a_week():
    return timezone.now().date() + timedelta(days=7)


# What it shows


def test_page_shows_profile_contacts_and_standing(client, group):
    Contact.objects.update(name="Jo", phone="517 555 0123")
    html = page(client, group)
    for words in (
        "Hello Jo,",
        '<a href="tel:+1-517-555-0123">517 555 0123</a>',
        "Parents who work for safe schools.",
        "https://old.org/",
        "jo@example.net",
        "In good standing",
        "There is nothing you need to send us.",
        'href="/join/affiliate/',
    ):
        assert words in html
    assert "Propose a change" in html
    assert group.primary_contact.link_nonce not in html


def test_open_request_has_its_day_and_its_page_opens_from_here(client, group):
    asked = UpdateRequestFactory(affiliation=group, due_on=in_a_week())
    html = page(client, group)
    assert "Your update for Q3 2026" in html
    assert "Please send it by" in html
    assert f'href="/join/update/{asked.reference}/"' in html
    assert client.get(f"/join/update/{asked.reference}/").status_code == 200


def test_late_request_is_still_welcome(client, group):
    UpdateRequestFactory(affiliation=group, due_on=date(2026, 1, 31))
    assert "It was due on Saturday, January 31, 2026, and it is still welcome." in page(
        client, group
    )


def test_call_for_help_shows_the_promised_day_or_the_answer(client, group):
    called(group, text="We need a lawyer.", needs=[{"id": "x", "text": "Guidance."}])
    called(group, state="answered", text="Old", answer="Call Kim.", answered_at=timezone.now())
    html = page(client, group)
    for words in ("We need a lawyer.", "Guidance.", "You will have our answer by", "Call Kim."):
        assert words in html


def test_late_answer_of_ours_is_admitted(client, group):
    called(group, due_on=date(2026, 1, 30))
    assert "We promised an answer by Friday, January 30, 2026, and we are late." in page(
        client, group
    )


@pytest.mark.parametrize(
    ("fields", "says"),
    [
        ({"may_publish": True, "text": "Hi"}, "Our team is reading it. We will be done by"),
        ({"may_publish": True, "text": "Hi", "live": True}, "Read it on the website"),
        ({"may_publish": False, "text": "Hi"}, "Kept private: only our team sees it."),
        ({"kind": UpdateKind.QUIET}, "You told us that nothing was new."),
        ({"kind": UpdateKind.HELP, "text": "Help"}, "Our answer appears under"),
    ],
)
def test_history_tells_what_became_of_each_update(client, group, fields, says):
    told(group, **fields)
    assert says in page(client, group)


def test_old_unread_update_promises_no_day_that_is_past(client, group):
    told(group, may_publish=True, text="Hi", sent_at=timezone.now() - timedelta(days=60))
    html = page(client, group)
    assert "Our team is reading it." in html
    assert "We will be done by" not in html


def test_update_that_can_still_be_changed_leads_there(client, group):
    update = told(group, text="We met.")
    html = page(client, group)
    assert f"update/?update={update.key}" in html
    assert "We met." in client.get(own_path(group, f"update/?update={update.key}")).content.decode()


def scheduled(group, **fields):
    """Approved by a reviewer, for a later day."""
    update = told(group, kind=UpdateKind.NEWS, text="We met.", may_publish=True, **fields)
    update.go_live_at = timezone.now() + timedelta(days=3)
    update.save_revision().publish()
    return update


def test_update_that_is_approved_for_a_later_day_says_so_and_cannot_be_changed(client, group):
    update = scheduled(group)
    html = page(client, group)
    day = calendar_of(group.program).day_of(timezone.now() + timedelta(days=3))
    assert f"It will be published on {long_date(day)}." in html
    assert "We will be done by" not in html
    assert f"update={update.key}" not in html


def test_update_that_we_ask_to_change_is_what_is_next(client, group):
    update = told(group, kind=UpdateKind.NEWS, text="Our son Max spoke.", may_publish=True)
    assert "asked you to change your news" not in page(client, group)
    ContactUpdate.objects.update(asked_changes="Please leave out his name.")
    html = page(client, group)
    assert "We have asked you to change your news" in html
    assert "Our team is reading it" not in html
    assert "There is nothing you need to send us" not in html
    assert html.count(f"?update={update.key}") == 2, "under what is next, and under what was before"


def test_periods_that_are_over_are_listed(client, group):
    UpdateRequestFactory(affiliation=group, state="answered")
    UpdateRequestFactory(
        affiliation=group,
        state="waived",
        period_start=date(2026, 4, 1),
        period_end=date(2026, 6, 30),
    )
    html = page(client, group)
    assert "<dt>Q3 2026</dt><dd>Answered</dd>" in html
    assert "<dt>Q2 2026</dt><dd>Not asked for</dd>" in html


def test_break_from_reminders_is_told_with_its_end(client, group):
    Affiliation.objects.update(reminders_paused_until=in_a_week())
    assert "You asked for a break: we send you no reminders until" in page(client, group)
    Affiliation.objects.update(reminders_paused_until=date(2026, 1, 1))
    assert "You asked for a break" not in page(client, group)


@pytest.mark.parametrize(
    ("action", "says"),
    [
        (None, "You proposed a change. We are reading it.</strong> You will hear from us by"),
        ("approve", "The change that you proposed was published on"),
        ("decline", "We did not publish the change that you proposed."),
        ("reject", "Please change your proposal and send it again."),
    ],
)
def test_proposed_change_and_what_became_of_it_are_shown(client, program, group, action, says):
    under_review(group, summary="New words.")
    if action:
        act(group, reviewer(program, username="robin"), action, "Please name no child.")
    html = page(client, group)
    assert says in html
    assert "New words." in html
    assert ("Please name no child." in html) == (action in ("decline", "reject"))
    assert ("Change the proposal" in html) == (action in (None, "reject"))
    assert ("Change what you proposed" in html) == (action == "reject")
    assert ("There is nothing you need to send us" in html) == (action != "reject")


def test_question_about_a_proposal_is_gone_once_the_group_has_sent_it_anew(client, program, group):
    """At once, not only when a worker has put it before the reviewers."""
    under_review(group, summary="New words.")
    act(group, reviewer(program, username="robin"), "reject", "Please name no child.")
    proposed(group, summary="Newer words.")
    html = page(client, group)
    assert "We are reading it." in html
    assert "Change what you proposed" not in html


def test_ended_affiliation_shows_what_was_and_offers_nothing(client, group):
    told(group, text="Old news.")
    Affiliation.objects.update(state="ended")
    html = page(client, group)
    assert "no longer an affiliate" in html
    assert "Old news." in html
    assert "Propose a change" not in html
    assert "Tell us something" not in html


@pytest.mark.parametrize("gone", ["unpublished", "deleted"])
def test_group_without_a_public_page_sees_its_own(client, group, gone):
    group.page.unpublish() if gone == "unpublished" else group.page.delete()
    html = page(client, group)
    assert "no public page with us at the moment" in html
    assert "Propose a change" not in html


def test_what_people_wrote_is_text_and_nothing_else(client, group):
    told(group, text="<script>x</script> {{ 7*7 }}")
    called(group, text="<b>bold</b>")
    proposed(group, summary="<i>it</i>")
    html = opened_own(client, group).get(own_path(group)).content.decode()
    for text in ("<script>x", "<b>bold", "<i>it"):
        assert text not in html
    assert "{{ 7*7 }}" in html


def test_history_costs_no_queries_each(client, group, django_assert_max_num_queries):
    def row(number):
        day = date(2020 + number, 1, 1)
        asked = UpdateRequestFactory(
            affiliation=group, state="answered", period_start=day, period_end=day
        )
        told(group, text="Hi", may_publish=True, request=asked, live=number % 2 == 0)
        called(group, text="Help")
        scheduled(group)
        UpdateRequestFactory(
            affiliation=group, period_start=date(2020 + number, 6, 1), period_end=day
        )

    def queries():
        with django_assert_max_num_queries(60) as found:
            client.get(own_path(group))
        return len(found)

    row(0)
    opened_own(client, group)
    queries()
    one = queries()
    row(1)
    row(2)
    assert queries() == one


# Who may see it


def test_link_leads_there_without_a_token_in_the_address(client, group):
    response = client.get(own_link(group), follow=True)
    assert response.redirect_chain == [(own_path(group), 302)]
    assert group.primary_contact.link_nonce not in response.content.decode()


def test_page_is_private_to_caches_search_engines_and_other_sites(client, group):
    response = opened_own(client, group).get(own_path(group))
    assert "no-store" in response["Cache-Control"]
    assert "private" in response["Cache-Control"]
    assert response["Referrer-Policy"] == "same-origin"
    assert response["X-Robots-Tag"] == "noindex"


def test_page_without_a_link_is_the_same_as_for_no_group(client, group):
    known, unknown = (
        client.get(f"/join/affiliate/{reference}/") for reference in (group.reference, "ZZZ-ZZZ")
    )
    assert known.status_code == unknown.status_code == 403
    assert known.content == unknown.content


def test_link_and_cookie_die_when_another_person_takes_over(client, group):
    link = own_link(group)
    opened_own(client, group)
    Contact.objects.update(link_nonce="replaced")
    assert client.get(link).status_code == 404
    assert client.get(own_path(group)).status_code == 403


def test_each_contact_has_a_link_of_its_own(client, group):
    other = Contact.objects.create(
        affiliation=group, role="alternate", name="Al", email="al@example.net"
    )
    html = opened_own(client, group, other).get(own_path(group)).content.decode()
    assert "Hello Al" in html


def test_cookie_of_one_group_shows_no_other(client, program, group):
    other = affiliation(program, title="Other group")
    response = client.get(own_link(group))
    (name, cookie), *_ = response.cookies.items()
    thief = Client()
    thief.cookies[name.replace(group.reference, other.reference)] = cookie.value
    assert thief.get(own_path(other)).status_code == 403


@pytest.mark.parametrize("method", ["get", "head", "options"])
@pytest.mark.parametrize("rest", ["", "profile/", "update/", "thanks/", "link"])
def test_looking_changes_nothing(client, group, method, rest):
    UpdateRequestFactory(affiliation=group, due_on=in_a_week())
    opened_own(client, group)

    def everything():
        return (
            list(Affiliation.objects.values()),
            list(Contact.objects.values()),
            list(group.update_requests.values()),
            group.updates.count(),
            group.profile_changes.count(),
        )

    before = everything()
    path = own_link(group) if rest == "link" else own_path(group, rest)
    for _ in range(3):
        assert getattr(client, method)(path).status_code < 500
    assert everything() == before


@pytest.mark.parametrize("method", ["post", "put", "delete", "patch"])
def test_page_itself_takes_no_orders(client, group, method):
    opened_own(client, group)
    assert getattr(client, method)(own_path(group)).status_code == 405

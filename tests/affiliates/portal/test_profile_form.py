"""The form by which a contact proposes a change: every rule, and no word of it ever lost."""

from datetime import timedelta
from html import unescape

import pytest
import time_machine
from django.test import Client
from django.utils import timezone

from affiliates.models import AffiliatePage, Affiliation, Contact, ProfileChange
from tests.factories.affiliations import affiliation
from tests.factories.own_pages import opened_own, own_path, profile_data
from tests.factories.profile_changes import act, proposed, under_review
from tests.factories.reviews import reviewer
from tests.standing import stands

pytestmark = pytest.mark.django_db

NEW = "Parents and teachers of all Michigan."


@stands()
def program(reviewed_program):
    return reviewed_program


@stands()
def group(program):
    return affiliation(
        program,
        title="Michigan Parents",
        body="<p>We meet.</p>",
        links={"website": "https://old.org/"},
        contact__name="Jo Smith",
        contact__email="jo@example.net",
    )


def form_path(group):
    return own_path(group, "profile/")


def send(client, group, **changes):
    opened_own(client, group)
    return client.post(form_path(group), profile_data(client, group, **changes))


def shown(response):
    return unescape(response.content.decode())


def refused(response, name, typed, says):
    html = shown(response)
    assert response.status_code == 422
    assert response.context["form"][name].value() == typed
    assert says in html
    assert "<title>Error:" in " ".join(html.split())
    assert f'href="#id_{name}"' in html
    assert "Everything you typed is still here." in html
    assert not ProfileChange.objects.exists()


def test_form_starts_from_what_is_public(client, group):
    opened_own(client, group)
    html = shown(client.get(form_path(group)))
    for words in ("Michigan Parents", "Parents who work", "We meet.", "https://old.org/"):
        assert words in html


def test_sending_it_says_thank_you_on_the_own_page(client, group):
    response = send(client, group, summary=NEW)
    assert response.status_code == 302
    html = shown(client.get(response.url))
    assert "Your proposal is in." in html
    change = ProfileChange.objects.get()
    assert change.changes == {
        "summary": {"before": "Parents who work for safe schools.", "after": NEW}
    }
    assert change.contact == group.primary_contact
    assert AffiliatePage.objects.get(pk=group.page_id).summary != NEW


def test_open_proposal_is_what_the_form_starts_from(client, group):
    send(client, group, summary=NEW)
    opened_own(client, group)
    assert client.get(form_path(group)).context["form"]["summary"].value() == NEW
    send(client, group, locality="Lansing")
    assert set(ProfileChange.objects.get().changes) == {"summary", "locality"}


def test_question_of_the_reviewer_stands_above_the_form(client, program, group):
    under_review(group, summary=NEW)
    act(group, reviewer(program, username="robin"), "reject", "Where do you meet?")
    opened_own(client, group)
    assert "Where do you meet?" in shown(client.get(form_path(group)))


@pytest.mark.parametrize(
    ("name", "typed", "says"),
    [
        ("title", "", "Please give the name of your group."),
        ("title", "🎉", "with letters or digits"),
        ("title", "x" * 300, "Please shorten this to 255 characters. It has 300."),
        ("summary", "\u200b", "in a sentence or two"),
        ("summary", "x" * 501, "Please shorten this to 500 characters. It has 501."),
        ("body", "x" * 5001, "Please shorten this to 5000 characters. It has 5001."),
        ("body", "A" + "\u0301" * 300, "too many marks"),
        ("locality", "x" * 300, "It has 300."),
        ("link_website", "javascript:alert(1)", "no link to a web page"),
        ("link_website", "http://127.0.0.1/", "public internet"),
        ("link_website", "http://a:b@x.org", "user name or password"),
        ("link_instagram", "https://www.facebook.com/group", "leads to Facebook"),
        ("link_youtube", "youtube.com/channel/", "cut short"),
    ],
)
def test_what_cannot_be_taken_is_kept_with_the_reason(client, group, name, typed, says):
    refused(send(client, group, **{name: typed}), name, typed, says)


def test_local_group_has_to_say_where(client, group):
    AffiliatePage.objects.update(scope="local", locality="Lansing")
    refused(send(client, group, locality=""), "locality", "", "in which town or county")


def test_same_link_twice_is_refused(client, group):
    response = send(client, group, link_facebook="https://www.facebook.com/group")
    assert response.status_code == 302
    AffiliatePage.objects.get().links.all().delete()
    ProfileChange.objects.all().delete()
    facebook = "https://x.com/group"
    refused(send(client, group, link_facebook=facebook), "link_facebook", facebook, "X (Twitter)")


def test_handle_and_missing_scheme_are_mended_silently(client, group):
    send(client, group, link_instagram="@group", link_website="new.org")
    changes = ProfileChange.objects.get().changes
    assert changes["link_instagram"]["after"] == "https://www.instagram.com/group"
    assert changes["link_website"]["after"] == "https://new.org"


def test_nothing_changed_is_told(client, group):
    response = send(client, group)
    assert response.status_code == 422
    assert "Your public page already says all of this" in shown(response)
    assert not ProfileChange.objects.exists()


def test_text_with_formatting_is_not_offered_and_said_so(client, group):
    AffiliatePage.objects.update(body="<h2>Us</h2><p>We <b>meet</b>.</p>")
    opened_own(client, group)
    html = shown(client.get(form_path(group)))
    assert 'name="body"' not in html
    assert "To change that, write to" in html
    send(client, group, body="Gone?", summary=NEW)
    assert set(ProfileChange.objects.get().changes) == {"summary"}


@pytest.mark.parametrize("text", ["<svg onload=alert(1)>", "{{ 7*7 }}", "</textarea><script>"])
def test_markup_is_shown_again_as_text(client, group, text):
    for response in (
        send(client, group, title="", summary=text),
        Client().post(form_path(group), {"summary": text, "version": "0"}),
    ):
        html = response.content.decode()
        assert "<svg onload" not in html
        assert "</textarea><script>" not in html
        assert text in shown(response)


def test_fields_that_the_form_does_not_have_do_nothing(client, group):
    send(client, group, summary=NEW, region="US-OH", scope="local", state="ended", slug="x")
    assert set(ProfileChange.objects.get().changes) == {"summary"}


# Old windows, double clicks, and what happens meanwhile


def test_double_click_makes_one_proposal(client, group):
    opened_own(client, group)
    data = profile_data(client, group, summary=NEW)
    assert [client.post(form_path(group), data).status_code for _ in range(2)] == [302, 302]
    assert ProfileChange.objects.get().version == 1


def test_older_of_two_windows_is_shown_again_and_can_be_sent(client, group):
    opened_own(client, group)
    older = profile_data(client, group, summary="Older window.")
    client.post(form_path(group), profile_data(client, group, summary="Newer window."))
    response = client.post(form_path(group), older)
    html = shown(response)
    assert response.status_code == 409
    assert "Something else was proposed since you opened this page" in html
    assert "Older window." in html
    assert ProfileChange.objects.get().changes["summary"]["after"] == "Newer window."
    older["version"] = response.context["version"]
    assert client.post(form_path(group), older).status_code == 302
    assert ProfileChange.objects.get().changes["summary"]["after"] == "Older window."


def test_proposal_decided_while_typing_is_told_and_the_text_kept(client, program, group):
    under_review(group, summary=NEW)
    opened_own(client, group)
    data = profile_data(client, group, summary="Better.")
    act(group, reviewer(program, username="robin"), "decline", "No.")
    response = client.post(form_path(group), data)
    assert response.status_code == 409
    assert "Better." in shown(response)
    data["version"] = response.context["version"]
    assert client.post(form_path(group), data).status_code == 302


@pytest.mark.parametrize("gone", ["unpublished", "ended"])
def test_page_taken_down_while_typing_leaves_the_text_to_copy(client, group, gone):
    opened_own(client, group)
    data = profile_data(client, group, summary=NEW)
    if gone == "ended":
        Affiliation.objects.update(state="ended")
    else:
        group.page.unpublish()
    response = client.post(form_path(group), data)
    assert response.status_code == 410
    assert NEW in shown(response)
    assert "mailto:program@example.org" in shown(response)
    assert client.get(form_path(group)).status_code == 200
    assert not ProfileChange.objects.exists()


def test_form_without_its_csrf_cookie_changes_nothing_and_keeps_the_text(group):
    careful = opened_own(Client(enforce_csrf_checks=True), group)
    response = careful.post(form_path(group), profile_data(careful, group, summary=NEW))
    html = shown(response)
    assert response.status_code == 422
    assert "Please press it once more" in html
    assert NEW in html
    assert not ProfileChange.objects.exists()


def test_text_stays_when_the_link_has_expired_while_typing(client, group):
    opened_own(client, group)
    data = profile_data(client, group, summary=NEW, title="Name <b>")
    with time_machine.travel(timezone.now() + timedelta(hours=25), tick=False):
        response = client.post(form_path(group), data)
    html = shown(response)
    assert response.status_code == 403
    for words in (NEW, "Name <b>", "https://old.org/", f'action="{form_path(group)}"'):
        assert words in html
    assert not ProfileChange.objects.exists()


def test_kept_form_works_after_the_link_was_opened_again(client, group):
    stranger = Client()
    opened_own(client, group)
    data = profile_data(client, group, summary=NEW)
    stranger.post(form_path(group), data)
    opened_own(stranger, group)
    assert stranger.post(form_path(group), data).status_code == 302


def test_form_that_is_too_large_gets_a_page_that_helps(client, group):
    response = send(client, group, body="x" * 3_000_000)
    assert response.status_code == 413
    assert "Back button" in shown(response)


def test_page_without_a_link_tells_nothing_about_the_group(client, group):
    known, unknown = (
        client.post(f"/join/affiliate/{reference}/profile/", {"summary": NEW})
        for reference in (group.reference, "ZZZ-ZZZ")
    )
    assert known.status_code == unknown.status_code == 403
    lines = [
        [line for line in shown(response).splitlines() if "csrfmiddlewaretoken" not in line]
        for response in (known, unknown)
    ]
    assert "\n".join(lines[0]).replace(group.reference, "ZZZ-ZZZ") == "\n".join(lines[1])


def test_cookie_for_one_group_with_a_body_naming_another_has_no_power_over_it(
    client, program, group
):
    other = affiliation(program, title="Other group")
    opened_own(client, group)
    body = profile_data(client, group, summary=NEW, reference=other.reference)
    body["affiliation"] = other.pk
    client.post(form_path(group), body)
    assert client.post(form_path(other), body).status_code == 403
    assert ProfileChange.objects.get().affiliation == group


def test_contact_who_handed_over_can_propose_nothing_any_more(client, group):
    opened_own(client, group)
    data = profile_data(client, group, summary=NEW)
    Contact.objects.update(link_nonce="replaced")
    assert client.post(form_path(group), data).status_code == 403


def test_form_is_private_and_costs_the_same_with_and_without_a_history(
    client, group, django_assert_max_num_queries
):
    opened_own(client, group)
    response = client.get(form_path(group))
    assert "no-store" in response["Cache-Control"]
    assert response["X-Robots-Tag"] == "noindex"

    def queries():
        with django_assert_max_num_queries(40) as found:
            client.get(form_path(group))
        return len(found)

    none = queries()
    proposed(group, summary=NEW)
    assert queries() == none

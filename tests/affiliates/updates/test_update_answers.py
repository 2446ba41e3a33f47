"""An affiliate's contact answers the mail that asks for an update."""

from datetime import UTC, datetime, timedelta
from html import unescape

import pytest
import time_machine
from django.test import Client
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from affiliates.affiliations.services.schedule import waive_request
from affiliates.core.states import UpdateKind, UpdateRequestState
from affiliates.models import Affiliation, ContactUpdate, SupportRequest, UpdateRequest
from affiliates.updates.services.sending import UpdateContent, send_update
from tests.factories.affiliations import affiliation
from tests.factories.users import UserFactory
from tests.factories.visits import (
    ASKED,
    BEFORE,
    asked_for_update,
    news,
    opened,
    update_path,
)
from tests.standing import stands

pytestmark = pytest.mark.django_db

TEXT = "We met the board.\n\nThey listened 🎉"


@pytest.fixture(autouse=True)
def asked_day():
    with time_machine.travel(ASKED, tick=False):
        yield


@stands(at=ASKED)
def group(program):
    return affiliation(program, now=BEFORE, title="Michigan Parents", contact__name="Kim Lee")


@stands(at=ASKED)
def request_(group):
    return asked_for_update(group)


def shown(response):
    return unescape(response.content.decode())


def send(client, request, *, follow=False, **changes):
    data = news(client, request, **changes)
    return client.post(update_path(request), data, follow=follow)


def quiet(client, request, **changes):
    changes = {"kind": "quiet", "text": "", **changes}
    return send(client, request, **changes)


def need_ids(program):
    return [benefit.id for benefit in program.statements("benefits")]


def texts():
    return list(ContactUpdate.objects.order_by("pk").values_list("kind", "text"))


def publish(update):
    ContactUpdate.objects.filter(pk=update.pk).update(live=True, first_published_at=ASKED)


def approve_for_friday(update):
    update.go_live_at = ASKED + timedelta(days=2)
    update.save_revision().publish()


# The page


def test_page_says_about_whom_of_when_and_by_when(client, request_):
    html = shown(opened(client, request_).get(update_path(request_)))
    assert "Michigan Parents: update for Q3 2026" in html
    assert "Please tell us by Wednesday, September 30, 2026." in html
    assert "Nothing new this time" in html
    assert "Guidance." in html
    assert "A louder voice." in html
    assert "program@example.org" in html


def test_nothing_is_ticked_before_the_group_ticks_it(client, request_):
    assert "checked" not in shown(opened(client, request_).get(update_path(request_)))


def test_two_presses_answer_for_a_quiet_quarter(client, request_):
    response = quiet(opened(client, request_), request_, follow=True)
    html = shown(response)
    request_.refresh_from_db()
    assert response.redirect_chain == [(update_path(request_, "thanks/"), 302)]
    assert "Thank you" in html
    assert "That is all we need this time." in html
    assert "We will ask you again on Thursday, December 17, 2026." in html
    assert texts() == [("quiet", "")]
    assert request_.state == UpdateRequestState.ANSWERED


def test_news_is_taken_and_the_page_says_who_reads_it_by_when(client, request_, group):
    response = send(opened(client, request_), request_, text=TEXT, may_publish="on", follow=True)
    html = shown(response)
    update = ContactUpdate.objects.get()
    assert (update.text, update.may_publish, update.request) == (TEXT, True, request_)
    assert update.contact == group.primary_contact
    assert "Someone on our team will read it by Wednesday, September 23, 2026." in html
    assert "They listened 🎉" in html
    assert "We may publish it." in html


def test_news_approved_for_a_later_day_is_said_so_and_offers_no_change(client, request_):
    send(opened(client, request_), request_, text=TEXT, may_publish="on")
    approve_for_friday(ContactUpdate.objects.get())
    thanks = shown(client.get(update_path(request_, "thanks/")))
    assert "It will be published on Friday, September 18, 2026." in thanks
    assert "will read it by" not in thanks
    assert "Change your answer" not in thanks
    form = shown(client.get(update_path(request_)))
    assert "our team has read it" in form
    assert "Change your answer" not in form


def test_news_without_the_tick_stays_with_the_team(client, request_):
    html = shown(send(opened(client, request_), request_, follow=True))
    assert not ContactUpdate.objects.get().may_publish
    assert "no one else sees it" in html


def test_call_for_help_is_promised_an_answer_by_a_day(client, request_, program):
    first, _second = need_ids(program)
    response = send(
        opened(client, request_),
        request_,
        kind="help",
        text="Who knows a lawyer?",
        needs=[first],
        may_publish="on",
        follow=True,
    )
    call = SupportRequest.objects.get()
    update = ContactUpdate.objects.get()
    assert call.needs == update.needs == [{"id": first, "text": "Guidance."}]
    assert not update.may_publish
    assert f"will answer you by {call.due_on:%A, %B} {call.due_on.day}, 2026" in shown(response)


def test_tick_alone_is_a_call_for_help(client, request_, program):
    send(opened(client, request_), request_, kind="help", text="", needs=need_ids(program))
    assert len(SupportRequest.objects.get().needs) == 2


def test_program_without_benefits_asks_for_no_ticks(client, request_, program):
    program.benefits = []
    program.save()
    assert 'name="needs"' not in shown(opened(client, request_).get(update_path(request_)))
    assert send(client, request_).status_code == 302


# What cannot be taken is kept


def refused(response, text, status=422):
    html = shown(response)
    assert response.status_code == status
    assert response.context["form"]["text"].value() == text
    assert 'role="alert"' in html
    assert "<title>Error:" in html
    assert "Everything you typed is still here." in html
    assert not ContactUpdate.objects.exists()
    return html


@pytest.mark.parametrize("nothing", ["", "   ", "\r\n\t", "\u200b\u200b", "\u3164", "\0"])
@pytest.mark.parametrize("kind", ["news", "help"])
def test_text_that_shows_nothing_is_asked_for(client, request_, nothing, kind):
    response = send(opened(client, request_), request_, kind=kind, text=nothing)
    html = refused(response, nothing)
    assert 'href="#id_text"' in html
    assert 'aria-invalid="true"' in html


@pytest.mark.parametrize("kind", ["", "gossip", "news\0", "NEWS"])
def test_kind_that_is_none_is_asked_for(client, request_, kind):
    html = refused(send(opened(client, request_), request_, kind=kind, text=TEXT), TEXT)
    assert 'href="#id_kind"' in html


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("x" * 5001, "It has 5001."),
        ("x" * 1_000_000, "It has 1000000."),
        ("A" + "\u0301" * 400, "too many marks"),
    ],
)
def test_text_that_cannot_be_taken_is_kept_with_the_reason(client, request_, text, says):
    html = refused(send(opened(client, request_), request_, text=text), text)
    assert says in html.replace(",", "") or says in html
    assert text in html


def test_ticked_need_with_news_is_explained(client, request_, program):
    response = send(opened(client, request_), request_, text=TEXT, needs=need_ids(program))
    html = refused(response, TEXT)
    assert "choose “We need help”" in html
    assert html.count("checked") == 3


def test_need_that_is_not_offered_any_more_is_explained(client, request_, program):
    gone = need_ids(program)[0]
    data = news(opened(client, request_), request_, kind="help", text=TEXT, needs=[gone])
    program.benefits = [("statement", "Something else.")]
    program.save()
    html = refused(client.post(update_path(request_), data), TEXT)
    assert "has changed since you opened this page" in html
    assert "Something else." in html


def test_update_larger_than_what_is_read_gets_a_page_that_helps(client, request_):
    response = send(opened(client, request_), request_, text="x" * 3_000_000)
    assert response.status_code == 413
    assert "Back button" in shown(response)


@pytest.mark.parametrize("text", ["<svg onload=alert(1)>", "{{ 7*7 }}", "</textarea><script>"])
def test_markup_is_shown_as_text_everywhere(client, request_, text):
    opened(client, request_)
    pages = [
        send(client, request_, text=text + "x" * 5000),
        Client().post(update_path(request_), {"kind": "news", "text": text}),
        send(client, request_, text=text, follow=True),
        client.get(update_path(request_)),
    ]
    for response in pages:
        html = response.content.decode()
        assert "<svg onload" not in html
        assert "</textarea><script>" not in html
        assert text in shown(response)


@pytest.mark.parametrize("kind", ["news", "quiet"])
def test_form_without_its_csrf_cookie_changes_nothing_and_keeps_the_text(request_, kind):
    careful = opened(Client(enforce_csrf_checks=True), request_)
    response = send(careful, request_, kind=kind, text=TEXT)
    html = shown(response)
    assert response.status_code == 422
    assert "Please press it once more" in html
    assert "csrftoken" in careful.cookies
    assert (TEXT in html.replace("\r\n", "\n")) == (kind == "news")
    assert not ContactUpdate.objects.exists()


def test_form_with_the_csrf_token_of_the_page_is_taken(request_):
    careful = opened(Client(enforce_csrf_checks=True), request_)
    token = str(careful.get(update_path(request_)).context["csrf_token"])
    assert send(careful, request_, csrfmiddlewaretoken=token).status_code == 302


def test_text_stays_when_the_link_has_expired_while_typing(client, request_, program):
    data = news(opened(client, request_), request_, kind="help", text=TEXT)
    data["needs"] = need_ids(program)
    with time_machine.travel(ASKED + timedelta(hours=25), tick=False):
        response = client.post(update_path(request_), data)
        html = shown(response)
        assert response.status_code == 403
        assert TEXT in html.replace("\r\n", "\n")
        assert "open the link in our email once more" in html
        assert not ContactUpdate.objects.exists()
        kept = {name: [] for name, _value in response.context["hidden"]}
        for name, value in response.context["hidden"]:
            kept[name].append(value)
        opened(client, request_)
        sent_again = {**kept, "text": response.context["form"]["text"].value()}
        assert client.post(update_path(request_), sent_again).status_code == 302
    update = ContactUpdate.objects.get()
    assert (update.kind, update.text, len(update.needs)) == ("help", TEXT, 2)


@pytest.mark.parametrize("kind", ["news", "quiet"])
def test_page_without_a_link_tells_nothing_about_the_reference(client, request_, kind):
    data = {"kind": kind, "text": TEXT, "key": "x"}
    known = client.post(update_path(request_), data)
    unknown = client.post("/join/update/ZZZ-ZZZ/", data)
    assert known.status_code == unknown.status_code == 403
    assert without_tokens(known, request_) == without_tokens(unknown, request_)


def without_tokens(response, request):
    lines = shown(response).replace(request.reference, "ZZZ-ZZZ").splitlines()
    return [line for line in lines if "csrfmiddlewaretoken" not in line]


@pytest.mark.parametrize("field", ["key", "version", "seen"])
@pytest.mark.parametrize("junk", ["", "x", "\0", "-1", "1e400", "9" * 40, "²"])
def test_junk_beside_the_text_is_no_mistake_of_the_server(client, request_, field, junk):
    response = send(opened(client, request_), request_, **{field: junk})
    assert response.status_code == 302
    assert texts() == [("news", "We met the board.")]


# Twice, from two windows, changed, too late


def test_same_form_sent_twice_is_one_update(client, request_):
    data = news(opened(client, request_), request_)
    for _ in range(3):
        assert client.post(update_path(request_), data, follow=True).status_code == 200
    assert texts() == [("news", "We met the board.")]


def test_same_answer_from_two_windows_is_one_update(client, request_):
    opened(client, request_)
    first, second = (news(client, request_, kind="quiet", text="") for _ in range(2))
    for data in (first, second):
        response = client.post(update_path(request_), data)
        assert response.url == update_path(request_, "thanks/")
    assert texts() == [("quiet", "")]


def test_back_button_and_other_words_change_the_update(client, request_):
    data = news(opened(client, request_), request_, kind="quiet", text="")
    client.post(update_path(request_), data)
    client.post(update_path(request_), {**data, "kind": "news", "text": "Well, we met."})
    assert texts() == [("news", "Well, we met.")]


def test_answer_can_be_changed_and_is_shown_to_start_from(client, request_, program):
    first, _second = need_ids(program)
    send(opened(client, request_), request_, kind="help", text="Help!", needs=[first])
    page = client.get(update_path(request_))
    html = shown(page)
    assert "Change your answer" in html
    assert page.context["form"]["text"].value() == "Help!"
    assert html.count("checked") == 2
    response = send(client, request_, text="All is well again.")
    assert response.status_code == 302
    assert texts() == [("news", "All is well again.")]
    assert ContactUpdate.objects.get().version == 2


def test_what_a_reviewer_asks_to_change_stands_on_the_page(client, request_):
    send(opened(client, request_), request_, text="Our son Max spoke.")
    assert "What we ask you to change" not in shown(client.get(update_path(request_)))
    ContactUpdate.objects.update(asked_changes="Please leave out <b>his name</b>.")
    html = client.get(update_path(request_)).content.decode()
    assert "What we ask you to change" in html
    assert "Please leave out &lt;b&gt;his name&lt;/b&gt;." in html
    refused = send(client, request_, text="")
    assert "What we ask you to change" in shown(refused)


def test_need_ticked_before_stays_on_offer_for_the_change(client, request_, program):
    first, _second = need_ids(program)
    send(opened(client, request_), request_, kind="help", text="Help!", needs=[first])
    program.benefits = []
    program.save()
    assert send(client, request_, kind="help", text="Help!!", needs=[first]).status_code == 302
    assert ContactUpdate.objects.get().needs == [{"id": first, "text": "Guidance."}]


def test_older_window_sent_last_shows_both_and_keeps_its_text(client, request_):
    opened(client, request_)
    older, newer = (news(client, request_, text=text) for text in ("Older.", "Newer."))
    client.post(update_path(request_), newer)
    response = client.post(update_path(request_), older)
    html = shown(response)
    assert response.status_code == 409
    assert "Another update came in since you opened this page" in html
    assert "<p>Newer.</p>" in html
    assert response.context["form"]["text"].value() == "Older."
    assert texts() == [("news", "Newer.")]
    again = form_of(response) | {"kind": "news", "text": "Older."}
    assert client.post(update_path(request_), again).status_code == 302
    assert texts() == [("news", "Older.")]


def form_of(response):
    form = response.context["shown"]
    return {"key": str(form.key), "version": form.version, "seen": form.seen or ""}


def test_older_change_sent_last_undoes_no_newer_one(client, request_):
    send(opened(client, request_), request_)
    older, newer = (news(client, request_, text=text) for text in ("Older.", "Newer."))
    client.post(update_path(request_), newer)
    response = client.post(update_path(request_), older)
    assert response.status_code == 409
    assert response.context["form"]["text"].value() == "Older."
    assert texts() == [("news", "Newer.")]


def test_quiet_button_of_an_older_window_undoes_no_news(client, request_):
    opened(client, request_)
    older = news(client, request_, kind="quiet", text="")
    send(client, request_, text="Newer.")
    response = client.post(update_path(request_), older)
    assert response.status_code == 409
    assert texts() == [("news", "Newer.")]


def test_what_was_moderated_meanwhile_can_be_followed_by_a_new_update(client, request_):
    send(opened(client, request_), request_, text="First.", may_publish="on")
    change = news(client, request_, text="Second.")
    publish(ContactUpdate.objects.get())
    response = client.post(update_path(request_), change)
    html = shown(response)
    assert response.status_code == 409
    assert "can no longer be changed" in html
    assert response.context["form"]["text"].value() == "Second."
    again = form_of(response) | {"kind": "news", "text": "Second."}
    assert client.post(update_path(request_), again).status_code == 302
    assert texts() == [("news", "First."), ("news", "Second.")]
    assert client.get(update_path(request_, "thanks/")).context["update"].text == "Second."


def test_page_after_moderation_offers_a_new_update(client, request_):
    send(opened(client, request_), request_, text="First.", may_publish="on")
    publish(ContactUpdate.objects.get())
    page = client.get(update_path(request_))
    assert "our team has read it" in shown(page)
    assert page.context["form"]["text"].value() is None
    assert send(client, request_, text="Second.").status_code == 302
    assert len(texts()) == 2


def test_update_that_came_by_another_way_stands_on_the_page(client, request_, group):
    send_update(
        affiliation=group,
        contact=group.primary_contact,
        content=UpdateContent(kind=UpdateKind.NEWS, text="By another way."),
        key="6f0f9a30-3c43-4f0b-9bd7-0d4b1a3f5a11",
        now=ASKED,
    )
    html = shown(opened(client, request_).get(update_path(request_)))
    assert "By another way." in html
    assert "Change your answer" in html


def test_late_update_is_welcome(client, request_):
    with time_machine.travel(ASKED + timedelta(days=40), tick=False):
        html = shown(opened(client, request_).get(update_path(request_)))
        assert "It was due on Wednesday, September 30, 2026, and it is still welcome." in html
        assert send(client, request_).status_code == 302
    assert UpdateRequest.objects.get().state == UpdateRequestState.ANSWERED


def test_update_that_nobody_waits_for_is_welcome(client, request_):
    staff = UserFactory(is_superuser=True)
    waive_request(request=request_, user=staff, reason="By phone", now=ASKED)
    html = shown(opened(client, request_).get(update_path(request_)))
    assert "We are no longer waiting for this update" in html
    assert send(client, request_).status_code == 302
    assert UpdateRequest.objects.get().state == UpdateRequestState.ANSWERED


def test_paused_group_may_send_an_update(client, request_):
    Affiliation.objects.update(state="paused")
    response = send(opened(client, request_), request_, follow=True)
    assert texts() == [("news", "We met the board.")]
    assert "We will ask you again" not in shown(response)


def test_group_that_has_ended_is_told_whom_to_write_to(client, request_):
    data = news(opened(client, request_), request_, text=TEXT)
    Affiliation.objects.update(state="ended")
    page = client.get(update_path(request_))
    response = client.post(update_path(request_), data)
    assert page.status_code == 200
    assert response.status_code == 410
    for html in (shown(page), shown(response)):
        assert "is no longer an affiliate" in html
        assert "mailto:program@example.org" in html
    assert TEXT in shown(response).replace("\r\n", "\n")
    assert texts() == []


def test_thanks_without_an_update_leads_to_the_form(client, request_):
    response = opened(client, request_).get(update_path(request_, "thanks/"))
    assert response.url == update_path(request_)


def test_page_costs_no_queries_for_each_earlier_request(
    client, request_, group, django_assert_max_num_queries
):
    opened(client, request_)

    def queries():
        with django_assert_max_num_queries(50) as found:
            client.get(update_path(request_))
        return len(found)

    queries()
    one = queries()
    for year in (2023, 2024, 2025):
        start, end = datetime(year, 1, 1, tzinfo=UTC).date(), datetime(year, 3, 31, tzinfo=UTC)
        UpdateRequest.objects.create(
            affiliation=group, period_start=start, period_end=end, due_on=end, opened_at=BEFORE
        )
    assert queries() == one


@settings(
    max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(
    text=st.text(max_size=60),
    kind=st.sampled_from(["news", "help", "quiet"]) | st.text(max_size=8),
    needs=st.lists(st.text(max_size=20), max_size=3),
)
def test_whatever_is_typed_never_breaks_the_page(request_, text, kind, needs):
    client = opened(Client(), request_)
    response = send(client, request_, text=text, kind=kind, needs=needs)
    assert response.status_code in (302, 409, 422)

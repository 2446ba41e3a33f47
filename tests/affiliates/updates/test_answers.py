"""The status page of an application, and a group's answer to what a reviewer asked."""

from datetime import UTC, datetime, timedelta
from html import unescape

import pytest
import time_machine
from django.test import Client
from django.utils import timezone
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from wagtail.images import get_image_model
from wagtail.images.tests.utils import get_test_image_file
from wagtail.models import Workflow

from affiliates.applications.services.decisions import decline_application
from affiliates.core.states import ApplicationState
from affiliates.links.tokens import Purpose, make_token
from affiliates.models import Application, InformationRequest, Transition
from tests.factories.applications import in_state
from tests.factories.pages import AffiliatePageFactory
from tests.factories.reviews import now_of, request_changes, under_review
from tests.factories.users import UserFactory
from tests.standing import stands

pytestmark = pytest.mark.django_db

S = ApplicationState
TUESDAY = datetime(2026, 11, 24, 15, tzinfo=UTC)
QUESTION = "Who runs your group?\nAnd since when?"
ANSWER = "Rosa and Jo.\n\nSince 2019 🎉"


@pytest.fixture(autouse=True)
def tuesday():
    with time_machine.travel(TUESDAY, tick=False):
        yield


@stands(at=TUESDAY)
def program(reviewed_program):
    return reviewed_program


def asked(program, *, question=QUESTION, **changes):
    """An application about which a reviewer has requested changes, so that its group was asked."""
    application = under_review(program, **changes)
    request_changes(application, UserFactory(is_superuser=True), question)
    return now_of(application)


def note(application, question=QUESTION, **fields):
    fields = {"asked_at": timezone.now(), **fields}
    return application.information_requests.create(question=question, **fields)


def status_path(application):
    return f"/join/application/{application.reference}/"


def answer_path(application):
    return f"{status_path(application)}answer/"


def opened(client, application):
    client.get(f"/join/link/{make_token(application, Purpose.STATUS)}/")
    return client


def page(client, application, query=""):
    response = opened(client, application).get(status_path(application) + query)
    assert response.status_code == 200
    return unescape(response.content.decode())


def question_of(application):
    return application.information_requests.latest("pk").pk


def send(client, application, answer=ANSWER, *, question=None, **kwargs):
    data = {"answer": answer, "question": question or question_of(application)}
    return client.post(answer_path(application), data, **kwargs)


def shown(response):
    return unescape(response.content.decode())


# The status page


@pytest.mark.parametrize("state", [S.SUBMITTED, S.IN_REVIEW])
def test_status_tells_by_when_a_decision_comes(client, program, state):
    html = page(client, in_state(program, state))
    assert "You will have our answer by Tuesday, December 1, 2026." in html
    assert "do not have to do anything" in html


@pytest.mark.parametrize("state", [S.SUBMITTED, S.IN_REVIEW])
def test_status_of_a_late_review_says_so_and_whom_to_write_to(client, program, state):
    application = in_state(program, state)
    with time_machine.travel(TUESDAY + timedelta(days=8), tick=False):
        html = page(client, application)
    assert "we are late" in html
    assert "You will have our answer by" not in html
    assert "mailto:program@example.org" in html


def test_decision_is_not_late_on_its_day_where_the_program_is(client, program):
    application = in_state(program, S.IN_REVIEW)
    last_minute_in_new_york = datetime(2026, 12, 2, 4, 59, tzinfo=UTC)
    with time_machine.travel(last_minute_in_new_york, tick=False):
        assert "we are late" not in page(client, application)


def test_status_shows_the_question_as_asked_and_a_form(client, program):
    html = page(client, asked(program))
    assert f"{program.title} asked you on Tuesday, November 24, 2026:" in html
    assert "<p>Who runs your group?<br>And since when?</p>" in html
    assert 'name="answer"' in html
    assert "Send the answer" in html


def test_question_is_text_and_nothing_else(client, program):
    response = opened(client, asked(program, question="<b>Hi</b> {{ 7*7 }} https://example.org"))
    html = response.get(status_path(Application.objects.get())).content.decode()
    assert "&lt;b&gt;Hi&lt;/b&gt; {{ 7*7 }}" in html
    assert 'href="https://example.org"' not in html  # Who follows it would lose what they typed.


@pytest.mark.parametrize("state", [state for state in S if state != S.INFORMATION_NEEDED])
def test_nothing_is_asked_in_other_states(client, program, state):
    application = in_state(program, state)
    note(application)
    assert 'name="answer"' not in page(client, application)


def test_question_without_words_on_record_leaves_a_way_to_answer(client, program):
    html = page(client, in_state(program, S.INFORMATION_NEEDED))
    assert "Please answer that email" in html


def test_earlier_questions_and_answers_are_shown(client, program):
    application = asked(program, question="Where do you meet?")
    days_ago = timezone.now() - timedelta(days=5)
    note(application, "Who are you?", asked_at=days_ago, answer="Rosa.", answered_at=TUESDAY)
    note(application, "And who else?", asked_at=days_ago, dropped_at=TUESDAY)
    html = page(client, application)
    for text in ("Who are you?", "<p>Rosa.</p>", "And who else?", "We no longer ask this question"):
        assert text in html
    assert html.count("Where do you meet?") == 1


# Wagtail leaves the temporary file of a new rendition to the garbage collector.
@pytest.mark.filterwarnings("ignore:Exception ignored in. <function SpooledTemporaryFile")
def test_status_of_an_affiliate_leads_to_its_page_and_the_badge(client, program):
    program.badge = get_image_model().objects.create(title="Badge", file=get_test_image_file())
    program.save()
    affiliate = AffiliatePageFactory(parent=program, title="Safer Schools Ohio")
    application = in_state(program, S.APPROVED)
    Application.objects.update(affiliate=affiliate)
    html = page(client, application)
    assert f'href="{affiliate.url}"' in html
    assert f'href="{program.badge.file.url}"' in html


@pytest.mark.parametrize("has_page", [True, False])
def test_status_of_an_affiliate_without_a_public_page_or_badge(client, program, has_page):
    application = in_state(program, S.APPROVED)
    if has_page:
        page_offline = AffiliatePageFactory(parent=program, live=False)
        Application.objects.update(affiliate=page_offline)
    html = page(client, application)
    assert "not public at the moment" in html
    assert "our badge" not in html


@pytest.mark.parametrize("state", [S.DECLINED, S.WITHDRAWN])
def test_who_was_declined_or_withdrew_learns_how_to_apply_again(client, program, state):
    html = page(client, in_state(program, state))
    assert f'href="/join/{program.slug}/"' in html
    assert "mailto:program@example.org" in html
    assert "Withdraw the application" not in html


def test_questions_cost_no_queries_each(client, program, django_assert_max_num_queries):
    application = asked(program)
    opened(client, application)

    def queries():
        with django_assert_max_num_queries(100) as found:
            client.get(status_path(application))
        return len(found)

    queries()
    one = queries()
    for number in range(3):
        note(application, f"Number {number}?", answer="Yes.", answered_at=TUESDAY)
    assert queries() == one


# The answer


def refused(response, application, text):
    """The messages beside the field, after checking what holds for every refusal."""
    html = shown(response)
    assert response.status_code == 422
    assert response.context["form"]["answer"].value() == text
    assert 'role="alert"' in html
    assert "<title>Error:" in html
    assert "Everything you typed is still here." in html
    application.refresh_from_db()
    assert application.state == S.INFORMATION_NEEDED
    assert not InformationRequest.objects.exclude(answer="").exists()
    return html


@pytest.mark.parametrize(
    "nothing", ["", "   ", "\r\n\t", "\u200b\u200b", "\u2060\ufeff", "\u3164", "\u202e", "\0"]
)
def test_answer_that_shows_nothing_is_asked_for_again(client, program, nothing):
    application = asked(program)
    html = refused(send(opened(client, application), application, nothing), application, nothing)
    assert "Please write your answer" in html
    assert 'href="#id_answer"' in html
    assert 'id="id_answer_error"' in html
    assert 'aria-invalid="true"' in html


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("x" * 5001, "to 5000 characters. It has 5001."),
        ("x" * 1_000_000, "It has 1000000."),
        ("A" + "\u0301" * 400, "too many marks"),
    ],
)
def test_answer_that_cannot_be_taken_is_kept_with_the_reason(client, program, text, says):
    application = asked(program)
    html = refused(send(opened(client, application), application, text), application, text)
    assert says in html.replace(",", "") or says in html
    assert text in html


def test_answer_that_does_not_arrive_counts_as_missing(client, program):
    application = asked(program)
    data = {"question": question_of(application)}
    response = opened(client, application).post(answer_path(application), data)
    assert "Please write your answer" in shown(response)


def test_answer_larger_than_what_is_read_gets_a_page_that_helps(client, program):
    application = asked(program)
    response = send(opened(client, application), application, "x" * 3_000_000)
    assert response.status_code == 413
    assert "Back button" in shown(response)


@pytest.mark.parametrize("text", ["<svg onload=alert(1)>", "{{ 7*7 }}", "</textarea><script>"])
def test_markup_is_shown_again_as_text(client, program, text):
    application = asked(program)
    opened(client, application)
    answers = [
        send(client, application, text + "x" * 5000),
        send(client, application, text, question=999),
        send(Client(), application, text),
    ]
    for response in answers:
        html = response.content.decode()
        assert "<svg onload" not in html
        assert "</textarea><script>" not in html
        assert text in shown(response)


def test_form_without_its_csrf_cookie_changes_nothing_and_keeps_the_text(program):
    application = asked(program)
    careful = opened(Client(enforce_csrf_checks=True), application)
    html = refused(send(careful, application), application, ANSWER)
    assert "Please press it once more" in html
    assert "csrfmiddlewaretoken" in html
    assert "csrftoken" in careful.cookies


def test_text_stays_when_the_link_has_expired_while_typing(client, program):
    application = asked(program)
    opened(client, application)
    with time_machine.travel(TUESDAY + timedelta(hours=25), tick=False):
        response = send(client, application)
    html = shown(response)
    assert response.status_code == 403
    assert ANSWER in html
    assert "open the link in our email once more" in html
    assert f'action="{answer_path(application)}"' in html
    assert f'value="{question_of(application)}"' in html
    assert InformationRequest.objects.get().answered_at is None


def test_page_without_a_link_tells_nothing_about_the_reference(client, program):
    application = asked(program)
    known, unknown = (
        send(Client(), application, **changes)
        if not changes
        else client.post("/join/application/ZZZ-ZZZ/answer/", changes["data"])
        for changes in ({}, {"data": {"answer": ANSWER, "question": question_of(application)}})
    )
    assert known.status_code == unknown.status_code == 403
    without_tokens = [
        [
            line
            for line in shown(response).replace(application.reference, "ZZZ-ZZZ").splitlines()
            if "csrfmiddlewaretoken" not in line
        ]
        for response in (known, unknown)
    ]
    assert without_tokens[0] == without_tokens[1]


@pytest.mark.parametrize("state", [S.IN_REVIEW, S.SUBMITTED, S.APPROVED, S.DECLINED, S.WITHDRAWN])
def test_answer_to_what_is_no_longer_asked_is_shown_to_copy(client, program, state):
    application = asked(program)
    opened(client, application)
    InformationRequest.objects.update(dropped_at=TUESDAY)
    Application.objects.update(state=state)
    response = send(client, application)
    html = shown(response)
    says = {
        S.APPROVED: "application was approved in the meantime",
        S.DECLINED: "application was decided in the meantime",
        S.WITHDRAWN: "was withdrawn in the meantime",
    }
    assert response.status_code == 409
    assert "Your answer was not sent" in html
    assert says.get(state, "We no longer ask this question.") in html
    assert f"readonly>{ANSWER}</textarea>" in html.replace("\r\n", "\n").replace(">\n", ">")
    assert "mailto:program@example.org" in html
    assert InformationRequest.objects.get().answer == ""


def test_answer_after_another_answer_is_shown_beside_it(client, program):
    application = asked(program)
    opened(client, application)
    InformationRequest.objects.update(answered_at=TUESDAY, answer="Jo was faster.")
    Application.objects.update(state=S.IN_REVIEW)
    response = send(client, application)
    html = shown(response)
    assert response.status_code == 409
    assert "already answered" in html
    assert "Jo was faster." in html
    assert "Rosa and Jo." in html
    assert InformationRequest.objects.get().answer == "Jo was faster."


def test_answer_to_an_older_question_is_kept_beside_the_new_one(client, program):
    application = asked(program, question="Who are you?")
    old = question_of(application)
    InformationRequest.objects.update(dropped_at=TUESDAY)
    note(application, "Where do you meet?", asked_at=TUESDAY + timedelta(minutes=1))
    response = send(opened(client, application), application, question=old)
    html = refused(response, application, ANSWER)
    assert "asked something else" in html
    assert "Where do you meet?" in html
    assert f'value="{question_of(application)}"' in html


@pytest.mark.parametrize("question", ["", "x", "\0", "999999", "-1", "1e400", "9" * 40])
def test_question_that_was_never_asked_is_no_mistake_of_the_server(client, program, question):
    application = asked(program)
    data = {"answer": ANSWER, "question": question}
    response = opened(client, application).post(answer_path(application), data)
    refused(response, application, ANSWER)


@pytest.mark.parametrize("method", ["get", "head", "options", "put", "delete"])
def test_only_pressing_the_button_answers(client, program, method):
    application = asked(program)
    response = getattr(opened(client, application), method)(answer_path(application))
    assert response.status_code in (302, 405)
    assert Transition.objects.filter(action="answer").count() == 0


def test_looking_at_the_address_of_the_form_leads_to_the_status(client, program):
    application = asked(program)
    response = opened(client, application).get(answer_path(application))
    assert response.url == status_path(application)


def test_confirmation_is_only_shown_for_an_answer_that_is_in(client, program):
    application = asked(program)
    assert "Your answer is in" not in page(client, application, "?answered=1")


def test_cookie_of_one_application_answers_for_no_other(client, program):
    mine, other = asked(program), asked(program, name="Other group")
    opened(client, mine)
    assert send(client, other).status_code == 403
    response = send(client, mine, question=question_of(other))
    assert response.status_code == 422
    assert not InformationRequest.objects.exclude(answered_at=None).exists()


# The answer, taken


def running_review(application):
    return application.affiliate.current_workflow_task_state


def test_answer_is_taken_and_the_page_says_so(client, program):
    application = asked(program)
    response = send(opened(client, application), application, follow=True)
    html = shown(response)
    asked_and_answered = InformationRequest.objects.get()
    application.refresh_from_db()
    assert response.redirect_chain == [(f"{status_path(application)}?answered=1", 302)]
    assert asked_and_answered.answer == ANSWER
    assert asked_and_answered.answered_at == TUESDAY
    assert application.state == S.IN_REVIEW
    assert running_review(application).status == "in_progress"
    assert 'role="status"' in html
    assert "Thank you. Your answer is in." in html
    assert "You will have our decision by Tuesday, December 1, 2026." in html
    assert "Since 2019 🎉" in html
    assert 'name="answer"' not in html


def test_decision_is_promised_later_by_the_days_that_the_answer_took(client, program):
    application = asked(program)
    with time_machine.travel(TUESDAY + timedelta(days=2), tick=False):
        html = shown(send(opened(client, application), application, follow=True))
    assert "You will have our decision by Thursday, December 3, 2026." in html


def test_question_tells_by_when_to_answer(client, program):
    html = page(client, asked(program))
    assert "Please answer it below by Tuesday, December 8, 2026." in html


def test_late_answer_is_still_welcome(client, program):
    application = asked(program)
    with time_machine.travel(TUESDAY + timedelta(days=15), tick=False):
        html = page(client, application)
        response = send(client, application)
    assert "We asked for your answer by Tuesday, December 8, 2026." in html
    assert response.status_code == 302
    assert InformationRequest.objects.get().answer == ANSWER


@pytest.mark.parametrize(
    ("typed", "stored"),
    [
        ("One\r\n\r\n\r\n\r\nTwo", "One\n\nTwo"),
        ("Rosa\0 and Jo", "Rosa and Jo"),
        ("👨\u200d👩\u200d👧", "👨\u200d👩\u200d👧"),
        ("🎉", "🎉"),
        ("Rosa \u202eand Jo", "Rosa and Jo"),
        ("E\u0301cole", "École"),
        ("x" * 5000, "x" * 5000),
        ("{{ 7*7 }} <b> =1+1", "{{ 7*7 }} <b> =1+1"),
    ],
)
def test_answer_is_stored_clean_and_means_nothing_else(client, program, typed, stored):
    application = asked(program)
    response = send(opened(client, application), application, typed)
    assert response.status_code == 302
    assert InformationRequest.objects.get().answer == stored


def test_answer_works_with_the_csrf_token_that_the_page_gives(program):
    application = asked(program)
    careful = opened(Client(enforce_csrf_checks=True), application)
    token = careful.get(status_path(application)).context["csrf_token"]
    data = {
        "answer": ANSWER,
        "question": question_of(application),
        "csrfmiddlewaretoken": str(token),
    }
    assert careful.post(answer_path(application), data).status_code == 302
    assert InformationRequest.objects.get().answer == ANSWER


def test_text_that_was_kept_is_sent_after_opening_a_new_link(client, program):
    application = asked(program)
    assert send(client, application).status_code == 403
    assert send(opened(client, application), application).status_code == 302
    assert InformationRequest.objects.get().answer == ANSWER


def test_same_answer_sent_twice_is_sent_once(client, program):
    application = asked(program)
    opened(client, application)
    question = question_of(application)
    for _ in range(3):
        response = send(client, application, question=question, follow=True)
        assert "Thank you. Your answer is in." in shown(response)
    assert Transition.objects.filter(action="answer").count() == 1


def test_changed_answer_from_the_back_button_is_not_lost(client, program):
    application = asked(program)
    send(opened(client, application), application)
    response = send(client, application, ANSWER + " And Kim.")
    html = shown(response)
    assert response.status_code == 409
    assert "And Kim." in html
    assert InformationRequest.objects.get().answer == ANSWER


def test_answer_after_the_review_was_resumed_is_kept(client, program):
    application = asked(program)
    opened(client, application)
    application.affiliate.current_workflow_state.resume(user=UserFactory(is_superuser=True))
    response = send(client, application)
    assert response.status_code == 409
    assert "We no longer ask this question." in shown(response)
    assert "Rosa and Jo." in shown(response)


def test_answer_after_the_withdrawal_is_kept(client, program):
    application = asked(program)
    opened(client, application).post(f"{status_path(application)}withdraw/")
    response = send(client, application)
    assert response.status_code == 409
    assert "was withdrawn in the meantime" in shown(response)
    assert "Rosa and Jo." in shown(response)


def test_second_question_of_the_same_review_is_asked_and_answered(client, program):
    application = asked(program)
    send(opened(client, application), application)
    request_changes(application, UserFactory(is_superuser=True), "And where do you meet?")
    html = page(client, application, "?answered=1")
    assert "And where do you meet?" in html
    assert "Thank you" not in html
    assert send(client, application, "At school.").status_code == 302
    answers = InformationRequest.objects.values_list("answer", flat=True)
    assert list(answers) == [ANSWER, "At school."]


def test_answer_is_taken_although_no_workflow_can_go_on(client, program):
    """Somebody has deleted the workflow under way. The group must not suffer for it."""
    application = asked(program)
    opened(client, application)
    Workflow.objects.all().delete()
    response = send(client, application, follow=True)
    assert "Thank you. Your answer is in." in shown(response)
    assert InformationRequest.objects.get().answer == ANSWER
    application.refresh_from_db()
    assert application.review_stopped_at == TUESDAY


# The decision


def decline(application, **kwargs):
    user = UserFactory(is_superuser=True)
    decline_application(
        application=application, user=user, reason="Too far\naway.", now=TUESDAY, **kwargs
    )


def test_reason_of_a_decline_stands_where_its_mail_can_be_lost(client, program):
    application = under_review(program)
    decline(application)
    assert "<p>Too far<br>away.</p>" in page(client, application)


def test_reason_that_was_not_to_be_told_is_not_shown(client, program):
    application = under_review(program)
    decline(application, tell=False)
    html = page(client, application)
    assert "could not accept" in html
    assert "Too far" not in html


def test_who_is_declined_by_a_closed_program_is_not_sent_to_its_form(client, program):
    application = in_state(program, S.DECLINED)
    program.applications_open = False
    program.save()
    html = page(client, application)
    assert f'href="/join/{program.slug}/"' not in html
    assert "mailto:program@example.org" in html


@settings(
    max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(answer=st.text(max_size=60), question=st.text(max_size=20))
def test_whatever_is_typed_never_breaks_the_answer(program, answer, question):
    application = in_state(program, S.INFORMATION_NEEDED)
    note(application)
    client = opened(Client(), application)
    response = client.post(answer_path(application), {"answer": answer, "question": question})
    assert response.status_code == 422
    assert response.context["form"]["answer"].value() == answer

"""The application form as a visitor meets it."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test import Client
from django.utils import timezone
from django.utils.html import escape

from affiliates.applications.forms.fields import accept_name
from affiliates.applications.mails.applying import APPLICATION_RECEIVED
from affiliates.caching.store import forget_answers
from affiliates.core.states import ApplicationState, StatementKind
from affiliates.models import Application, ApplicationQuestion
from tests.factories.applications import apply_url, form_data, posted, shown_token
from tests.factories.pages import statements
from workflows.models import OutgoingMail

pytestmark = pytest.mark.django_db

QUERIES_TO_SHOW = 6
"""Restrictions, program, questions; the rest is the site's frame."""
QUERIES_TO_SEND = 14 if connection.vendor == "postgresql" else 16
"""With that for closures and the two that begin and end the transaction. SQLite takes no locks of
the network and of closures, and inserts rows of four tables in as many statements.
"""


def send(client, program, **changes):
    return client.post(apply_url(program), posted(program, **changes))


def test_form_shows_every_belief_and_obligation_with_its_text(client, program):
    html = client.get(apply_url(program)).content.decode()
    for _kind, statement in program.statements_to_accept():
        assert escape(statement.text) in html
        assert f'name="{accept_name(statement)}"' in html
        assert statement.text_hash in html


def test_form_names_what_browsers_can_fill_in(client, program):
    html = client.get(apply_url(program)).content.decode()
    for purpose in ("organization", "name", "email", "tel", "address-level1", "url"):
        assert f'autocomplete="{purpose}"' in html


def test_sending_stores_group_contact_and_exact_texts(client, program):
    response = send(
        client, program, alternate_name="Jo Poe", alternate_email="jo@example.org", scope="state"
    )
    application = Application.objects.get()
    assert response.status_code == 302
    assert response.url.endswith(f"/application/{application.reference}/thanks/")
    assert application.state == ApplicationState.SUBMITTED
    assert application.name == "Safer Schools Ohio"
    assert application.links == [{"network": "website", "url": "https://saferschools.org/"}]
    assert [(contact.role, contact.email) for contact in application.contacts.all()] == [
        ("primary", "rosa@saferschools.org"),
        ("alternate", "jo@example.org"),
    ]
    assert [(row.kind, row.text) for row in application.acceptances.all()] == [
        (kind, statement.text) for kind, statement in program.statements_to_accept()
    ]


def test_sending_queues_the_confirmation_only(client, program):
    """Reviewers are told in their mail of the day, once the review runs."""
    send(client, program)
    kinds = OutgoingMail.objects.values_list("kind", "recipient")
    assert set(kinds) == {(APPLICATION_RECEIVED, "rosa@saferschools.org")}


def test_thanks_page_says_reference_and_date_and_stands_reloading(client, program):
    response = send(client, program)
    pages = [client.get(response.url).content.decode() for _ in range(2)]
    application = Application.objects.get()
    for page in pages:
        assert application.reference in page
        assert "program@example.org" in page
        assert "rosa@saferschools.org" not in page
    assert OutgoingMail.objects.count() == 1


def test_form_needs_no_cookie_at_all(program):
    client = Client(enforce_csrf_checks=True)
    assert send(client, program).status_code == 302


def test_mistake_keeps_all_text_and_leads_to_the_field(client, program):
    response = send(client, program, name="", summary="Ours & theirs", contact_phone="12")
    html = response.content.decode()
    assert response.status_code == 422
    assert "<title>Error: " in html.replace("\n", "")
    assert 'role="alert"' in html
    assert 'href="#id_name"' in html
    assert 'id="id_name_error"' in html
    assert 'aria-invalid="true"' in html
    assert "Ours &amp; theirs" in html
    assert 'value="12"' in html
    assert not Application.objects.exists()


def test_form_token_outlives_mistakes_so_that_the_key_stays(client, program):
    data = posted(program, name="")
    html = client.post(apply_url(program), data).content.decode()
    assert f'value="{data["form_token"]}"' in html


@pytest.mark.parametrize("kind", list(StatementKind))
def test_each_statement_has_to_be_ticked(client, program, kind):
    field = next(accept_name(item) for k, item in program.statements_to_accept() if k == kind)
    response = send(client, program, **{field: None})
    assert field in response.context["form"].errors
    assert not Application.objects.exists()


def test_text_changed_while_reading_is_shown_and_asked_again(client, program):
    data = posted(program)
    belief = program.statements("beliefs")[0]
    program.beliefs[0].value = "Seclusion should end now."
    program.save()
    program.refresh_from_db()
    response = client.post(apply_url(program), data)
    html = response.content.decode()
    form = response.context["form"]
    assert "was changed while" in str(form.errors[accept_name(belief)])
    assert "Seclusion should end now." in html
    assert program.statements("beliefs")[0].text_hash in html
    assert not form[accept_name(belief)].value()
    assert not Application.objects.exists()


def test_statement_added_while_reading_is_asked(client, program):
    data = posted(program)
    program.beliefs = [
        *statements(*(s.text for s in program.statements("beliefs"))),
        *statements("New."),
    ]
    program.save()
    assert client.post(apply_url(program), data).status_code == 422


def test_provincial_scope_in_a_state_is_a_mistake_beside_the_scope(client, program):
    response = send(client, program, region="US-MI", scope="provincial")
    assert "Michigan" in str(response.context["form"].errors["scope"])


def test_region_of_no_country_is_refused(client, program):
    assert "region" in send(client, program, region="US-ON").context["form"].errors


def test_local_group_says_where(client, program):
    response = send(client, program, scope="local", locality=" ")
    assert "locality" in response.context["form"].errors


@pytest.mark.parametrize(
    ("given", "missing"),
    [
        ({"alternate_name": "Jo"}, "alternate_email"),
        ({"alternate_email": "jo@example.org"}, "alternate_name"),
        ({"alternate_phone": "614 555 0199"}, "alternate_email"),
    ],
)
def test_second_contact_is_all_or_nothing(client, program, given, missing):
    assert missing in send(client, program, **given).context["form"].errors


def test_second_contact_is_somebody_else(client, program):
    response = send(
        client, program, alternate_name="Rosa", alternate_email="ROSA+two@saferschools.org"
    )
    assert "alternate_email" in response.context["form"].errors


def ask(program, label, field_type, **kwargs):
    return ApplicationQuestion.objects.create(
        program=program, label=label, field_type=field_type, **kwargs
    )


def test_answers_are_kept_with_the_questions_words(client, program):
    ask(program, "Name", "singleline")
    ask(program, "How many?", "number", required=False)
    ask(program, "Topics", "checkboxes", choices="Law\nSchool", required=False)
    ask(program, "Since", "date", required=False)
    ask(program, "Source", "hidden", default_value="web")
    send(client, program, q_name="=1+1", q_topics=["Law", "School"], q_since="2020-02-29")
    assert Application.objects.get().answers == [
        {"name": "name", "label": "Name", "value": "=1+1"},
        {"name": "how_many", "label": "How many?", "value": ""},
        {"name": "topics", "label": "Topics", "value": ["Law", "School"]},
        {"name": "since", "label": "Since", "value": "2020-02-29"},
        {"name": "source", "label": "Source", "value": ""},
    ]


@pytest.mark.parametrize(
    ("field_type", "bad"),
    [
        ("number", "NaN"),
        ("number", "many"),
        ("date", "2026-02-30"),
        ("datetime", "0000-00-00T99:99"),
        ("email", "a@localhost"),
        ("url", "javascript:alert(1)"),
        ("dropdown", "No such choice"),
        ("radio", "No such choice"),
        ("multiselect", "No such choice"),
        ("checkboxes", "No such choice"),
        ("checkbox", ""),
        ("singleline", "x" * 300),
    ],
)
def test_bad_answer_is_refused_beside_its_question(client, program, field_type, bad):
    ask(program, "Extra", field_type, choices="One\nTwo")
    response = send(client, program, q_extra=bad)
    assert response.status_code == 422
    assert "q_extra" in response.context["form"].errors
    assert not Application.objects.exists()


def test_same_form_sent_twice_is_one_application(client, program):
    data = posted(program)
    first, second = (client.post(apply_url(program), data) for _ in range(2))
    assert first.url == second.url
    assert Application.objects.count() == 1
    assert OutgoingMail.objects.filter(kind=APPLICATION_RECEIVED).count() == 1


def test_back_button_and_other_text_is_explained_and_sent_as_a_new_one(client, program):
    data = posted(program)
    client.post(apply_url(program), data)
    first = Application.objects.get()
    changed = {**data, "name": "Another Name"}
    response = client.post(apply_url(program), changed)
    html = response.content.decode()
    assert response.status_code == 422
    assert first.reference in html
    assert "Another Name" in html
    fresh = response.context["form_token"]
    assert fresh != data["form_token"]
    later = {**changed, "form_token": shown_token(program)}
    assert client.post(apply_url(program), later).status_code == 302
    assert Application.objects.count() == 2


def test_closed_program_says_so_and_whom_to_ask(client, program):
    program.applications_open = False
    program.save()
    html = client.get(apply_url(program)).content.decode()
    assert "is not taking applications" in html
    assert "program@example.org" in html


def test_program_closed_while_typing_shows_the_text_and_lets_it_be_saved(client, program):
    data = posted(program, summary="Written for an hour.")
    program.applications_open = False
    program.save()
    response = client.post(apply_url(program), data)
    html = response.content.decode()
    assert response.status_code == 422
    assert "stopped taking applications while you were typing" in html
    assert "Written for an hour." in html
    assert 'name="save"' in html
    assert 'name="send"' not in html
    assert not Application.objects.exists()
    assert client.post(apply_url(program), {**data, "save": "1"}).status_code == 302


def test_unknown_or_unpublished_program_is_not_found(client, program):
    program.unpublish()
    assert client.get(apply_url(program)).status_code == 404
    assert client.post(apply_url(program), {}).status_code == 404


def test_too_large_a_form_gets_a_page_that_says_what_to_do(client, program):
    response = client.post(apply_url(program), posted(program, summary="x" * 3_000_000))
    assert response.status_code == 413
    assert "Back button" in response.content.decode()
    assert not Application.objects.exists()


def test_applicant_learns_nothing_about_known_addresses(client, program):
    first = send(client, program)
    second = send(client, program)
    pages = [
        client.get(response.url).content.decode().replace(reference, "REF")
        for response, reference in zip(
            (first, second),
            Application.objects.order_by("pk").values_list("reference", flat=True),
            strict=True,
        )
    ]
    assert pages[0] == pages[1]


@pytest.mark.parametrize("count", [1, 3])
def test_queries_do_not_grow_with_questions(client, program, django_assert_num_queries, count):
    for number in range(count):
        ask(program, f"Question {number}", "singleline", required=False)
    client.get(apply_url(program))  # Fills the caches of sites and content types.
    client.post(apply_url(program), posted(program))
    forget_answers()
    with django_assert_num_queries(QUERIES_TO_SHOW):
        client.get(apply_url(program))
    second = {"alternate_name": "Jo Poe", "alternate_email": "jo@example.org"}
    data = posted(program, **(second if count > 1 else {}))
    with django_assert_num_queries(QUERIES_TO_SEND):
        assert client.post(apply_url(program), data).status_code == 302


def test_form_that_was_shown_before_costs_no_query_and_has_its_own_token(
    client, program, django_assert_num_queries
):
    first = posted(program)["form_token"]
    shown = client.get(apply_url(program))
    with django_assert_num_queries(0):
        again = client.get(apply_url(program))
    tokens = [token_of(html_of(one)) for one in (shown, again)]
    assert len({first, *tokens}) == 3
    assert html_of(shown).replace(tokens[0], "") == html_of(again).replace(tokens[1], "")
    assert again["Cache-Control"] == shown["Cache-Control"] == "private, no-store"
    ask(program, "What is new?", "singleline", required=False)
    assert "What is new?" in html_of(client.get(apply_url(program)))


def test_form_of_who_is_logged_in_is_theirs(client, editor_client, program):
    own = html_of(editor_client.get(apply_url(program)))
    client.logout()
    assert "wagtail-userbar" in own
    assert "wagtail-userbar" not in html_of(client.get(apply_url(program)))


def html_of(answer):
    return answer.content.decode()


def token_of(html):
    return html.partition('name="form_token" value="')[2].partition('"')[0]


def test_accepted_time_is_when_it_was_sent(client, program):
    send(client, program)
    application = Application.objects.get()
    assert all(row.accepted_at == application.submitted_at for row in application.acceptances.all())
    assert timezone.now() - application.submitted_at < timedelta(minutes=1)
    assert form_data(program)["name"] == application.name

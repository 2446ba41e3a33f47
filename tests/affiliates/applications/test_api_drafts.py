"""Saving an application by the API, and going on with it, there or on the website's own form."""

from datetime import timedelta
from uuid import uuid4

import pytest
import time_machine
from django.conf import settings as django_settings
from django.utils import timezone

from affiliates.applications.mails.applying import DRAFT_SAVED
from affiliates.core.states import ApplicationState
from affiliates.links.tokens import Purpose, draft_url, make_token
from affiliates.models import Application, ApplicationQuestion
from tests.affiliates.api.calls import application, get, group, mistakes, post, problem, send
from tests.factories.applications import apply_url, form_data, posted, saved_draft, shown_token
from tests.factories.pages import ProgramPageFactory
from workflows.models import OutgoingMail

pytestmark = pytest.mark.django_db

KEY = "8e03978e-40d5-43dd-bc93-6894a57f9324"
ONLY_AN_ADDRESS = {"contact": {"email": "rosa@saferschools.org"}}


def save(client, program, body=ONLY_AN_ADDRESS, *, key=None, **kwargs):
    path = f"programs/{program.slug}/drafts/"
    return post(client, path, body, key=key or str(uuid4()), **kwargs)


def read(client, draft=None):
    draft = draft or Application.objects.get()
    return get(client, f"drafts/{make_token(draft, Purpose.DRAFT)}/")


def gone_on(client):
    """The body of the saved draft, as its front end got it."""
    return read(client).json()["application"]


# Saving


def test_saving_needs_nothing_but_the_address(client, program):
    answer = save(client, program, {"contact": {"email": " Rosa@x.org "}})
    draft = Application.objects.get()
    mail = OutgoingMail.objects.get()
    assert answer.status_code == 201
    assert answer.json() == {"reference": draft.reference, "link_days": 30}
    assert (draft.state, draft.draft_email) == (ApplicationState.DRAFT, "Rosa@x.org")
    assert (mail.kind, mail.recipient) == (DRAFT_SAVED, "Rosa@x.org")


def test_link_is_mailed_and_not_answered(client, program):
    answer = save(client, program)
    draft = Application.objects.get()
    assert draft.link_nonce in draft_url(draft)
    assert draft.link_nonce not in answer.content.decode()


@pytest.mark.parametrize("email", ["", "a@localhost", "no address"])
def test_saving_without_a_good_address_complains_of_nothing_else(client, program, email):
    body = {"group": group(region="nonsense"), "contact": {"email": email, "phone": "1"}}
    answer = save(client, program, body)
    assert answer.status_code == 422
    assert list(mistakes(answer)) == [("contact", "email")]
    assert not Application.objects.exists()


def test_body_without_a_contact_is_told_that_the_address_is_missing(client, program):
    answer = save(client, program, {})
    assert list(mistakes(answer)) == [("contact", "email")]


def test_second_contact_without_anything_typed_is_kept_as_nobody(client, program):
    nobody = {"name": "", "email": "", "phone": ""}
    assert (
        save(client, program, {**ONLY_AN_ADDRESS, "alternate_contact": nobody}).status_code == 201
    )
    assert gone_on(client)["alternate_contact"] is None


def test_links_are_kept_as_they_were_typed(client, program):
    links = [{"network": "website", "url": "not a link"}, {"network": "facebook", "url": "@x y"}]
    answer = save(client, program, {**ONLY_AN_ADDRESS, "group": {"links": links}})
    assert answer.status_code == 201
    assert gone_on(client)["group"]["links"] == links


@pytest.mark.parametrize("text", ["\u202e", "\u2028", "\ufffe", "{{ 7*7 }}", "👍" * 500])
def test_odd_text_is_kept_as_it_is(client, program, text):
    save(client, program, {**ONLY_AN_ADDRESS, "group": {"name": text, "region": text}})
    found = gone_on(client)["group"]
    assert (found["name"], found["region"]) == (text, text)


@pytest.mark.parametrize("text", ["A\0B", "A\ud800B"])
def test_what_no_database_keeps_is_left_out(client, program, text):
    save(client, program, {**ONLY_AN_ADDRESS, "group": {"name": text}})
    assert gone_on(client)["group"]["name"] == "AB"


def test_draft_that_is_too_long_is_refused_as_a_whole(client, program):
    answer = save(client, program, {**ONLY_AN_ADDRESS, "group": {"summary": "a" * 50_001}})
    assert list(mistakes(answer)) == [()]
    assert "shorten" in mistakes(answer)[()]["message"]


def test_what_no_form_has_a_place_for_is_refused_with_its_place(client, program):
    body = {**ONLY_AN_ADDRESS, "accepted": ["nothing"], "answers": {"unknown": "x"}}
    found = mistakes(save(client, program, body))
    assert set(found) == {("accepted", 0), ("answers", "unknown")}


def test_saved_twice_with_one_key_is_one_draft_with_the_later_text_and_one_mail(client, program):
    first = save(client, program, {**ONLY_AN_ADDRESS, "group": {"name": "First"}}, key=KEY)
    second = save(client, program, {**ONLY_AN_ADDRESS, "group": {"name": "Second"}}, key=KEY)
    assert first.json() == second.json()
    assert gone_on(client)["group"]["name"] == "Second"
    assert OutgoingMail.objects.count() == 1


def test_closed_program_still_keeps_a_draft(client, program):
    program.applications_open = False
    program.save()
    assert save(client, program).status_code == 201


def test_language_of_the_mail_is_the_one_that_was_chosen(client, program, settings):
    settings.WAGTAIL_CONTENT_LANGUAGES = settings.LANGUAGES = [("en", "English"), ("fr", "French")]
    save(client, program, {**ONLY_AN_ADDRESS, "language": "fr"})
    assert Application.objects.get().language == "fr"


def test_network_that_sent_its_share_cannot_save_more(client, program, settings):
    settings.AFFILIATES = {"QUOTA_PER_NETWORK_WITHOUT_PROOF": 1}
    save(client, program, key=KEY)
    refused = save(client, program)
    assert problem(refused) == "too-many-requests"
    assert refused["Retry-After"] == "3600"
    assert save(client, program, key=KEY).status_code == 201


# Going on


def test_everything_comes_back_as_it_was_typed(client, program):
    for label, field_type in (("Members", "number"), ("Public", "checkbox"), ("Why", "multiline")):
        ApplicationQuestion.objects.create(program=program, label=label, field_type=field_type)
    ApplicationQuestion.objects.create(
        program=program, label="Days", field_type="checkboxes", choices="Mon,Tue,Wed"
    )
    first = program.beliefs[0]
    body = {
        "group": group(region="nonsense", summary="<b>\0&"),
        "contact": {"name": "", "email": "rosa@x.org", "phone": "12"},
        "alternate_contact": {"name": "Jo", "email": "", "phone": ""},
        "accepted": [first.id],
        "answers": {"members": 12, "public": True, "why": "Because", "days": ["Mon", "Wed"]},
        "language": "en",
    }
    save(client, program, body)
    answer = read(client)
    found = answer.json()["application"]
    assert found.pop("version")
    assert found.pop("proof") == ""
    assert found == {
        **body,
        "group": {"locality": "", **group(region="nonsense", summary="<b>&")},
        "accepted": [{"id": first.id, "text": first.value}],
        "answers": {"members": "12", "public": True, "why": "Because", "days": ["Mon", "Wed"]},
    }
    assert answer.json()["program"] == program.slug
    assert answer.json()["reference"] == Application.objects.get().reference


def test_what_came_back_can_be_saved_as_it_is(client, program):
    save(client, program, {**ONLY_AN_ADDRESS, "group": {"name": "Half a"}})
    body = gone_on(client)
    assert save(client, program, body).status_code == 201
    again = gone_on(client)
    assert {**again, "version": ""} == {**body, "version": ""}


def test_text_changed_since_saving_is_not_accepted_any_more(client, program):
    save(client, program, application(program))
    program.beliefs[0].value = "Other words."
    program.save()
    accepted = [one["text"] for one in gone_on(client)["accepted"]]
    assert len(accepted) == 3
    assert "Other words." not in accepted


def test_question_that_is_gone_since_saving_is_left_out(client, program):
    asked = ApplicationQuestion.objects.create(
        program=program, label="Members", field_type="number"
    )
    save(client, program, {**ONLY_AN_ADDRESS, "answers": {"members": 12}})
    asked.delete()
    assert gone_on(client)["answers"] == {}


def test_page_goes_on_with_what_a_front_end_saved(client, program):
    save(client, program, application(program, group=group(name="From the API")))
    link = draft_url(Application.objects.get())
    path = link.removeprefix(django_settings.WAGTAILADMIN_BASE_URL)
    form = client.get(path, follow=True).context["form"]
    assert form["name"].value() == "From the API"
    assert form["link_website"].value() == "https://saferschools.org/"
    ticked = [name for name in form.fields if name.startswith("accept_") and form[name].value()]
    assert len(ticked) == 4


def test_front_end_goes_on_with_what_the_page_saved(client, program):
    client.post(apply_url(program), {**posted(program, name="From the page"), "save": "1"})
    found = gone_on(client)
    assert found["group"]["name"] == "From the page"
    assert len(found["accepted"]) == 4
    assert send(client, program, found).status_code == 201
    assert Application.objects.get().name == "From the page"


# Sending


def test_sent_with_the_key_that_saved_it_the_draft_becomes_the_application(client, program):
    saved = save(client, program, key=KEY)
    answer = send(client, program, application(program), key=KEY)
    found = Application.objects.get()
    assert answer.json()["reference"] == saved.json()["reference"]
    assert (found.state, found.form_data) == (ApplicationState.SUBMITTED, {})


def test_sent_with_its_version_the_draft_becomes_the_application_once(client, program):
    save(client, program, key=KEY)
    body = {**gone_on(client), **application(program)}
    first, again = (send(client, program, body) for _ in range(2))
    assert first.status_code == 201
    assert first.json() == again.json()
    assert Application.objects.get().state == ApplicationState.SUBMITTED


def test_draft_that_was_sent_cannot_be_saved_and_says_where_its_status_is(client, program):
    save(client, program, key=KEY)
    token = make_token(Application.objects.get(), Purpose.DRAFT)
    sent = send(client, program, application(program), key=KEY)
    refused = save(client, program, key=KEY)
    gone = get(client, f"drafts/{token}/")
    assert problem(refused) == "key-reused"
    assert "sent already" in refused.json()["detail"]
    assert problem(gone) == "draft-sent"
    assert gone.json()["status_url"] == sent.json()["status_url"]
    assert get(client, gone.json()["status_url"].partition("/v1/")[2]).status_code == 200


def test_older_window_is_refused_and_told_how_to_replace_the_newer(client, program):
    save(client, program, key=KEY)
    older, newer = gone_on(client), gone_on(client)
    save(client, program, {**newer, "group": {"name": "Newer"}})
    for refused in (
        save(client, program, {**older, "group": {"name": "Older"}}),
        send(client, program, {**application(program), "version": older["version"]}),
        save(client, program, key=KEY),
    ):
        assert refused.status_code == 409
        assert problem(refused) == "draft-changed"
        assert gone_on(client)["group"]["name"] == "Newer"
    body = {**older, "group": {"name": "Older"}, "version": refused.json()["version"]}
    assert save(client, program, body).status_code == 201
    assert gone_on(client)["group"]["name"] == "Older"


def test_page_and_front_end_do_not_overwrite_each_other_silently(client, program):
    save(client, program)
    older = gone_on(client)
    draft = Application.objects.get()
    saved_form_token = draft.form_data["form_token"]
    form_token = shown_token(program, key=draft.submission_key, saved_form_token=saved_form_token)
    page = {**form_data(program, name="The page"), "form_token": form_token, "save": "1"}
    assert client.post(apply_url(program), page).status_code == 302
    refused = save(client, program, older)
    assert problem(refused) == "draft-changed"
    assert gone_on(client)["group"]["name"] == "The page"


@pytest.mark.parametrize("version", ["x", "a.b.c", "\0", "\ud800", "x" * 10_000])
def test_version_that_is_none_is_refused_at_its_place(client, program, version):
    for answer in (
        save(client, program, {**ONLY_AN_ADDRESS, "version": version}),
        send(client, program, application(program, version=version)),
    ):
        assert list(mistakes(answer)) == [("version",)]


def test_version_of_another_program_is_refused(client, program):
    save(client, ProgramPageFactory(slug="other"))
    version = gone_on(client)["version"]
    refused = save(client, program, {**ONLY_AN_ADDRESS, "version": version})
    assert list(mistakes(refused)) == [("version",)]


# Links


def test_expired_link_says_where_to_get_a_new_one(client, program):
    draft = saved_draft(program)
    token = make_token(draft, Purpose.DRAFT, at=timezone.now() - timedelta(days=31))
    answer = get(client, f"drafts/{token}/")
    assert problem(answer) == "link-expired"
    assert answer.json()["reference"] == draft.reference


def test_link_of_another_purpose_opens_no_draft(client, program):
    draft = saved_draft(program)
    for purpose in set(Purpose) - {Purpose.DRAFT}:
        assert get(client, f"drafts/{make_token(draft, purpose)}/").status_code == 404


def test_link_dies_when_the_draft_is_saved_for_another_address(client, program):
    save(client, program, key=KEY)
    token = make_token(Application.objects.get(), Purpose.DRAFT)
    save(client, program, {"contact": {"email": "jo@x.org"}}, key=KEY)
    assert get(client, f"drafts/{token}/").status_code == 404
    assert [mail.recipient for mail in OutgoingMail.objects.order_by("pk")] == [
        "rosa@saferschools.org",
        "jo@x.org",
    ]


def test_draft_is_kept_by_no_cache_and_changed_by_no_look(client, program):
    with time_machine.travel(timezone.now() - timedelta(days=1)):
        draft = saved_draft(program)
    first, again = read(client, draft), read(client, draft)
    assert "no-store" in first["Cache-Control"]
    assert first.json()["saved_at"] == again.json()["saved_at"]
    draft.refresh_from_db()
    assert draft.updated_at < timezone.now() - timedelta(hours=23)


def test_nobody_reads_or_changes_a_draft_by_its_reference(client, program):
    draft = saved_draft(program, name="Half a")
    assert get(client, f"drafts/{draft.reference}/").status_code == 404
    assert get(client, f"programs/{program.slug}/drafts/").status_code == 405


@pytest.mark.parametrize("count", [1, 3])
def test_queries_do_not_grow_with_what_was_saved(
    client, program, count, django_assert_max_num_queries
):
    for number in range(count):
        ApplicationQuestion.objects.create(
            program=program, label=f"Extra {number}", field_type="singleline"
        )
    save(client, program, application(program, answers={f"extra_{n}": "x" for n in range(count)}))
    draft = Application.objects.get()
    with django_assert_max_num_queries(5):
        assert len(read(client, draft).json()["application"]["answers"]) == count

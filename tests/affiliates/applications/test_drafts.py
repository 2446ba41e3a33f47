"""Saving an application, coming back to it, and what becomes of drafts nobody finishes."""

from datetime import timedelta

import pytest
import time_machine
from django.conf import settings as django_settings
from django.utils import timezone

from affiliates.applications.mails.applying import DRAFT_SAVED
from affiliates.applications.services.submission import delete_stale_drafts
from affiliates.core.states import ApplicationState
from affiliates.links.tokens import draft_url
from affiliates.models import Application
from affiliates.models.records import SpentChallenge
from affiliates.spam.proof import delete_expired_challenges
from affiliates.tasks import forget
from tests.factories.applications import apply_url, form_data, posted, saved_draft, submitted
from workflows.models import OutgoingMail

pytestmark = pytest.mark.django_db


def save(client, program, **data):
    return client.post(apply_url(program), {**data, "save": "1"})


def path_of(url):
    return url.removeprefix(django_settings.WAGTAILADMIN_BASE_URL)


def resumed(client, draft):
    return client.get(path_of(draft_url(draft)), follow=True)


def typed_in(response):
    """What the shown form would send, as far as these tests need it."""
    form = response.context["form"]
    typed = {name: form[name].value() for name in form.fields if form[name].value()}
    return {**typed, "form_token": response.context["form_token"]}


def test_saving_needs_nothing_but_the_address(client, program):
    token = posted(program)["form_token"]
    response = save(
        client, program, form_token=token, contact_email=" Rosa@x.org ", summary="Half a"
    )
    draft = Application.objects.get()
    assert response.status_code == 302
    assert draft.state == ApplicationState.DRAFT
    assert draft.draft_email == "Rosa@x.org"
    assert draft.form_data["summary"] == ["Half a"]
    mail = OutgoingMail.objects.get()
    assert (mail.kind, mail.recipient) == (DRAFT_SAVED, "Rosa@x.org")
    page = client.get(response.url).content.decode()
    assert draft.reference in page
    assert "30 days" in page


@pytest.mark.parametrize("address", ["", "a@localhost"])
def test_saving_without_a_good_address_keeps_all_and_complains_of_nothing_else(
    client, program, address
):
    response = save(
        client,
        program,
        form_token=posted(program)["form_token"],
        contact_email=address,
        summary="Half a sentence",
        contact_phone="1",
    )
    assert response.status_code == 422
    assert list(response.context["form"].errors) == ["contact_email"]
    assert "Half a sentence" in response.content.decode()
    assert not Application.objects.exists()


def test_link_shows_everything_as_it_was_typed(client, program):
    data = posted(program, name="", region="nonsense", contact_phone="12", summary="<b>\0&")
    save(client, program, **data)
    response = resumed(client, Application.objects.get())
    form = response.context["form"]
    assert response.status_code == 200
    assert not form.errors
    assert form["contact_phone"].value() == "12"
    assert form["summary"].value() == "<b>&"
    assert "&lt;b&gt;&amp;" in response.content.decode()
    ticked = [name for name in form.fields if name.startswith("accept_") and form[name].value()]
    assert len(ticked) == 4


def test_text_changed_since_saving_is_not_ticked_any_more(client, program):
    save(client, program, **posted(program))
    program.beliefs[0].value = "Other words."
    program.save()
    form = resumed(client, Application.objects.get()).context["form"]
    ticked = [name for name in form.fields if name.startswith("accept_") and form[name].value()]
    assert len(ticked) == 3


def test_saving_again_changes_the_same_draft_and_mails_no_second_link(client, program):
    save(client, program, **posted(program, name="First"))
    again = typed_in(resumed(client, Application.objects.get()))
    save(client, program, **{**again, "name": "Second"})
    assert Application.objects.get().form_data["name"] == ["Second"]
    assert OutgoingMail.objects.count() == 1


def test_saving_twice_from_one_page_is_fine(client, program):
    data = posted(program, name="First")
    save(client, program, **data)
    assert save(client, program, **{**data, "name": "Second"}).status_code == 302
    assert Application.objects.get().form_data["name"] == ["Second"]


def test_older_window_posted_last_does_not_overwrite_silently(client, program):
    save(client, program, **posted(program, name="First"))
    draft = Application.objects.get()
    older, newer = (typed_in(resumed(client, draft)) for _ in range(2))
    save(client, program, **{**newer, "name": "Newer"})
    response = save(client, program, **{**older, "name": "Older"})
    assert response.status_code == 422
    assert "another window" in response.content.decode()
    assert response.context["form"]["name"].value() == "Older"
    assert Application.objects.get().form_data["name"] == ["Newer"]
    on_purpose = {**older, "name": "Older", "form_token": response.context["form_token"]}
    with time_machine.travel(timezone.now() + timedelta(minutes=1)):
        assert save(client, program, **on_purpose).status_code == 302
    assert Application.objects.get().form_data["name"] == ["Older"]


def test_older_window_sent_last_does_not_lose_the_newer_draft(client, program):
    save(client, program, **posted(program, name="First"))
    draft = Application.objects.get()
    older, newer = (typed_in(resumed(client, draft)) for _ in range(2))
    save(client, program, **{**newer, "name": "Newer"})
    with time_machine.travel(timezone.now() + timedelta(minutes=1)):
        complete = {**form_data(program), "form_token": older["form_token"]}
        assert client.post(apply_url(program), complete).status_code == 422
    assert Application.objects.get().form_data["name"] == ["Newer"]


def test_sending_makes_the_draft_the_application_and_forgets_the_typed_text(client, program):
    save(client, program, **posted(program, contact_email="rosa@saferschools.org"))
    draft = Application.objects.get()
    token = resumed(client, draft).context["form_token"]
    with time_machine.travel(timezone.now() + timedelta(minutes=1)):
        response = client.post(apply_url(program), {**form_data(program), "form_token": token})
    application = Application.objects.get()
    assert response.status_code == 302
    assert application.pk == draft.pk
    assert application.state == ApplicationState.SUBMITTED
    assert application.form_data == {}
    page = client.get(path_of(draft_url(application)), follow=True)
    assert page.status_code == 200
    assert "Safer Schools Ohio" in page.content.decode()
    assert "/draft/" not in page.redirect_chain[-1][0]


def test_saving_for_another_address_kills_the_older_link(client, program):
    data = posted(program)
    save(client, program, **data)
    old_link = path_of(draft_url(Application.objects.get()))
    save(client, program, **{**data, "contact_email": "other@example.org"})
    assert client.get(old_link).status_code == 404
    assert set(OutgoingMail.objects.values_list("recipient", flat=True)) == {
        "rosa@saferschools.org",
        "other@example.org",
    }


def test_sending_with_an_address_that_looks_alike_kills_the_link_of_the_draft(client, program):
    draft = saved_draft(program, email="j.doe@example.net")
    token = resumed(client, draft).context["form_token"]
    data = {**form_data(program, contact_email="jdoe@example.net"), "form_token": token}
    assert client.post(apply_url(program), data).status_code == 302
    assert Application.objects.get().pk == draft.pk
    assert client.get(path_of(draft_url(draft))).status_code == 404


def test_saving_after_sending_says_that_it_was_sent(client, program):
    data = posted(program)
    client.post(apply_url(program), data)
    response = save(client, program, **data)
    assert response.status_code == 422
    assert Application.objects.get().reference in response.content.decode()


def test_endless_draft_is_refused_and_shown_again(client, program):
    response = save(client, program, **posted(program, summary="x" * 60_000))
    assert response.status_code == 422
    assert "too long to be saved" in response.content.decode()
    assert "x" * 60_000 in response.content.decode()
    assert not Application.objects.exists()


def test_resumed_form_without_cookie_shows_nothing(client, program):
    draft = saved_draft(program, name="Secret")
    url = f"/join/{program.slug}/draft/{draft.reference}/"
    response = client.get(url)
    assert response.status_code == 403
    assert "Secret" not in response.content.decode()


@pytest.mark.parametrize(("days", "left"), [(36, 1), (38, 0)])
def test_drafts_nobody_finished_are_deleted_after_the_link_and_a_week(program, days, left):
    saved_draft(program)
    delete_stale_drafts(now=timezone.now() + timedelta(days=days))
    assert Application.objects.count() == left


def test_only_drafts_are_ever_deleted(program):
    submitted(program)
    assert delete_stale_drafts(now=timezone.now() + timedelta(days=9999)) == 0
    assert Application.objects.count() == 1


def test_task_forgets_stale_drafts_and_spent_challenges(program):
    draft = saved_draft(program)
    SpentChallenge.objects.create(
        signature="x", submission_key=draft.submission_key, expires_at=timezone.now()
    )
    with time_machine.travel(timezone.now() + timedelta(days=60)):
        forget()
    assert not Application.objects.exists()
    assert not SpentChallenge.objects.exists()


def test_challenge_that_has_not_expired_stays(program):
    now = timezone.now()
    SpentChallenge.objects.create(
        signature="x", submission_key=saved_draft(program).submission_key, expires_at=now
    )
    assert delete_expired_challenges(now=now) == 0

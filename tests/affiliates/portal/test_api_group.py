"""The affiliate's own side: how the group stands, what it tells unasked, by a front end."""

import logging
from datetime import timedelta
from urllib.parse import urlsplit
from uuid import uuid4

import pytest
import time_machine
from django.utils import timezone

from affiliates.affiliations.services.lifecycle import pause_affiliation
from affiliates.affiliations.services.reminders import pause_reminders
from affiliates.core.states import UpdateKind
from affiliates.links.tokens import Purpose, sign
from affiliates.models import Affiliation, ContactUpdate, SupportRequest, UpdateRequest
from tests.affiliates.api.calls import ROOT, delete, get, mistakes, post, problem, put
from tests.factories.affiliations import affiliation
from tests.factories.own_groups import group_path, own_token, path_of_request
from tests.factories.updates import published, sent
from tests.factories.users import UserFactory
from tests.factories.visits import ASKED, BEFORE, asked_for_update
from tests.standing import stands
from workflows.models import OutgoingMail

TEXT = "We met the board.\n\nThey listened 🎉"
JO = {"name": "Jo Roe", "email": "jo@group.example", "phone": ""}


@pytest.fixture(autouse=True)
def asked_day():
    with time_machine.travel(ASKED, tick=False):
        yield


@stands(at=ASKED)
def group(program):
    return affiliation(
        program,
        now=BEFORE,
        title="Michigan Parents",
        slug="michigan-parents",
        contact__name="Kim Lee",
        contact__email="kim@group.example",
    )


def read(client, group):
    return get(client, group_path(group)).json()


def tell(client, group, *, version=None, **body):
    body = {"kind": "news", "text": TEXT, "publish": True, **body}
    body["version"] = version or read(client, group)["version"]
    return post(client, group_path(group, "updates/"), body)


def texts():
    return list(ContactUpdate.objects.order_by("pk").values_list("kind", "text"))


# Reading


def test_group_sees_how_it_stands_and_whom_we_write_to(client, program, group):
    answer = read(client, group)
    assert answer.pop("version")
    benefits = [{"id": one.id, "text": one.text} for one in program.statements("benefits")]
    assert answer.pop("standing")["level"] == "good"
    assert answer == {
        "reference": group.reference,
        "program": program.slug,
        "affiliate": "Michigan Parents",
        "state": "active",
        "is_hidden": False,
        "open_requests": [],
        "past_requests": [],
        "updates": [],
        "calls": [],
        "contacts": [
            {
                "role": "primary",
                "name": "Kim Lee",
                "email": "kim@group.example",
                "phone": group.primary_contact.phone,
                "has_bounced": False,
                "is_you": True,
            }
        ],
        "reminders": {"paused_until": None, "longest_pause": "2027-09-16"},
        "offers": benefits,
        "asked_on": "2026-09-16",
        "next_due_on": "2026-09-30",
        "url": group.page.full_url,
    }


def test_open_request_brings_the_token_that_answers_it(client, group):
    asked = asked_for_update(group)
    (found,) = read(client, group)["open_requests"]
    token = found.pop("token")
    assert found == {
        "reference": asked.reference,
        "period": "Q3 2026",
        "due_on": "2026-09-30",
        "is_late": False,
    }
    assert post(client, f"update-requests/{token}/", {"kind": "quiet"}).status_code == 200
    after = read(client, group)
    assert after["open_requests"] == []
    assert after["past_requests"] == [{"period": "Q3 2026", "state": "answered"}]


def test_late_request_is_late_and_the_reason_is_in_words(client, group):
    asked_for_update(group)
    with time_machine.travel(ASKED + timedelta(days=50), tick=False):
        answer = read(client, group)
    assert answer["open_requests"][0]["is_late"] is True
    assert answer["standing"]["level"] == "attention"
    assert "36 days late" in " ".join(answer["standing"]["reasons"])


def test_updates_say_what_became_of_them(client, group):
    sent(group, "Kept.", may_publish=False, now=ASKED - timedelta(days=2))
    published(group, "Out.", now=ASKED - timedelta(days=1))
    sent(group, "Waits.")
    waits, out, kept = read(client, group)["updates"]
    assert (waits["became"], waits["read_by"]) == ("Our team is reading it.", "2026-09-23")
    assert (waits["text"], waits["url"]) == ("Waits.", None)
    assert (out["became"], out["version"]) == ("Published.", None)
    assert client.get(urlsplit(out["url"]).path).status_code == 200
    assert kept["became"] == "Kept private: only our team sees it."
    assert kept["period"] == "Q3 2026"


def test_update_that_is_approved_for_a_later_day_cannot_be_changed(client, group):
    version = tell(client, group).json()["version"]
    update = ContactUpdate.objects.get()
    update.go_live_at = ASKED + timedelta(days=3)
    update.save_revision().publish()
    (found,) = read(client, group)["updates"]
    assert found["became"] == "It will be published on Saturday, September 19, 2026."
    assert (found["version"], found["read_by"]) == (None, None)
    assert problem(tell(client, group, version=version, text="Other.")) == "update-moderated"


def test_question_of_a_reviewer_is_read_and_answered_by_a_change(client, group):
    update = sent(group, "Our son Marcus met the board.")
    ContactUpdate.objects.update(asked_changes="Please leave out the name.")
    (found,) = read(client, group)["updates"]
    assert found["asked_changes"] == "Please leave out the name."
    assert tell(client, group, version=found["version"], text="We met it.").status_code == 200
    update.refresh_from_db()
    assert update.text == "We met it."


def test_call_for_help_shows_the_promised_day_and_then_the_answer(client, group):
    tell(client, group, kind="help", text="Who knows a lawyer?")
    call = SupportRequest.objects.get()
    (found,) = read(client, group)["calls"]
    assert (found["state"], found["due_on"], found["is_late"]) == ("open", str(call.due_on), False)
    SupportRequest.objects.update(state="answered", answer="Maria does.", answered_at=ASKED)
    (found,) = read(client, group)["calls"]
    assert (found["answer"], found["answered_at"]) == ("Maria does.", "2026-09-16T18:00:00Z")


def test_pause_of_reminders_is_told(client, group):
    day = ASKED.date() + timedelta(days=60)
    pause_reminders(affiliation=group, until=day, by=group.primary_contact, now=ASKED)
    answer = read(client, group)
    assert answer["reminders"]["paused_until"] == str(day)
    assert answer["asked_on"] == str(day)


def test_paused_group_sees_itself_and_may_tell_something(client, group):
    staff = UserFactory(is_superuser=True)
    pause_affiliation(affiliation=group, user=staff, reason="Moving", now=ASKED)
    answer = read(client, group)
    assert (answer["state"], answer["asked_on"]) == ("paused", None)
    assert "Moving" not in str(answer)
    assert tell(client, group).status_code == 200


def test_ended_group_sees_what_was_and_can_do_nothing(client, group):
    sent(group, "Before the end.")
    Affiliation.objects.update(state="ended")
    answer = read(client, group)
    assert answer["state"] == "ended"
    assert answer["updates"][0]["text"] == "Before the end."
    doings = [
        post(client, group_path(group, "updates/"), {"kind": "quiet", "version": str(uuid4())}),
        put(client, group_path(group, "contact/"), JO),
        post(client, group_path(group, "hand-over/"), JO),
        put(client, group_path(group, "second-contact/"), JO),
        delete(client, group_path(group, "second-contact/")),
        put(client, group_path(group, "reminders/"), {"paused_until": "2026-12-31"}),
        put(client, group_path(group, "profile/"), {"name": "x", "summary": "x", "version": 0}),
    ]
    for response in doings:
        assert response.status_code == 410
        assert problem(response) == "affiliation-ended"
        assert group.program.contact_email in response.json()["detail"]


@pytest.mark.parametrize("count", [1, 3])
def test_history_costs_no_queries_each(client, group, django_assert_max_num_queries, count):
    for number in range(count):
        moment = BEFORE + timedelta(days=number)
        published(group, f"Out {number}.", now=moment)
        sent(group, f"Help {number}!", kind=UpdateKind.HELP, now=moment)
        start = f"{2020 + number}-01-01"
        UpdateRequest.objects.create(
            affiliation=group, period_start=start, period_end=start, due_on=start, opened_at=BEFORE
        )
    read(client, group)
    with django_assert_max_num_queries(26):
        read(client, group)


@pytest.mark.parametrize("method", ["get", "head", "options", "put", "delete"])
def test_looking_changes_nothing(client, group, method):
    asked_for_update(group)

    def everything():
        rows = (ContactUpdate, UpdateRequest, Affiliation, OutgoingMail)
        return [list(model.objects.values()) for model in rows]

    before = everything()
    for rest in ("", "updates/", "profile/", "contact/", "reminders/"):
        getattr(client, method)(ROOT + group_path(group, rest))
    assert everything() == before


def test_answers_are_kept_by_no_cache(client, group):
    for response in (get(client, group_path(group)), tell(client, group)):
        assert response["Cache-Control"] == "private, no-store"
        assert not response.has_header("ETag")


# Telling something unasked


def test_unasked_news_is_taken_as_by_the_page(client, group):
    answer = tell(client, group).json()
    update = ContactUpdate.objects.get()
    assert (update.text, update.may_publish, update.contact) == (TEXT, True, group.primary_contact)
    assert answer["update"]["read_by"] == "2026-09-23"
    assert answer["update"]["can_change"] is True
    assert answer["version"] == f"{update.key}.1"
    assert OutgoingMail.objects.filter(kind__contains="thanks").count() == 1


def test_unasked_update_counts_for_the_time_that_runs(client, group):
    answer = tell(client, group).json()
    assert (answer["asked_on"], answer["next_due_on"]) == ("2026-12-17", "2026-12-31")
    assert UpdateRequest.objects.get().state == "answered"


def test_same_sent_twice_is_one_update(client, group):
    version = read(client, group)["version"]
    for _ in range(3):
        assert tell(client, group, version=version).status_code == 200
    assert texts() == [("news", TEXT)]


def test_two_updates_are_two(client, group):
    tell(client, group, text="First.")
    tell(client, group, text="Second.")
    assert texts() == [("news", "First."), ("news", "Second.")]


def test_update_is_changed_by_its_version_and_an_older_window_undoes_nothing(client, group):
    first = tell(client, group, text="First.").json()["version"]
    assert tell(client, group, version=first, text="Second.").status_code == 200
    late = tell(client, group, version=first, text="Third.")
    assert problem(late) == "update-changed"
    assert texts() == [("news", "Second.")]


def test_what_was_published_cannot_be_changed(client, group):
    version = tell(client, group).json()["version"]
    ContactUpdate.objects.update(live=True, first_published_at=ASKED)
    assert problem(tell(client, group, version=version, text="Other.")) == "update-moderated"
    assert tell(client, group, text="Other.").status_code == 200
    assert texts() == [("news", TEXT), ("news", "Other.")]


@pytest.mark.parametrize(
    ("body", "places"),
    [
        ({"kind": "news", "text": "x"}, [("version",)]),
        ({"kind": "news", "text": "x", "version": ""}, [("version",)]),
        ({"kind": "news", "text": "x", "version": "1"}, [("version",)]),
        ({"kind": "news", "text": "", "version": str(uuid4())}, [("text",)]),
        ({"kind": "gossip", "text": "x", "version": str(uuid4())}, [("kind",)]),
        ({"text": "x", "version": str(uuid4())}, [("kind",)]),
        ({"kind": "help", "text": "x", "needs": ["x"], "version": str(uuid4())}, [("needs", 0)]),
        ({"kind": "quiet", "version": str(uuid4()), "state": "x"}, [("state",)]),
        (None, [()]),
    ],
)
def test_bad_updates_are_refused_with_their_places(client, group, body, places):
    response = post(client, group_path(group, "updates/"), body)
    assert list(mistakes(response)) == places
    assert texts() == []


def test_version_of_another_group_touches_only_the_own(client, program, group):
    other = affiliation(program, now=BEFORE, title="Ohio Parents")
    foreign = sent(other, "Ohio's.")
    assert tell(client, group, version=f"{foreign.key}.1").status_code == 200
    assert [one.text for one in other.updates.all()] == ["Ohio's."]
    assert [one.text for one in group.updates.all()] == [TEXT]


# Broken, old and foreign tokens


def paths(token):
    return {
        "": get,
        "updates/": lambda *args: post(*args, {"kind": "quiet", "version": str(uuid4())}),
        "contact/": lambda *args: put(*args, JO),
        "hand-over/": lambda *args: post(*args, JO),
        "second-contact/": lambda *args: put(*args, JO),
        "reminders/": lambda *args: put(*args, {"paused_until": "2026-12-31"}),
        "profile/": get,
    }.items()


@pytest.mark.parametrize("purpose", [one for one in Purpose if one != Purpose.AFFILIATE])
def test_token_for_another_purpose_shows_nothing(client, group, purpose):
    asked = asked_for_update(group)
    for record in (group, asked):
        token = sign(record.reference, group.primary_contact.link_nonce, purpose)
        for rest, call in paths(token):
            is_for_both = rest in ("contact/", "hand-over/", "second-contact/", "reminders/")
            if purpose == Purpose.UPDATE and record == asked and is_for_both:
                continue
            assert problem(call(client, f"affiliations/{token}/{rest}")) == "not-found", rest
    assert texts() == []
    assert group.contacts.count() == 1


def test_mail_that_asks_opens_the_pages_about_contacts_as_on_the_website(client, group):
    asked = asked_for_update(group)
    assert put(client, path_of_request(asked, "second-contact/"), JO).status_code == 200
    assert group.alternate_contact.email == "jo@group.example"


def test_broken_and_foreign_tokens_are_not_found(client, program, group):
    other = affiliation(program, now=BEFORE, title="Ohio Parents")
    token = own_token(group)
    foreign = own_token(group, other.primary_contact)
    broken = [token[:-1], f"{token[:-5]}xxxxx", "x" * 3000, "%00", "affiliate~", foreign]
    for one in broken:
        for rest, call in paths(one):
            assert problem(call(client, f"affiliations/{one}/{rest}")) == "not-found", (one, rest)
    assert texts() == []


def test_token_dies_when_another_person_takes_over(client, group):
    path = group_path(group)
    group.contacts.update(link_nonce="replaced")
    assert problem(get(client, path)) == "not-found"


def test_expired_token_says_where_to_get_a_new_one(client, group, settings):
    settings.AFFILIATES = {"AFFILIATE_LINK_DAYS": 30}
    token = own_token(group)
    with time_machine.travel(timezone.now() + timedelta(days=31)):
        for rest, call in paths(token):
            response = call(client, f"affiliations/{token}/{rest}")
            assert problem(response) == "link-expired", rest
            assert response.json()["reference"] == group.reference
            assert "@" not in response.content.decode()


def test_tokens_do_not_reach_the_log(client, group, caplog):
    token = own_token(group)
    with caplog.at_level(logging.DEBUG):
        get(client, f"affiliations/{token}x/")
        delete(client, f"affiliations/{token}/updates/")
        put(client, f"affiliations/{token}/contact/", {"x": 1})
    assert "/affiliations/…" in caplog.text
    assert group.primary_contact.link_nonce not in caplog.text

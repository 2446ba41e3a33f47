"""An affiliate's contacts change by the mailed link: new details, a handover, a second contact."""

from datetime import timedelta
from html import unescape

import pytest
import time_machine
from django.test import Client
from django.utils import timezone
from wagtail.models import ModelLogEntry

from affiliates.affiliations.admin.record import story_of
from affiliates.affiliations.mails.contacts import (
    CONTACT_OLD_ADDRESS,
    CONTACT_RELEASED,
    SECOND_CONTACT_RELEASED,
    TO_NEW_CONTACTS,
)
from affiliates.affiliations.services.reminders import pause_reminders
from affiliates.models import Affiliation, Contact, Notice
from affiliates.updates.mails.asking import UPDATE_ASK
from tests.factories.affiliations import affiliation
from tests.factories.visits import ASKED, BEFORE, asked_for_update, opened, update_path
from tests.standing import stands
from workflows.mail.kinds import get_kind
from workflows.models import OutgoingMail

pytestmark = pytest.mark.django_db

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
        contact__name="Kim Lee",
        contact__email="kim@group.example",
    )


@stands(at=ASKED)
def request_(group):
    return asked_for_update(group)


@stands(at=ASKED)
def second(group):
    group.contacts.create(
        role="alternate", name="Sam Poe", email="sam@group.example", email_key="sam@group.example"
    )
    return group.alternate_contact


def shown(response):
    return unescape(response.content.decode())


def people():
    return list(Contact.objects.order_by("role", "pk").values_list("role", "name", "email"))


def told(*kinds):
    rows = OutgoingMail.objects.filter(kind__in=kinds or CONTACT_MAILS).order_by("pk")
    return [(mail.kind, mail.recipient) for mail in rows]


CONTACT_MAILS = (*TO_NEW_CONTACTS, CONTACT_RELEASED, SECOND_CONTACT_RELEASED)
CONTACT_MAILS += (CONTACT_OLD_ADDRESS,)


def post(client, request, page, *, follow=True, **data):
    return client.post(update_path(request, f"{page}/"), data, follow=follow)


# Handing over


def test_handing_over_tells_both_and_staff(client, request_, group):
    html = shown(post(opened(client, request_), request_, "hand-over", **JO))
    assert people() == [("primary", "Jo Roe", "jo@group.example")]
    assert Contact.objects.get().email_key == "jo@group.example"
    assert told() == [
        ("contact_welcome", "jo@group.example"),
        ("contact_released", "kim@group.example"),
    ]
    notice = Notice.objects.get()
    assert notice.kind == "handed_over"
    assert notice.text == "Kim Lee (kim@group.example) handed over to Jo Roe (jo@group.example)."
    assert "Both people will get an email from us" in html


def test_links_of_the_one_before_die_with_the_handover(client, request_, group):
    before = group.primary_contact
    post(opened(client, request_), request_, "hand-over", **JO)
    assert client.get(update_path(request_)).status_code == 403
    assert opened(Client(), request_, before).get(update_path(request_)).status_code == 403
    group.refresh_from_db()
    new = opened(Client(), request_, group.primary_contact)
    assert new.get(update_path(request_)).status_code == 200


def test_mails_queued_to_the_one_before_are_no_longer_owed(client, request_, group):
    contact = group.primary_contact
    mail = OutgoingMail(kind=UPDATE_ASK, recipient=contact.email)
    mail.subject = request_
    assert get_kind(UPDATE_ASK).still_owed(mail)
    post(opened(client, request_), request_, "hand-over", **JO)
    mail.subject.affiliation.refresh_from_db()
    assert not get_kind(UPDATE_ASK).still_owed(mail)


def test_handing_over_to_the_second_contact_makes_that_the_first(client, request_, second):
    nonce = second.link_nonce
    post(opened(client, request_), request_, "hand-over", **{**JO, "email": "S.am@Group.example"})
    assert people() == [("primary", "Sam Poe", "sam@group.example")]
    assert Contact.objects.get().link_nonce == nonce
    assert told() == [
        ("contact_welcome", "sam@group.example"),
        ("contact_released", "kim@group.example"),
    ]


def test_second_contact_names_a_new_first_one_and_stays(client, request_, second):
    opened(client, request_, second)
    post(client, request_, "hand-over", **JO)
    assert people() == [
        ("alternate", "Sam Poe", "sam@group.example"),
        ("primary", "Jo Roe", "jo@group.example"),
    ]
    assert Notice.objects.get().text.startswith("Sam Poe named Jo Roe")
    assert client.get(update_path(request_)).status_code == 200


def test_handing_over_to_oneself_is_explained(client, request_):
    response = post(
        opened(client, request_), request_, "hand-over", **{**JO, "email": "kim+x@group.example"}
    )
    assert response.status_code == 422
    assert "already the address of a contact of your group" in shown(response)
    assert response.context["form"]["name"].value() == "Jo Roe"
    assert told() == []


@pytest.mark.parametrize(
    "typed",
    [
        {"name": "", "email": "jo@group.example"},
        {"name": "Jo", "email": ""},
        {"name": "Jo", "email": "a@localhost"},
        {"name": "Jo", "email": "a@b.example, c@d.example"},
        {"name": "🎉", "email": "jo@group.example"},
        {"name": "Jo", "email": "ü@x.org"},
        {"name": "x" * 300, "email": "jo@group.example"},
        {"name": "Jo", "email": "jo@group.example", "phone": "12"},
    ],
)
@pytest.mark.parametrize("page", ["hand-over", "second-contact", "contact"])
def test_person_that_cannot_be_taken_is_kept_with_the_reason(client, request_, page, typed):
    response = post(opened(client, request_), request_, page, **typed)
    html = shown(response)
    assert response.status_code == 422
    assert 'role="alert"' in html
    assert "<title>Error:" in html
    for name, value in typed.items():
        assert response.context["form"][name].value() == value
    assert [name for _role, name, _email in people()] == ["Kim Lee"]


def test_header_in_a_name_becomes_part_of_the_name(client, request_):
    name = "Jo\r\nBcc: x@y.example"
    post(opened(client, request_), request_, "hand-over", **{**JO, "name": name})
    assert Contact.objects.get().name == "Jo Bcc: x@y.example"


def test_nobody_can_flood_strangers(client, request_, group, settings):
    settings.AFFILIATES = {"CONTACT_CHANGES_PER_DAY": 2}
    for number in range(4):
        contact = Affiliation.objects.get().primary_contact
        response = post(
            opened(Client(), request_, contact),
            request_,
            "hand-over",
            name="Jo",
            email=f"stranger{number}@group.example",
        )
    assert response.status_code == 429
    assert "changed several times today" in shown(response)
    assert response.context["form"]["email"].value() == "stranger3@group.example"
    assert len(told("contact_welcome")) == 2


def test_one_stranger_gets_a_few_mails_from_all_groups_together(program, settings):
    settings.AFFILIATES = {"MAILS_PER_ADDRESS": 2}
    groups = [affiliation(program, now=BEFORE) for _ in range(3)]
    for one in groups:
        asked = asked_for_update(one)
        post(opened(Client(), asked), asked, "hand-over", **JO)
    welcomes = OutgoingMail.objects.filter(kind="contact_welcome").order_by("pk")
    assert [mail.state for mail in welcomes] == ["queued", "queued", "suppressed"]


def test_log_says_who_did_it_and_keeps_no_address(client, request_, group):
    post(opened(client, request_), request_, "hand-over", **JO)
    entry = ModelLogEntry.objects.for_instance(group).get()
    assert entry.action == "affiliates.contact_named"
    assert entry.data == {"by": "Kim Lee", "role": "primary"}


def test_history_says_in_words_who_did_it(client, request_, group):
    kim, now = group.primary_contact, timezone.now()
    later = now.date() + timedelta(days=30)
    pause_reminders(affiliation=group, until=later, by=kim, now=now)
    post(opened(client, request_), request_, "hand-over", **JO)
    told = [f"{line.what} {line.detail}" for line in story_of(group) if line.mail is None]
    assert "Reminders paused by Kim Lee" in told
    assert "Another person was named (Contact) by Kim Lee" in told


def test_double_click_hands_over_once_and_says_so(client, request_):
    opened(client, request_)
    for _ in range(2):
        html = shown(post(client, request_, "hand-over", **JO))
        assert "Both people will get an email from us" in html
    assert told("contact_welcome") == [("contact_welcome", "jo@group.example")]
    response = post(client, request_, "hand-over", **{**JO, "email": "other@group.example"})
    assert response.status_code == 403
    assert "other@group.example" in shown(response)


def test_who_never_had_a_link_learns_nothing_of_the_contacts(client, request_):
    response = post(client, request_, "hand-over", **{**JO, "email": "kim@group.example"})
    assert response.status_code == 403


# Details


def test_details_start_from_what_is_known(client, request_):
    page = opened(client, request_).get(update_path(request_, "contact/"))
    form = page.context["form"]
    assert [form[name].value() for name in ("name", "email")] == ["Kim Lee", "kim@group.example"]


def test_new_name_and_phone_need_no_mail(client, request_):
    nonce = Contact.objects.get().link_nonce
    post(
        opened(client, request_),
        request_,
        "contact",
        name="Suharto",
        email="kim@group.example",
        phone="517 555 0123",
    )
    contact = Contact.objects.get()
    assert (contact.name, contact.phone) == ("Suharto", "517 555 0123")
    assert contact.link_nonce == nonce
    assert told() == []
    assert not Notice.objects.exists()


def test_new_address_tells_both_and_staff_and_is_tried_again(client, request_):
    Contact.objects.update(bounced_at=BEFORE)
    response = post(
        opened(client, request_),
        request_,
        "contact",
        name="Kim Lee",
        email="Kim.Lee@new.example",
    )
    contact = Contact.objects.get()
    assert contact.bounced_at is None
    assert contact.email == "Kim.Lee@new.example"
    assert contact.email_key == "kimlee@new.example"
    assert told("contact_new_address") == [("contact_new_address", "Kim.Lee@new.example")]
    old = OutgoingMail.objects.get(kind="contact_old_address")
    assert (old.recipient, old.state) == ("kim@group.example", "suppressed")
    assert "kim@group.example" in Notice.objects.get().text
    assert "Back to your page" in shown(response)


def test_new_address_ends_older_links_but_not_this_session(client, request_, group):
    before = group.primary_contact
    post(opened(client, request_), request_, "contact", name="Kim", email="kim@new.example")
    assert client.get(update_path(request_)).status_code == 200
    assert opened(Client(), request_, before).get(update_path(request_)).status_code == 403


def test_double_click_changes_the_address_once(client, request_):
    data = {"name": "Kim", "email": "kim@new.example"}
    before = opened(client, request_).cookies.copy()
    post(client, request_, "contact", **data)
    client.cookies = before
    assert "We have your new details." in shown(post(client, request_, "contact", **data))
    assert len(told("contact_new_address")) == 1


def test_address_of_the_other_contact_is_refused(client, request_, second):
    response = post(
        opened(client, request_), request_, "contact", name="Kim", email="sam@group.example"
    )
    assert response.status_code == 422
    assert "of a contact of your group" in shown(response)


# The second contact


def test_second_contact_is_named_and_told(client, request_):
    post(opened(client, request_), request_, "second-contact", **JO)
    assert people()[0] == ("alternate", "Jo Roe", "jo@group.example")
    assert told() == [("second_contact_welcome", "jo@group.example")]


def test_second_contact_is_replaced_and_both_are_told(client, request_, second):
    post(opened(client, request_), request_, "second-contact", **JO)
    assert people()[0] == ("alternate", "Jo Roe", "jo@group.example")
    assert told() == [
        ("second_contact_welcome", "jo@group.example"),
        ("second_contact_released", "sam@group.example"),
    ]


def test_second_contact_with_other_details_is_the_same_person(client, request_, second):
    data = {"name": "Sam Poe-Lee", "email": "SAM@group.example", "phone": "517 555 0123"}
    post(opened(client, request_), request_, "second-contact", **data)
    assert people()[0][:2] == ("alternate", "Sam Poe-Lee")
    assert told() == []


def test_second_contact_is_taken_out_and_told(client, request_, second):
    post(opened(client, request_), request_, "second-contact", remove="1")
    assert [role for role, _name, _email in people()] == ["primary"]
    assert told() == [("second_contact_released", "sam@group.example")]
    assert post(client, request_, "second-contact", remove="1").status_code == 200


def test_first_contact_is_no_second_one(client, request_):
    response = post(
        opened(client, request_), request_, "second-contact", name="Kim", email="kim@group.example"
    )
    assert response.status_code == 422
    assert len(people()) == 1


# In the way


PAGES = ["contact", "hand-over", "second-contact", "reminders"]


@pytest.mark.parametrize("page", PAGES)
def test_form_without_its_csrf_cookie_changes_nothing_and_keeps_what_was_typed(request_, page):
    careful = opened(Client(enforce_csrf_checks=True), request_)
    response = post(careful, request_, page, until="3", **JO)
    assert response.status_code == 422
    assert "Please press it once more" in shown(response)
    assert [name for _role, name, _email in people()] == ["Kim Lee"]
    if page != "reminders":
        assert response.context["form"]["email"].value() == "jo@group.example"


@pytest.mark.parametrize(
    ("page", "button"), [("second-contact", "remove"), ("reminders", "resume")]
)
def test_second_button_without_the_csrf_cookie_changes_nothing(request_, second, page, button):
    careful = opened(Client(enforce_csrf_checks=True), request_)
    response = post(careful, request_, page, **{button: "1"})
    assert response.status_code == 422
    assert "Please press it once more" in shown(response)
    assert len(people()) == 2


@pytest.mark.parametrize("page", PAGES[:3])
def test_what_was_typed_stays_when_the_link_is_no_longer_good(client, request_, page):
    response = post(client, request_, page, **JO)
    unknown = client.post(f"/join/update/ZZZ-ZZZ/{page}/", JO)
    assert response.status_code == unknown.status_code == 403
    for value in ("Jo Roe", "jo@group.example"):
        assert value in shown(response)
        assert value in shown(unknown)


@pytest.mark.parametrize("page", PAGES)
def test_group_that_has_ended_changes_nothing_and_keeps_what_was_typed(client, request_, page):
    opened(client, request_)
    Affiliation.objects.update(state="ended")
    response = post(client, request_, page, until="3", **JO)
    assert response.status_code == 410
    assert "jo@group.example" in shown(response)
    assert client.get(update_path(request_, f"{page}/")).status_code == 200
    assert told() == []


@pytest.mark.parametrize("page", PAGES)
def test_page_without_a_link_asks_to_open_it(client, request_, page):
    response = client.get(update_path(request_, f"{page}/"))
    assert response.status_code == 403
    assert "Please open the link in our email" in shown(response)


@pytest.mark.parametrize("what", ["contact", "hand_over", "second_contact", "reminders", "x", ""])
def test_page_after_saving_shows_nothing_about_the_group_without_a_link(client, request_, what):
    response = client.get(update_path(request_, f"saved/?what={what}"))
    assert response.status_code == 200
    assert "Michigan Parents" not in shown(response)

"""A person's whole path: apply, read the mail, follow its link; and the editor's: find it."""

import re
from email import message_from_bytes, policy

import pytest
from django.contrib.auth.models import Permission
from django.core.management import call_command
from django.urls import reverse
from playwright.sync_api import expect

from affiliates.models import Application
from tests.e2e.looking import look, look_at_admin
from tests.factories.applications import submitted
from tests.factories.users import UserFactory
from workflows.models import OutgoingMail

pytestmark = [pytest.mark.e2e, pytest.mark.usefixtures("site_of_the_tests")]


@pytest.fixture
def reviewer(live_database):
    user = UserFactory(username="robin", email="robin@example.net")
    for codename in ("view_application", "access_admin"):
        user.user_permissions.add(Permission.objects.get(codename=codename))
    return user


@pytest.fixture
def read_mail(smtp):
    """Let a worker look into the outbox once; return the text of the mail to ``address``."""

    def read(address):
        call_command("drain_outbox", verbosity=0)
        (found,) = (mail for mail in smtp.received if mail.recipient == address)
        message = message_from_bytes(found.message, policy=policy.default)
        return message.get_body(preferencelist=("plain",)).get_content()

    return read


def fill_in(tab, **changes):
    """Type a whole application as a person would, by the labels that they read."""
    for box in tab.get_by_role("checkbox").all():
        box.check()
    answers = {
        "Name of your group": "Parents for Safe Schools",
        "About your group": "We help families whose children were restrained at school.",
        "Website": "parents.example.net",
        **changes,
    }
    for label, text in answers.items():
        tab.get_by_role("textbox", name=label).fill(text)
    tab.get_by_role("combobox", name="State or province").select_option("US-OH")
    tab.get_by_role("radio", name="State").check()
    contact = tab.get_by_role("group", name="Contact person")
    contact.get_by_label("Name").fill("Jordan Smith")
    contact.get_by_label("Email").fill("jordan@example.net")


def sign_in(tab, username):
    tab.goto("/admin/")
    tab.get_by_label("Username").fill(username)
    tab.get_by_label("Password").fill("password")
    tab.get_by_role("button", name="Sign in").click()
    tab.wait_for_url("**/admin/")


def link_in(text):
    return re.search(r"https?://\S+/join/link/\S+", text)[0]


@pytest.mark.parametrize("java_script_enabled", [True, False], ids=["scripts", "no-scripts"])
def test_group_applies_and_follows_the_mailed_link(
    new_tab, demo_program, read_mail, java_script_enabled
):
    tab = new_tab(
        width=360, java_script_enabled=java_script_enabled, reduced_motion="no-preference"
    )
    tab.goto("/")
    tab.get_by_role("navigation").get_by_role("link", name="Affiliate groups").first.click()
    tab.get_by_role("link", name="Start the application").click()
    fill_in(tab)
    tab.get_by_role("button", name="Send the application").click()

    tab.wait_for_url("**/thanks/")
    reference = re.search(r"[A-Z0-9]{3}-[A-Z0-9]{3}", tab.get_by_role("main").inner_text())[0]
    mail = read_mail("jordan@example.net")
    assert reference in mail

    tab.goto(link_in(mail))
    assert "link" not in tab.url
    expect(tab.get_by_role("main")).to_contain_text("Parents for Safe Schools")


def test_editor_finds_the_application_in_the_admin(
    new_tab, demo_program, demo_affiliates, reviewer, read_mail
):
    visitor = new_tab()
    visitor.goto("/join/affiliates/")
    fill_in(visitor, **{"About your group": "<script>alert('x')</script> We meet on Mondays."})
    visitor.get_by_role("button", name="Send the application").click()
    visitor.wait_for_url("**/thanks/")

    tab = new_tab()
    sign_in(tab, "robin")
    tab.goto("/admin/affiliates/applications/")
    tab.get_by_role("link", name="Parents for Safe Schools").first.click()
    text = tab.get_by_role("main").inner_text()
    assert "jordan@example.net" in text
    assert "https://parents.example.net" in text
    assert "<script>alert('x')</script>" in text


@pytest.fixture
def admin_tab(new_tab, reviewer, demo_program):
    """A tab of a person who may see applications and mails, with one of each to look at."""
    codenames = ["view_outgoingmail", "change_outgoingmail", "change_mailwording"]
    reviewer.user_permissions.add(*Permission.objects.filter(codename__in=codenames))
    submitted(demo_program, name="Parents for Safe Schools")
    call_command("drain_outbox", verbosity=0)
    tab = new_tab()
    sign_in(tab, "robin")
    return tab


def test_axe_finds_nothing_on_our_pages_of_the_admin(admin_tab):
    application = Application.objects.get()
    mail = OutgoingMail.objects.filter(object_id=application.pk).first()
    for address in (
        reverse("affiliates_application:index"),
        reverse("affiliates_application:inspect", args=[application.pk]),
        reverse("outgoing_mail:index"),
        reverse("outgoing_mail:inspect", args=[mail.pk]),
        reverse("mail_wording:index"),
        reverse("mail_wording:edit", args=["application_received", "en"]),
    ):
        admin_tab.goto(address)
        look_at_admin(admin_tab)


def test_draft_is_saved_and_finished_from_the_mailed_link(new_tab, demo_program, read_mail):
    tab = new_tab()
    tab.goto("/join/affiliates/")
    tab.get_by_role("textbox", name="Name of your group").fill("Parents for Safe Schools")
    tab.get_by_role("group", name="Contact person").get_by_label("Email").fill("a@example.net")
    tab.get_by_role("button", name="Save and finish later").click()
    tab.wait_for_url("**/saved/")
    look(tab)

    phone = new_tab(width=360)
    phone.goto(link_in(read_mail("a@example.net")))
    assert (
        phone.get_by_role("textbox", name="Name of your group").input_value()
        == "Parents for Safe Schools"
    )
    fill_in(phone)
    phone.get_by_role("button", name="Send the application").click()
    phone.wait_for_url("**/thanks/")
    assert "Parents for Safe Schools" in read_mail("jordan@example.net")


def test_mistakes_are_summarised_linked_and_focused(tab, demo_program):
    tab.goto("/join/affiliates/")
    fill_in(tab, Website="javascript:alert(1)")
    tab.get_by_role("textbox", name="Name of your group").fill("")
    tab.get_by_role("button", name="Send the application").click()

    summary = tab.get_by_role("alert")
    expect(summary).to_be_focused()
    summary.get_by_role("link").first.click()
    assert tab.evaluate("document.activeElement.labels[0].textContent").startswith(
        "Name of your group"
    )
    expect(tab.get_by_role("textbox", name="Website")).to_have_value("javascript:alert(1)")
    assert tab.get_by_role("textbox", name="Website").get_attribute("aria-invalid") == "true"
    expect(tab).to_have_title(re.compile("^Error:"))
    look(tab)


def test_applicant_withdraws_from_the_mailed_link(new_tab, demo_program, read_mail):
    tab = new_tab()
    tab.goto("/join/affiliates/")
    fill_in(tab)
    tab.get_by_role("button", name="Send the application").click()
    tab.wait_for_url("**/thanks/")
    look(tab)
    tab.goto(link_in(read_mail("jordan@example.net")))
    look(tab)
    tab.get_by_role("link", name=re.compile("Withdraw|Take back", re.I)).click()
    withdraw = tab.get_by_role("button", name=re.compile("Withdraw|Take", re.I))
    withdraw.wait_for()
    look(tab)
    withdraw.click()
    tab.get_by_role("main").get_by_text(re.compile("withdrawn", re.I)).first.wait_for()
    look(tab)

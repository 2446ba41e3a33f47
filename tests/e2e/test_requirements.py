"""What a group has promised: its contact on a phone, without scripts or by keyboard alone; and the
views of staff, on a phone and on a desk.
"""

from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone
from playwright.sync_api import expect

from affiliates.affiliations.services.notes import write_note
from affiliates.affiliations.services.owners import set_owners
from affiliates.affiliations.standing.rules import standing_of
from affiliates.core.states import RequirementState
from affiliates.links.tokens import affiliate_url
from affiliates.models import Acceptance, Affiliation
from affiliates.requirements.services.proving import waive
from program_site.demo import promises
from tests.e2e.looking import look, look_at_admin
from tests.e2e.test_application_journey import sign_in
from tests.factories.affiliations import affiliation
from tests.factories.users import UserFactory

pytestmark = pytest.mark.e2e

MANY_STOPS = 60
"""More than any of the pages has."""


@pytest.fixture
def asked(demo_program, site_of_the_tests):
    """What the demo asks for, since long enough that all of it is late."""
    at = timezone.now() - promises.INTRODUCED
    for number, one in enumerate(promises.ASKED, start=1):
        promises.introduce(demo_program, one, number, at)
    return {one.kind: one for one in demo_program.requirements.all()}


@pytest.fixture
def group(boone, demo_program):
    return boone


@pytest.fixture
def own_page(group, asked):
    group.refresh_from_db()
    return affiliate_url(group, group.primary_contact)


def state_of(group, asked):
    report = standing_of(Affiliation.objects.get(pk=group.pk), timezone.now())
    return next(one.state for one in report.requirements if one.requirement == asked)


def open_requirement(tab, own_page, name):
    tab.goto(own_page)
    tab.get_by_role("link", name=f"{name}: see what is asked").click()
    expect(tab.get_by_role("heading", level=1)).to_have_text(name)


def tab_to(tab, name):
    """Press Tab until it is there, as somebody without a mouse does."""
    wanted = tab.get_by_role("link", name=name).or_(tab.get_by_role("button", name=name))
    wanted = wanted.or_(tab.get_by_label(name)).first
    for _stop in range(MANY_STOPS):
        tab.keyboard.press("Tab")
        if wanted.evaluate("element => element === document.activeElement"):
            return
    raise AssertionError(f"The keyboard does not reach “{name}”.")


def test_contact_keeps_each_kind_of_promise_on_a_phone_without_scripts(
    new_tab, group, asked, own_page
):
    phone = new_tab(width=360, java_script_enabled=False)
    phone.goto(own_page)
    phone.get_by_role("button", name="Yes, these are the right people").click()
    expect(phone.get_by_role("status")).to_be_visible()
    assert state_of(group, asked["contact"]) == RequirementState.KEPT

    open_requirement(phone, own_page, asked["declared"].name)
    phone.get_by_label("Please tell us in a sentence or two").fill("We link to your positions.")
    phone.get_by_role("button", name="Send").click()

    open_requirement(phone, own_page, asked["badge"].name)
    phone.get_by_label("Where can we see the badge?").fill("facebook.com/boonefamilies")
    phone.get_by_role("button", name="Send the link").click()

    open_requirement(phone, own_page, asked["document"].name)
    file = {"name": "bylaws.pdf", "mimeType": "application/pdf", "buffer": promises.BYLAWS}
    phone.get_by_label("File", exact=True).set_input_files(file)
    phone.get_by_role("button", name="Send the file").click()

    open_requirement(phone, own_page, asked["questions"].name)
    phone.get_by_label("How many people take part?").fill("35")
    phone.get_by_role("button", name="Send").click()

    open_requirement(phone, own_page, asked["reaffirm"].name)
    for box in phone.get_by_role("checkbox").all():
        box.check()
    phone.get_by_role("button", name="We affirm all of this").click()
    expect(phone.get_by_role("status")).to_be_visible()
    assert Acceptance.objects.filter(proof__commitment__affiliation=group).exists()

    states = {kind: state_of(group, one) for kind, one in asked.items()}
    assert states == dict.fromkeys(asked, RequirementState.KEPT)


def test_somebody_without_a_mouse_declares_and_mends_what_was_missing(
    new_tab, group, asked, own_page
):
    tab = new_tab()
    tab.goto(own_page)
    tab_to(tab, f"{asked['declared'].name}: see what is asked")
    tab.keyboard.press("Enter")
    expect(tab.get_by_role("heading", level=1)).to_have_text(asked["declared"].name)
    tab_to(tab, "Send")
    tab.keyboard.press("Enter")
    summary = tab.get_by_role("alert")
    expect(summary).to_be_focused()
    tab.keyboard.press("Tab")
    tab.keyboard.press("Enter")
    words = tab.get_by_label("Please tell us in a sentence or two")
    expect(words).to_be_focused()
    tab.keyboard.type("We link to your positions.")
    tab_to(tab, "Send")
    tab.keyboard.press("Enter")
    expect(tab.get_by_role("status")).to_be_visible()
    assert state_of(group, asked["declared"]) == RequirementState.KEPT


def test_pages_of_promises_are_for_everybody(new_tab, asked, own_page):
    tab = new_tab()
    tab.goto(own_page)
    look(tab, "own-page-late")
    for kind, one in asked.items():
        if kind == "update":
            continue
        open_requirement(tab, own_page, one.name)
        look(tab, f"requirement-{kind}")
        if kind in ("declared", "document", "questions", "badge", "reaffirm"):
            tab.locator("form.form button[type=submit]").first.click()
            expect(tab.get_by_role("alert")).to_be_visible()
            look(tab, f"requirement-{kind}-refused")


@pytest.fixture
def staff(new_tab, group, asked, demo_program):
    """Two groups: one owned, with a note and something waived; one that owes everything."""
    ada = UserFactory(username="ada", is_superuser=True)
    robin = ada._meta.model.objects.get(username="robin")
    now = timezone.now()
    affiliation(demo_program, title="Parents of the Upper Peninsula")
    set_owners(affiliations=[group], user=ada, now=now, owner=robin, backup=ada)
    write_note(affiliation=group, text="Call after four.", user=ada, now=now)
    owed = group.commitments.filter(requirement=asked["document"])
    until = now.date() + timedelta(days=90)
    waive(commitments=list(owed), until=until, reason="They have none.", user=ada, now=now)
    tab = new_tab(width=360)
    sign_in(tab, "ada")
    return tab


def test_list_of_requirements_and_the_form_of_each_kind(staff, asked):
    staff.goto(reverse("affiliates_requirement:index"))
    look_at_admin(staff, "requirements")
    staff.goto(reverse("affiliates_requirement:add"))
    look_at_admin(staff, "requirement-kinds")
    for kind in ("questions", "document"):
        staff.goto(reverse("affiliates_requirement:edit", args=[asked[kind].pk]))
        look_at_admin(staff, f"requirement-form-{kind}")
        choice = staff.get_by_role("combobox", name="Obligation").bounding_box()
        assert choice["x"] + choice["width"] <= staff.viewport_size["width"]


def test_matrix_is_filtered_and_acted_on(staff, asked, group):
    staff.goto(reverse("affiliates_matrix"))
    expect(staff.get_by_role("table").get_by_text("Late").first).to_be_visible()
    look_at_admin(staff, "matrix")
    staff.goto(f"{reverse('affiliates_matrix')}?state=waived")
    expect(staff.get_by_role("link", name="Families of Boone County")).to_be_visible()
    expect(staff.get_by_role("link", name="Parents of the Upper Peninsula")).to_have_count(0)
    query = f"?requirement={asked['badge'].pk}&group={group.pk}"
    for action in ("ask", "waive", "put_off"):
        staff.goto(reverse(f"affiliates_matrix_{action}") + query)
        look_at_admin(staff, f"matrix-{action}")
    staff.get_by_role("button", name="Put it off").click()
    expect(staff.get_by_text("Please give the new day.").first).to_be_visible()
    look_at_admin(staff, "matrix-refused")


def test_record_shows_promises_owners_and_notes(staff, asked, group):
    staff.goto(reverse("affiliates_affiliation:inspect", args=[group.pk]))
    for words in ("Call after four.", "They have none.", asked["badge"].name):
        expect(staff.get_by_text(words).first).to_be_visible()
    look_at_admin(staff, "record-with-promises")
    for action in ("proofs", "prove", "adjust"):
        address = f"affiliates_affiliation:{action}"
        staff.goto(reverse(address, args=[group.pk, asked["declared"].pk]))
        look_at_admin(staff, f"record-{action}")
    staff.goto(reverse("affiliates_affiliation:owners", args=[group.pk]))
    look_at_admin(staff, "record-owners")
    staff.goto(reverse("affiliates_hand_over"))
    look_at_admin(staff, "hand-over")
    staff.goto(f"{reverse('affiliates_welcome')}?group={group.pk}")
    look_at_admin(staff, "welcome")

"""From "I want to apply" to "how far are you": pages that anybody must be able to use."""

import re
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import expect

from affiliates.links.tokens import draft_url, status_url
from tests.e2e.looking import look
from tests.factories.applications import apply_url, saved_draft, submitted
from tests.factories.reviews import request_changes, under_review, with_reviewers
from tests.factories.users import UserFactory

pytestmark = pytest.mark.e2e


def path_of(url):
    parts = urlsplit(url)
    return f"{parts.path}?{parts.query}" if parts.query else parts.path


def press_send(tab, program):
    tab.goto(apply_url(program))
    tab.get_by_role("button", name="Send the application").click()
    expect(tab.locator(".error-summary")).to_be_focused()


def test_form_with_errors_is_accessible(tab, demo_program):
    press_send(tab, demo_program)
    look(tab)


def test_status_and_withdrawal_are_accessible(tab, demo_program):
    application = submitted(demo_program, link_facebook="facebook.com/groups/1")
    tab.goto(path_of(status_url(application)))
    expect(tab.get_by_text("Safer Schools Ohio")).to_be_visible()
    look(tab)
    tab.get_by_role("link", name="Withdraw the application").click()
    tab.get_by_role("button", name="Withdraw").wait_for()
    look(tab)


def test_resumed_draft_is_accessible(tab, demo_program):
    draft = saved_draft(demo_program, name="Open Doors Ohio")
    tab.goto(path_of(draft_url(draft)))
    expect(tab.get_by_label("Name of your group")).to_have_value("Open Doors Ohio")
    look(tab)


def test_errors_in_the_summary_lead_to_their_fields(tab, demo_program):
    press_send(tab, demo_program)
    tab.get_by_role("link", name="Please give the name of your group.").click()
    tab.keyboard.type("Open Doors Ohio")
    expect(tab.get_by_label("Name of your group")).to_have_value("Open Doors Ohio")


def test_error_is_read_out_with_its_field(tab, demo_program):
    press_send(tab, demo_program)
    field = tab.get_by_label("Name of your group")
    described_by = field.get_attribute("aria-describedby").split()
    texts = [tab.locator(f"[id='{name}']").inner_text() for name in described_by]
    assert any("Please give the name of your group." in text for text in texts)
    assert field.get_attribute("aria-invalid") == "true"


def test_the_whole_row_of_a_belief_can_be_pressed(tab, demo_program):
    tab.goto(apply_url(demo_program))
    row = tab.locator("label.check").first
    box = row.bounding_box()
    assert box["height"] >= 44
    row.click(position={"x": box["width"] - 8, "y": box["height"] - 8})
    expect(row.locator("input")).to_be_checked()


QUESTION = "Who runs your group? See https://example.org/" + "a-long-address/" * 20


@pytest.fixture
def asked(demo_program):
    """An application whose group was asked something."""
    application = under_review(with_reviewers(demo_program))
    request_changes(application, UserFactory(is_superuser=True), QUESTION)
    return application


def open_status(tab, application):
    tab.goto(path_of(status_url(application)))
    return tab.get_by_role("textbox", name="Your answer")


def press_send_answer(tab):
    tab.get_by_role("button", name="Send the answer").click()
    expect(tab.locator(".error-summary")).to_be_focused()


def test_question_and_its_errors_are_accessible(tab, asked):
    open_status(tab, asked)
    look(tab)
    press_send_answer(tab)
    expect(tab).to_have_title(re.compile("^Error:"))
    look(tab)


def test_answer_without_a_cookie_is_accessible(tab, asked):
    open_status(tab, asked).fill("Rosa and Jo.")
    tab.context.clear_cookies()
    press_send_answer(tab)
    look(tab)


def test_answer_that_came_too_late_is_accessible(tab, asked):
    open_status(tab, asked).fill("Rosa and Jo.")
    asked.affiliate.current_workflow_state.resume(user=None)
    press_send_answer(tab)
    expect(tab.get_by_label("Your text, to copy")).to_have_value("Rosa and Jo.")
    look(tab)


def test_error_of_the_answer_is_focused_linked_and_read_with_the_field(tab, asked):
    field = open_status(tab, asked)
    press_send_answer(tab)
    expect(tab.get_by_role("alert")).to_be_focused()
    tab.keyboard.press("Tab")
    tab.keyboard.press("Enter")
    tab.keyboard.type("Rosa and Jo.")
    expect(field).to_have_value("Rosa and Jo.")
    described_by = field.get_attribute("aria-describedby").split()
    texts = [tab.locator(f"[id='{name}']").inner_text() for name in described_by]
    assert any("Please write your answer" in text for text in texts)
    assert field.get_attribute("aria-invalid") == "true"


@pytest.mark.parametrize("java_script_enabled", [True, False], ids=["scripts", "no-scripts"])
def test_question_is_answered_by_keyboard_and_the_page_says_so(new_tab, asked, java_script_enabled):
    tab = new_tab(width=360, java_script_enabled=java_script_enabled)
    open_status(tab, asked).focus()
    tab.keyboard.type("Rosa and Jo.")
    tab.keyboard.press("Tab")
    tab.keyboard.press("Enter")
    tab.wait_for_url("**/?answered=1")
    expect(tab.get_by_role("status")).to_contain_text("Your answer is in")
    expect(tab).to_have_title(re.compile("^Your answer is in"))


def test_text_kept_without_a_cookie_is_sent_once_the_link_is_opened_again(tab, asked):
    open_status(tab, asked).fill("Rosa and Jo.")
    tab.context.clear_cookies()
    press_send_answer(tab)
    tab.context.new_page().goto(path_of(status_url(asked)))
    tab.get_by_role("button", name="Send the answer").click()
    tab.wait_for_url("**/?answered=1")
    assert asked.information_requests.get().answer == "Rosa and Jo."

"""The API's own page: all of it from this site, working under its strict policy."""

import pytest
from playwright.sync_api import expect

from affiliates.api.docs import document
from affiliates.api_site import api

pytestmark = pytest.mark.e2e

DOCS = "/api/affiliates/v1/docs/"


@pytest.fixture
def complaints(tab, live_server):
    """What the browser refused, failed to run, or asked of another host."""
    found = []
    tab.on("console", lambda message: found.append(message.text) if message.type == "error" else 0)
    tab.on("pageerror", lambda error: found.append(str(error)))
    tab.on(
        "request",
        lambda request: (
            found.append(request.url)
            if not request.url.startswith((live_server.url, "data:", "blob:"))
            else None
        ),
    )
    return found


def test_page_lists_every_call_and_tries_one_out(tab, demo_program, demo_affiliates, complaints):
    tab.goto(DOCS)
    calls = sum(map(len, document(api)["paths"].values()))
    expect(tab.locator(".opblock")).to_have_count(calls)
    call = tab.locator("#operations-Programs-listPrograms")
    call.locator(".opblock-summary-control").click()
    call.get_by_role("button", name="Try it out").click()
    call.get_by_role("button", name="Execute").click()
    answer = call.locator(".live-responses-table .response").first
    expect(answer.locator(".response-col_status")).to_contain_text("200")
    expect(answer).to_contain_text(demo_program.title)
    assert complaints == []


def test_page_leads_to_the_document_without_scripts(new_tab, demo_program):
    tab = new_tab(java_script_enabled=False)
    tab.goto(DOCS)
    tab.get_by_role("link", name="OpenAPI document").click()
    expect(tab.locator("body")).to_contain_text('"openapi": "3.1.0"')

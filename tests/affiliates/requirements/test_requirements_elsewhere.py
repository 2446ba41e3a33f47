"""Requirements outside the pages: the API of a group, webhooks, and the command."""

import io
import json

import pytest
from django.core.management import call_command
from django.utils import timezone

from affiliates.core.states import Actor
from affiliates.requirements.services.proving import prove
from tests.affiliates.api.calls import get, mistakes, post
from tests.factories.affiliations import affiliation
from tests.factories.own_groups import group_path
from tests.factories.requirements import commitment, requirement
from tests.standing import stands
from workflows.models import WebhookDelivery, WebhookEndpoint

pytestmark = pytest.mark.django_db


@stands()
def group(program):
    return affiliation(program, title="Michigan Parents")


# The API


def test_group_reads_how_it_keeps_each(client, group, program):
    asked = requirement(program, name="Shares our posts")
    body = get(client, group_path(group, "requirements/")).json()
    [updates, own] = body["requirements"]
    assert updates["kind"] == "update"
    assert (own["name"], own["state"]) == ("Shares our posts", "due")
    assert own["due_on"] == str(commitment(group, asked).due_on)


def own(client, group, asked):
    body = get(client, group_path(group, "requirements/")).json()
    return next(one for one in body["requirements"] if one["id"] == asked.pk)


def send(client, group, asked, values):
    body = {"requirement": asked.pk, "values": values}
    return post(client, group_path(group, "requirements/"), body)


def test_front_end_makes_a_form_of_it_and_sends_it(client, group, program):
    asked = requirement(program)
    fields = own(client, group, asked)["fields"]
    assert [(one["name"], one["required"]) for one in fields] == [("note", True), ("day", False)]
    refused = send(client, group, asked, {"note": ""})
    assert refused.status_code == 422
    assert "note" in str(mistakes(refused))
    assert send(client, group, asked, {"note": "We did.", "day": "2026-01-05"}).status_code == 200
    assert own(client, group, asked)["state"] == "kept"
    assert commitment(group, asked).proofs.get().note == "We did."


def test_affirming_by_the_api_needs_what_was_shown(client, group, program):
    asked = requirement(program, "reaffirm")
    form = own(client, group, asked)
    values = {field["name"]: "on" for field in form["fields"]}
    assert send(client, group, asked, values).status_code == 422
    assert send(client, group, asked, {**values, "shown": form["shown"]}).status_code == 200
    assert own(client, group, asked)["state"] == "kept"


@pytest.mark.parametrize("value", [True, False, [], ["a"], ["2026-01-05", "b"], "x"])
def test_value_of_an_odd_shape_is_a_mistake_of_its_field(client, group, program, value):
    refused = send(client, group, requirement(program), {"note": "We did.", "day": value})
    assert refused.status_code in (200, 422)
    if refused.status_code == 422:
        assert "day" in str(mistakes(refused))


def test_what_nobody_asks_of_the_group_is_refused(client, group, program):
    updates = program.requirements.get(kind="update")
    refused = send(client, group, updates, {})
    assert refused.status_code == 422
    assert "There is no such requirement" in str(mistakes(refused))


# Webhooks


def test_endpoint_that_wants_it_hears_of_a_proof(group, program):
    WebhookEndpoint.objects.create(
        address="https://93.184.215.14/hooks",
        description="CRM",
        event_types=["requirement.changed"],
    )
    asked = requirement(program)
    prove(commitment=commitment(group, asked), actor=Actor.STAFF, now=timezone.now())
    said = json.loads(bytes(WebhookDelivery.objects.get().body))["data"]
    assert said["affiliate"]["name"] == "Michigan Parents"
    assert (said["requirement"]["kind"], said["state"]) == ("declared", "kept")


# The command


def standing(program, *args):
    out = io.StringIO()
    call_command("standing", "--program", program.slug, *args, stdout=out)
    return out.getvalue().splitlines()


def test_command_prints_the_matrix(group, program):
    requirement(program, name="Shares our posts")
    head, row = standing(program)
    assert head.split("\t")[3:] == ["Regular update", "Shares our posts"]
    assert row.split("\t")[1:] == ["Michigan Parents", "In good standing", "Kept", "Due"]


def test_command_prints_json(group, program):
    requirement(program, name="Shares our posts")
    [line] = standing(program, "--json")
    said = json.loads(line)
    assert [one["state"] for one in said["requirements"]] == ["kept", "due"]

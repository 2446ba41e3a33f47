"""Nothing private gets out: no field of the document, and no word of what is in the database."""

import json
from datetime import timedelta

import pytest
from django.apps import apps
from django.db import models
from django.utils import timezone

from affiliates.api.docs import document
from affiliates.api_site import api
from affiliates.core.states import UpdateKind
from affiliates.links.tokens import Purpose, make_token, sign
from affiliates.models import (
    AffiliatePage,
    AffiliateProgramPage,
    ApplicationQuestion,
    ContactUpdate,
)
from tests.affiliates.api.calls import ROOT, application, get, post, send
from tests.factories.affiliations import UpdateRequestFactory, affiliation
from tests.factories.application_rows import ApplicationFactory, ContactFactory, DraftFactory
from tests.factories.pages import ProgramPageFactory
from tests.factories.updates import published, sent
from tests.factories.users import GroupFactory, UserFactory

PRIVATE = {
    *("contacts", "email", "phone", "answers", "notes", "reviewer", "standing", "nonce"),
    *("address_key", "network_hash", "form_data", "director", "affiliation", "user"),
    *("link_nonce", "submission_key", "content_hash", "draft_email", "alternate_contact"),
}
"""Names that no public answer may have. ``contact_email`` is the program's own, and public."""

CANARY = "canary"

KEY = "8e03978e-40d5-43dd-bc93-6894a57f9324"
DRAFT = {"contact": {"email": "rosa@saferschools.org"}}

PUBLIC = {
    AffiliateProgramPage: {
        *("title", "slug", "introduction", "beliefs", "obligations", "benefits", "how_to_apply"),
        *("contact_email", "review_days", "answer_days", "update_interval_months", "time_zone"),
        *("draft_title", "url_path", "path", "countries", "region_word", "networks"),
    },
    AffiliatePage: {
        *("title", "slug", "region", "scope", "locality", "summary", "body", "affiliated_since"),
        *("draft_title", "url_path", "path", "directory_name", "directory_words"),
    },
    ContactUpdate: {"headline", "text"},
    ApplicationQuestion: {"label", "help_text", "choices", "clean_name", "default_value"},
}
"""What our public models hold for everybody. Every other text of every other model is private."""

KEYS = (
    *("path", "url_path", "numchild", "slug", "state", "kind", "role", "language", "reference"),
    *("region", "scope", "network", "field_type", "time_zone", "locale", "alias"),
)
"""What has to stay as it is, or the row would be another one."""


def fill_with_canaries():
    """Put the word into every private text of every row of ours and of the users."""
    models_ = [*apps.get_app_config("affiliates").get_models(), UserFactory._meta.model]
    models_ += apps.get_app_config("affiliate_workflows").get_models()
    for model in models_:
        for field in model._meta.concrete_fields:
            if is_private_text(model, field):
                fill(model, field)


def is_private_text(model, field):
    return (
        isinstance(field, models.CharField | models.TextField)
        and not field.choices
        and not field.is_relation
        and field.name not in PUBLIC.get(model, ())
        and field.name not in KEYS
        and field.model is model
    )


def fill(model, field):
    for number, row in enumerate(model._base_manager.all()):
        value = f"{CANARY}{number}"[: field.max_length or 100]
        model._base_manager.filter(pk=row.pk).update(**{field.attname: value})


@pytest.fixture
def full(db):
    """A program with everything private that there is around it."""
    group = GroupFactory(name=f"{CANARY} group")
    director = UserFactory(username=f"{CANARY}-user", first_name=CANARY, groups=[group.name])
    program = ProgramPageFactory(
        review_group=group, escalation_group=group, director=director, contact_name=CANARY
    )
    ApplicationQuestion.objects.create(program=program, label="Extra", field_type="singleline")
    for number in range(2):
        group = affiliation(program, alternate=True, slug=f"group-{number}")
        published(group, headline="A new policy")
        sent(group, CANARY, kind=UpdateKind.HELP)
        sent(group, CANARY, may_publish=False)
    now = timezone.now()
    ApplicationFactory(program=program).information_requests.create(
        question=CANARY, answer=CANARY, asked_at=now, answered_at=now + timedelta(hours=1)
    )
    DraftFactory(program=program, form_data={"name": [CANARY]}, draft_email=f"{CANARY}@x.org")
    return program


def public_operations():
    for path, methods in document(api)["paths"].items():
        for method, operation in methods.items():
            if method == "get" and "token" not in path and "security" not in operation:
                yield path, operation


def names_in(schema, whole, seen=()):
    """All names of properties that an answer of this schema can have, however deep."""
    if isinstance(schema, list):
        for one in schema:
            yield from names_in(one, whole, seen)
    elif isinstance(schema, dict):
        yield from schema.get("properties", {})
        for key, value in schema.items():
            if key == "$ref" and value not in seen:
                name = value.rpartition("/")[2]
                found = whole["components"]["schemas"][name]
                yield from names_in(found, whole, (*seen, value))
            elif key != "$ref":
                yield from names_in(value, whole, seen)


def test_no_schema_of_a_public_answer_has_a_private_field(db):
    whole = document(api)
    for path, operation in public_operations():
        found = set(names_in(operation["responses"], whole))
        assert found & PRIVATE == set(), path


def test_this_test_would_see_a_private_field(db):
    whole = document(api)
    body = whole["paths"]["/programs/{slug}/applications/"]["post"]["requestBody"]
    assert {"phone", "alternate_contact"} <= set(names_in(body, whole))


def answers(client, program):
    """Everything that everybody can read, with every filter."""
    directory = f"programs/{program.slug}/affiliates/"
    searches = ["", "?limit=1", f"?q={CANARY}", "?region=US-MI", "?scope=state", "?network=website"]
    paths = ["programs/", "openapi.json", "docs/", f"programs/{program.slug}/"]
    paths += [
        f"programs/{program.slug}/{end}/" for end in ("regions", "application-form", "updates")
    ]
    paths += [f"{directory}{search}" for search in searches]
    paths += [f"{directory}group-{number}/" for number in range(2)]
    paths += [f"{directory}group-{number}/updates/" for number in range(2)]
    paths += ["applications/x/", f"applications/{CANARY}/", "nothing/"]
    paths += ["drafts/x/", f"drafts/{CANARY}/"]
    paths += ["update-requests/x/", f"update-requests/{CANARY}/"]
    paths += [f"affiliations/{CANARY}/", f"affiliations/{CANARY}/profile/"]
    for path in paths:
        yield path, get(client, path)
    yield "mistake", send(client, program, {})
    yield "closed", client.delete(f"{ROOT}programs/")
    yield "sent", send(client, program, application(program, answers={"extra": "x"}))
    yield "saved", post(client, f"programs/{program.slug}/drafts/", DRAFT, key=KEY)
    yield "link", post(client, "links/", {"email": "jo@example.org"})
    yield "renewal", post(client, "links/renew/", {"reference": "AAA-AAA"})


def test_no_word_of_what_is_private_gets_out(client, full):
    fill_with_canaries()
    for path, response in answers(client, full):
        text = response.content.decode().lower().replace(f'"{CANARY}"', "")
        headers = json.dumps(dict(response.headers)).lower()
        assert CANARY not in text, path
        assert CANARY not in headers, path


def test_canaries_were_there_to_be_found(client, full):
    """Private places are full of them, and what is the applicant's own is shown to nobody else."""
    fill_with_canaries()
    contacts = ContactFactory._meta.model.objects.all()
    assert contacts
    assert all(CANARY in contact.email for contact in contacts)
    own = ApplicationFactory(program=full, name=f"{CANARY} group")
    token = make_token(own, Purpose.STATUS)
    assert CANARY in get(client, f"applications/{token}/").content.decode()


def test_request_for_an_update_shows_its_group_only_what_is_its_own(client, full):
    asked = UpdateRequestFactory(affiliation=full.affiliations.first())
    fill_with_canaries()
    asked.refresh_from_db()
    contact = asked.affiliation.contacts.first()
    token = sign(asked.reference, contact.link_nonce, Purpose.UPDATE)
    for answer in (get, lambda *args: post(*args, {"kind": "news", "text": "We met."})):
        found = answer(client, f"update-requests/{token}/").json()
        assert CANARY in found.pop("affiliate")
        assert CANARY not in json.dumps(found)


def test_own_page_of_a_group_shows_nothing_of_staff_and_of_other_groups(client, full):
    one, other = full.affiliations.order_by("pk")[:2]
    fill_with_canaries()
    mark(one, "own")
    mark(other, "foreign")
    contact = one.contacts.first()
    token = sign(one.reference, contact.link_nonce, Purpose.AFFILIATE)
    found = get(client, f"affiliations/{token}/").content.decode()
    assert "own" in found
    assert "foreign" not in found
    for private in ("notes", "reviewer", "assigned", "answered_by", f"{CANARY}-user"):
        assert private not in found


def mark(affiliation, word):
    """What the group itself wrote, and its people."""
    affiliation.contacts.update(name=word, email=f"{word}@x.org", phone=word)
    affiliation.contacts.filter(role="primary").update(link_nonce=f"{word}-nonce")
    affiliation.updates.update(text=word)
    affiliation.support_requests.update(text=word)


def test_walk_covers_every_public_call(client, full):
    asked = [path.partition("?")[0] for path, _response in answers(client, full)]
    shapes = {path.replace(full.slug, "{slug}").replace("group-0", "{affiliate}") for path in asked}
    assert {path.lstrip("/") for path, _operation in public_operations()} - shapes == {"challenge/"}

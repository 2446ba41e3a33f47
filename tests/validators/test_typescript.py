"""The client in TypeScript of the docs: made from the served document, compiled, and run."""

from pathlib import Path

import pytest
from django.utils import timezone

from affiliates.links.tokens import update_url
from affiliates.models import Application, ContactUpdate
from tests.affiliates.api.calls import ROOT
from tests.factories.affiliations import UpdateRequestFactory, affiliation
from tests.validators.nodejs import NODE, install, npm, run

pytestmark = [pytest.mark.validate, pytest.mark.django_db(transaction=True)]

EXAMPLE = Path(__file__).resolve().parents[2] / "docs" / "examples" / "typescript"
STRICTLY = ("node_modules/typescript/bin/tsc", "--noEmit", "--strict")
NAMES_WHAT_IS_NOT_THERE = (
    'import type { paths } from "./schema.js";\nexport type Gone = paths["/gone/"];'
)


@pytest.fixture
def client_folder(tmp_path, live_server):
    """A fresh copy with its packages, and with the types of what the server is able to do."""
    folder = install(EXAMPLE, tmp_path / "typescript")
    npm("run", "generate", cwd=folder, API=f"{live_server.url}{ROOT}")
    return folder


@pytest.fixture
def asked(program):
    """What a group owes us today."""
    group = affiliation(program, title="Michigan Parents")
    return UpdateRequestFactory(affiliation=group, due_on=timezone.localdate())


def test_example_compiles_and_runs(client_folder, live_server, asked):
    program, contact = asked.affiliation.program, asked.affiliation.primary_contact
    told = npm(
        "start",
        cwd=client_folder,
        API=f"{live_server.url}{ROOT}",
        PROGRAM=program.slug,
        UPDATE_LINK=update_url(asked, contact),
    )
    application, update = Application.objects.get(), ContactUpdate.objects.get()
    assert "Michigan Parents, Michigan" in told
    assert "group.name: Please give the name of your group." in told
    assert "sent twice, the same answer: true" in told
    assert f"{application.reference} is submitted" in told
    assert f"due on {asked.due_on}: open" in told
    assert (update.request, update.kind, update.may_publish) == (asked, "news", True)


def test_compiler_finds_a_call_that_the_server_does_not_have(client_folder):
    run(NODE, *STRICTLY, cwd=client_folder)
    example = client_folder / "example.ts"
    example.write_text(f"{example.read_text()}\n{NAMES_WHAT_IS_NOT_THERE}\n")
    with pytest.raises(AssertionError, match="'/gone/'"):
        run(NODE, *STRICTLY, cwd=client_folder)

"""schemathesis reads the served document and tries out what it allows, and what it does not."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from affiliates.links.tokens import Purpose, make_token, sign
from affiliates.models import ApplicationQuestion
from tests.affiliates.api.calls import ROOT
from tests.factories.affiliations import UpdateRequestFactory, affiliation
from tests.factories.applications import saved_draft, submitted
from tests.factories.own_groups import own_token
from tests.factories.pages import AffiliatePageFactory, ProgramPageFactory

pytestmark = pytest.mark.e2e

EXAMPLES = "5"
"""For each call and kind of test. Twenty found nothing else, and took longer."""

CONFIG = """
[parameters]
"path.slug" = "{slug}"
"path.affiliate" = "{affiliate}"
"path.token" = "{token}"

[[operations]]
include-path = "/update-requests/{{token}}/"
parameters = {{ "path.token" = "{update_token}" }}

[[operations]]
include-path = "/drafts/{{token}}/"
parameters = {{ "path.token" = "{draft_token}" }}

[[operations]]
include-path-regex = "/affiliations/"
parameters = {{ "path.token" = "{own_token}" }}

[[operations]]
# Whoever hands over, leaves, or has another address, can do nothing with it afterwards.
include-operation-id = ["changeContact", "handOver", "leaveProgram"]
parameters = {{ "path.token" = "{leaving_token}" }}

[[operations]]
include-path-regex = "^/applications/([a-z]+/)?$"
parameters = {{ "header.Authorization" = "Bearer {token}" }}

[[operations]]
include-path = "/drafts/"
parameters = {{ "header.Authorization" = "Bearer {draft_token}" }}

[[operations]]
include-path = "/update-requests/"
parameters = {{ "header.Authorization" = "Bearer {update_token}" }}

[[operations]]
include-path-regex = "^/affiliations/([a-z-]+/)?$"
parameters = {{ "header.Authorization" = "Bearer {own_token}" }}

[[operations]]
include-operation-id = ["changeContactByHeader", "handOverByHeader", "leaveProgramByHeader"]
parameters = {{ "header.Authorization" = "Bearer {leaving_token}" }}

[[operations]]
# No document can say which statements the program of the moment has: its application form does.
include-operation-id = [
    "sendApplication", "saveDraft", "answerQuestion", "sendUpdate", "tellUpdate", "changeContact",
    "handOver", "nameSecondContact", "pauseReminders", "proposeProfile", "askForLink",
    "answerQuestionByHeader", "sendUpdateByHeader", "tellUpdateByHeader", "changeContactByHeader",
    "handOverByHeader", "nameSecondContactByHeader", "pauseRemindersByHeader",
    "proposeProfileByHeader", "proveRequirement", "proveRequirementByHeader",
]
checks.positive_data_acceptance.expected-statuses = ["2xx", "401", "404", "409", "422"]
"""


@pytest.fixture
def world(settings):
    settings.AFFILIATES = {
        "API_READS_PER_MINUTE": 0,
        "API_WRITES_PER_MINUTE": 0,
        "QUOTA_PER_NETWORK_WITHOUT_PROOF": 1_000_000,
        "CONTACT_CHANGES_PER_DAY": 1_000_000,
    }
    program = ProgramPageFactory()
    ApplicationQuestion.objects.create(
        program=program, label="Members", field_type="number", required=False
    )
    affiliate = AffiliatePageFactory(parent=program, links={"website": "https://a.example.org"})
    group, leaving = (affiliation(program, slug=slug) for slug in ("asked", "leaving"))
    asked, contact = UpdateRequestFactory(affiliation=group), group.primary_contact
    return {
        "slug": program.slug,
        "affiliate": affiliate.slug,
        "token": make_token(submitted(program), Purpose.STATUS),
        "draft_token": make_token(saved_draft(program), Purpose.DRAFT),
        "update_token": sign(asked.reference, contact.link_nonce, Purpose.UPDATE),
        "own_token": own_token(group),
        "leaving_token": own_token(leaving),
    }


def run(live_server, folder: Path, config: str, *options: str):
    path = folder / "schemathesis.toml"
    path.write_text(config, encoding="utf-8")
    command = [sys.executable, "-m", "schemathesis.cli", "--config-file", str(path), "run"]
    document = f"{live_server.url}{ROOT}openapi.json"
    return subprocess.run(
        [
            *command,
            document,
            "--checks",
            "all",
            "--max-examples",
            EXAMPLES,
            "--seed",
            "1",
            # How fast a busy machine answers is for benchmarks to say.
            "--request-timeout",
            "60",
            *options,
        ],
        cwd=folder,
        env={**os.environ, "COLUMNS": "200", "NO_COLOR": "1"},
        capture_output=True,
        text=True,
        check=False,
    )


def test_served_document_tells_the_truth_about_what_is_there(live_server, world, tmp_path):
    done = run(live_server, tmp_path, CONFIG.format(**world))
    assert done.returncode == 0, done.stdout + done.stderr


def test_served_document_tells_the_truth_about_what_is_not_there(live_server, world, tmp_path):
    """With names and tokens that schemathesis makes up, or finds in answers."""
    config = CONFIG[CONFIG.index("[[operations]]\n# No document") :]
    done = run(live_server, tmp_path, config, "--phases", "fuzzing,stateful")
    assert done.returncode == 0, done.stdout + done.stderr

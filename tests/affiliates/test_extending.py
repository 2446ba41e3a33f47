"""The examples of docs/extending.md do what it says."""

from datetime import UTC, datetime

import pytest

from affiliates import signals
from affiliates.affiliations.services.endings import end_affiliation
from affiliates.updates.services.asking import open_due_requests
from tests.factories.affiliations import affiliation
from tests.factories.reviews import with_reviewers
from tests.project.test_docs import ROOT, code_of, unindented
from workflows.deadlines import policies
from workflows.deadlines.digests import waiting_for
from workflows.deadlines.sweep import sweep
from workflows.mail import kinds
from workflows.mail.rendering import render
from workflows.models import Deadline, OutgoingMail

SUMMER = datetime(2026, 7, 6, 16, tzinfo=UTC)
ASKED = datetime(2026, 9, 16, 18, tzinfo=UTC)
DUE = datetime(2026, 9, 30, 18, tzinfo=UTC)

SIGNALS, MAILS, POLICIES = 0, 1, 2
"""The place of each example on the page."""


def run(number):
    """The example as another app of the site would have it."""
    names = {"__name__": "another_app"}
    source = unindented(code_of(ROOT / "docs" / "extending.md")[number])
    exec(compile(source, "docs/extending.md", "exec"), names)
    return names


@pytest.fixture(autouse=True)
def as_before(monkeypatch):
    """What an example registers is forgotten afterwards."""
    monkeypatch.setattr(kinds, "_kinds", dict(kinds._kinds))
    monkeypatch.setattr(policies, "_policies", dict(policies._policies))
    for signal in (signals.record_moved, signals.update_received):
        monkeypatch.setattr(signal, "receivers", list(signal.receivers))
        signal.sender_receivers_cache.clear()


@pytest.fixture
def group(program):
    return affiliation(with_reviewers(program), now=SUMMER)


def test_other_app_hears_of_an_end(group, admin_user):
    names = run(SIGNALS)
    end_affiliation(affiliation=group, user=admin_user, reason="Merged.", now=ASKED)
    assert names["ENDED"] == [(group.name, "Merged.")]


def test_kind_of_mail_can_be_adapted(group):
    run(MAILS)
    open_due_requests(now=ASKED)
    sweep(now=ASKED)
    mail = OutgoingMail.objects.get(kind="update_ask")
    assert mail.priority == 5
    assert b"X-Our-Network: affiliates" in render(mail).message


def test_step_of_a_ladder_can_be_added(group):
    run(POLICIES)
    open_due_requests(now=ASKED)
    sweep(now=DUE)
    assert Deadline.objects.get(kind="update").last_step == "staff_watch"
    assert [item.waiting.title for item in waiting_for("rob@example.org", now=DUE)] == [
        f"{group.name}: update for Q3 2026"
    ]

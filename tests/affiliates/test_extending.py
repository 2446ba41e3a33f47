"""The examples of docs/extending.md do what it says."""

import json
import re
from datetime import UTC, datetime, timedelta

import pytest
from django.core.management import call_command
from django.urls import reverse

from affiliates import signals
from affiliates.affiliations.services.endings import end_affiliation
from affiliates.core import networks
from affiliates.requirements import kinds as requirement_kinds
from affiliates.transfer.importing.tables import read_table
from affiliates.transfer.services.importing import import_affiliates
from affiliates.updates.services.asking import open_due_requests
from tests.factories.affiliations import affiliation
from tests.factories.own_pages import opened_own, own_path
from tests.factories.pages import AffiliatePageFactory
from tests.factories.requirements import commitment, requirement
from tests.project.test_docs import ROOT, code_of, unindented
from tests.standing import stands
from tests.workflows.webhooks.webhooks import make_endpoint
from workflows.deadlines import policies
from workflows.deadlines.digests import waiting_for
from workflows.deadlines.services import close_deadlines, open_deadline
from workflows.deadlines.sweep import sweep
from workflows.mail import kinds
from workflows.mail.rendering import render
from workflows.models import Deadline, OutgoingMail
from workflows.webhooks import events

SUMMER = datetime(2026, 7, 6, 16, tzinfo=UTC)
ASKED = datetime(2026, 9, 16, 18, tzinfo=UTC)
DUE = datetime(2026, 9, 30, 18, tzinfo=UTC)

PAGE = ROOT / "docs" / "extending.md"
SIGNALS, NEW_MAIL, NEW_DEADLINE, NEW_EVENT, NEW_REQUIREMENT = range(5)
NEW_NETWORK, OTHER_MAIL, OTHER_DEADLINE = range(5, 8)
"""The place of each example on the page."""


def run(*numbers):
    """The examples as another app of the site would have them, one after the other."""
    names = {"__name__": "another_app"}
    for number in numbers:
        source = unindented(code_of(PAGE)[number])
        exec(compile(source, "docs/extending.md", "exec"), names)
    return names


@pytest.fixture(autouse=True)
def as_before(monkeypatch):
    """What an example registers is forgotten afterwards."""
    monkeypatch.setattr(kinds, "_kinds", dict(kinds._kinds))
    monkeypatch.setattr(policies, "_policies", dict(policies._policies))
    monkeypatch.setattr(events, "_events", dict(events._events))
    monkeypatch.setattr(requirement_kinds, "_kinds", dict(requirement_kinds._kinds))
    monkeypatch.setattr(networks, "_networks", dict(networks._networks))
    for signal in (signals.record_moved, signals.update_received):
        monkeypatch.setattr(signal, "receivers", list(signal.receivers))
        signal.sender_receivers_cache.clear()


@stands()
def group(reviewed_program):
    return affiliation(reviewed_program, now=SUMMER)


def test_other_app_hears_of_an_end(group, admin_user):
    names = run(SIGNALS)
    end_affiliation(affiliation=group, user=admin_user, reason="Merged.", now=ASKED)
    assert names["ENDED"] == [(group.name, "Merged.")]


def test_other_app_adds_a_kind_of_requirement(client, group):
    asked = requirement(group.program, run(NEW_REQUIREMENT)["FEE_REQUIREMENT"])
    path = own_path(group, f"requirements/{asked.pk}/")
    own = opened_own(client, group)
    assert "Pay the membership fee" in own.get(path).content.decode()
    own.post(path, {"receipt": "2027-17"})
    assert commitment(group, asked).proofs.get().data == {"receipt": "2027-17"}
    assert "2027-17" in own.get(path).content.decode()


def test_other_app_adds_a_network_that_programs_show(client, program):
    run(NEW_NETWORK)
    program.networks = [("network", "commons"), ("network", "website")]
    program.save_revision().publish()
    form = client.get(program.apply_url).content.decode()
    assert 0 < form.index("Community Commons") < form.index("Website")
    page = AffiliatePageFactory(parent=program)
    report = import_affiliates(
        program=program,
        table=read_table(
            f"region,name,about,Commons page\nMI,{page.title},Us,@our_group\n".encode()
        ),
        by=None,
    )
    assert not report.failed
    shown = client.get(page.url).content.decode()
    assert 'href="https://commons.example.org/our_group" rel="me noopener"' in shown
    assert "Community Commons" in shown
    call_command("makemigrations", check=True, dry_run=True)


@pytest.fixture
def wording(tmp_path, settings):
    """The two files of the example's mail, in the templates of the app that has it."""
    subject, text = re.findall(r"^```text\n(.*?)^```", PAGE.read_text(), re.MULTILINE | re.DOTALL)
    folder = tmp_path / "fees" / "mail"
    folder.mkdir(parents=True)
    (folder / "fee_due_subject.txt").write_text(subject)
    (folder / "fee_due.txt").write_text(text)
    settings.TEMPLATES = [{**settings.TEMPLATES[0], "DIRS": [tmp_path]}]


def test_other_app_adds_a_mail_and_a_deadline(group, wording):
    kind = run(NEW_MAIL, NEW_DEADLINE)["FEE"]
    open_deadline(kind=kind, subject=group, due_at=DUE, now=SUMMER)
    sweep(now=DUE)
    mail = OutgoingMail.objects.get(kind="fee_due")
    assert mail.recipient == group.primary_contact.email
    written = render(mail)
    assert written.subject_line == "Your membership fee is due"
    assert f"Dear members of {group.name}".encode() in written.message
    close_deadlines(kind=kind, subject=group, outcome="paid", now=DUE)
    sweep(now=DUE + timedelta(days=30))
    assert OutgoingMail.objects.filter(kind="fee_due").count() == 1


def test_editors_find_the_wording_of_the_other_apps_mail(wording, admin_client):
    run(NEW_MAIL)
    listed = admin_client.get(reverse("mail_wording:index")).content.decode()
    assert "Membership fee due" in listed


def test_other_app_adds_a_webhook_event(group):
    names = run(NEW_EVENT)
    endpoint = make_endpoint(event_types=["fee.paid"])
    names["tell_of_payment"](group, year=2027, now=DUE)
    told = json.loads(bytes(endpoint.deliveries.get().body))
    assert (told["type"], told["data"]) == ("fee.paid", {"group": group.name, "year": 2027})


def test_kind_of_mail_can_be_adapted(group):
    run(OTHER_MAIL)
    open_due_requests(now=ASKED)
    sweep(now=ASKED)
    mail = OutgoingMail.objects.get(kind="update_ask")
    assert mail.priority == 5
    assert b"X-Our-Network: affiliates" in render(mail).message


def test_step_of_a_ladder_can_be_added(group):
    run(OTHER_DEADLINE)
    open_due_requests(now=ASKED)
    sweep(now=DUE)
    assert Deadline.objects.get(kind="update").last_step == "staff_watch"
    assert [item.waiting.title for item in waiting_for("rob@example.org", now=DUE)] == [
        f"{group.name}: update for Q3 2026"
    ]

"""Affirming again: what is shown as new, what is kept of it, and what editors are asked."""

from datetime import timedelta
from html import unescape

import pytest
from django.urls import reverse
from django.utils import timezone

from affiliates.affiliations.standing.rules import standing_of
from affiliates.core.states import ChangeMeaning
from affiliates.models import Acceptance, StatementChange
from affiliates.requirements.services.statements import (
    decide_changes,
    follow_statements,
    undecided,
)
from tests.affiliates.requirements.test_own_requirements import path_of
from tests.factories.affiliations import affiliation
from tests.factories.application_rows import ApplicationFactory
from tests.factories.own_pages import opened_own
from tests.factories.requirements import commitment, requirement
from tests.factories.users import UserFactory
from tests.standing import stands

pytestmark = pytest.mark.django_db

NEW_WORDS = "Every child is safe at school, and at home."


@stands()
def group(program):
    follow_statements(program=program, now=timezone.now())
    return affiliation(program)


@stands()
def asked(program, group):
    return requirement(program, "reaffirm", name="Our beliefs")


def words(response):
    return " ".join(unescape(response.content.decode()).split())


def boxes(program):
    return {f"accept_{item.id}": "on" for _kind, item in program.statements_to_accept()}


def affirm(client, group, asked, **data):
    own = opened_own(client, group)
    form = own.get(path_of(group, asked)).context["form"]
    return own.post(path_of(group, asked), {"shown": form.shown, **data})


def reworded(program, text=NEW_WORDS):
    """The first belief, published with other words."""
    blocks = [{"type": b.block_type, "value": b.value, "id": b.id} for b in program.beliefs]
    blocks[0]["value"] = text
    program.beliefs = program.beliefs.stream_block.to_python(blocks)
    program.save_revision().publish()
    program.refresh_from_db()
    return program.statements("beliefs")[0]


def test_first_time_everything_is_new_and_the_exact_words_are_kept(client, group, asked, program):
    refused = affirm(client, group, asked)
    assert refused.status_code == 422
    assert "Please check this box: every affiliate shares this belief." in words(refused)
    affirm(client, group, asked, **boxes(program))
    kept = Acceptance.objects.filter(proof__isnull=False)
    today = [(item.id, item.text_hash) for _kind, item in program.statements_to_accept()]
    assert list(kept.values_list("statement_id", "text_hash")) == today
    assert commitment(group, asked).proved_on is not None


def test_what_has_not_changed_is_one_press(client, group, asked, program):
    affirm(client, group, asked, **boxes(program))
    html = words(opened_own(client, group).get(path_of(group, asked)))
    assert "Nothing has changed since you last affirmed it" in html
    assert 'type="checkbox"' not in html
    assert affirm(client, group, asked).status_code == 302


def test_only_changed_words_are_new_beside_the_old_ones(client, group, asked, program):
    affirm(client, group, asked, **boxes(program))
    before = program.statements("beliefs")[0].text
    changed = reworded(program)
    page = opened_own(client, group).get(path_of(group, asked))
    html = words(page)
    assert html.count('type="checkbox"') == 1
    assert before in html
    assert NEW_WORDS in html
    assert affirm(client, group, asked).status_code == 422
    assert affirm(client, group, asked, **{f"accept_{changed.id}": "on"}).status_code == 302


def test_words_that_changed_while_the_page_was_open_are_shown_again(client, group, asked, program):
    shown = opened_own(client, group).get(path_of(group, asked)).context["form"].shown
    reworded(program)
    response = client.post(path_of(group, asked), {"shown": shown, **boxes(program)})
    assert response.status_code == 422
    assert "were changed while this page was open" in words(response)
    assert "checked" not in words(response)


@pytest.mark.parametrize(
    ("meaning", "sooner", "is_new"),
    [
        (ChangeMeaning.NOW, True, True),
        (ChangeMeaning.RENEWAL, False, True),
        (ChangeMeaning.CORRECTION, False, False),
    ],
)
def test_editors_say_what_a_change_means(client, group, asked, program, meaning, sooner, is_new):
    affirm(client, group, asked, **boxes(program))
    due_on = commitment(group, asked).due_on
    reworded(program)
    now = timezone.now()
    decide_changes(
        changes=[(change, meaning) for change in undecided(program)],
        program=program,
        user=UserFactory(),
        now=now,
    )
    owed = commitment(group, asked)
    if sooner:
        assert owed.due_on <= now.date() + timedelta(days=31)
    else:
        assert owed.due_on == due_on
    html = words(opened_own(client, group).get(path_of(group, asked)))
    assert ('type="checkbox"' in html) == is_new
    said = [str(reason) for reason in standing_of(group, now).reasons]
    assert any("has changed since then" in one for one in said) == is_new


def test_chain_of_corrections_still_counts(client, group, asked, program):
    affirm(client, group, asked, **boxes(program))
    for text in ("Once corrected.", "Twice corrected."):
        reworded(program, text)
        StatementChange.objects.update(meaning=ChangeMeaning.CORRECTION)
    html = words(opened_own(client, group).get(path_of(group, asked)))
    assert 'type="checkbox"' not in html


def test_editor_is_asked_right_after_publishing(admin_client, group, asked, program):
    reworded(program)
    url = reverse("affiliates_changes", args=[program.pk])
    html = words(admin_client.get(url))
    assert NEW_WORDS in html
    assert "Nothing: only a correction" in html
    [change] = undecided(program)
    admin_client.post(url, {f"change_{change.pk}": "correction"})
    change.refresh_from_db()
    assert change.meaning == ChangeMeaning.CORRECTION
    assert "There is nothing to decide." in words(admin_client.get(url))


def test_nobody_is_asked_where_nothing_is_affirmed_again(group, program):
    reworded(program)
    assert not undecided(program).exists()


def test_who_accepted_when_applying_has_time(program, group):
    accepted_at = timezone.now() - timedelta(days=40)
    application = ApplicationFactory(program=program, affiliate=group.page, state="approved")
    application.acceptances.update(accepted_at=accepted_at)
    asked = requirement(program, "reaffirm")
    owed = commitment(group, asked)
    assert (owed.due_on - accepted_at.date()).days in range(364, 368)

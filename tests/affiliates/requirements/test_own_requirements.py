"""What a group sees of its promises, and how it shows that it keeps them."""

from datetime import date, timedelta
from html import unescape

import pytest
from django.test import Client
from django.utils import timezone

from affiliates.affiliations.services.endings import end_affiliation
from affiliates.core.exceptions import AffiliationEnded, RequirementGone
from affiliates.core.states import Actor
from affiliates.models import Proof
from affiliates.requirements.services.committing import retire
from affiliates.requirements.services.proving import prove
from tests.factories.affiliations import affiliation
from tests.factories.own_pages import opened_own, own_path
from tests.factories.pages import ProgramPageFactory
from tests.factories.requirements import commitment, requirement
from tests.factories.reviews import reviewer
from tests.standing import stands

pytestmark = pytest.mark.django_db


@stands()
def group(program):
    return affiliation(program, contact__name="Jo Smith")


def path_of(group, asked):
    return own_path(group, f"requirements/{asked.pk}/")


def words(response):
    return " ".join(unescape(response.content.decode()).split())


def test_own_page_lists_each_promise_with_its_state_and_next_step(client, group, program):
    requirement(program, name="Shares our posts", sentence="Share one of our posts each year.")
    kept = requirement(program, "contact", name="Contact")
    prove(commitment=commitment(group, kept), actor=Actor.CONTACT, now=timezone.now())
    html = words(opened_own(client, group).get(own_path(group)))
    for said in (
        "Regular update",
        "Shares our posts",
        "Share one of our posts each year.",
        "Kept since",
        "Go to: Shares our posts",
    ):
        assert said in html


def test_one_press_confirms_the_contact(client, group, program):
    asked = requirement(program, "contact")
    own = opened_own(client, group)
    assert "Yes, these are the right people" in words(own.get(own_path(group)))
    response = own.post(path_of(group, asked), follow=True)
    assert "We have noted it." in words(response)
    proof = Proof.objects.get()
    assert (proof.actor, proof.contact) == (Actor.CONTACT, group.primary_contact)
    assert commitment(group, asked).proved_on == proof.proved_on


def test_declaration_needs_words_and_keeps_what_was_typed(client, group, program):
    asked = requirement(program)
    own = opened_own(client, group)
    refused = own.post(path_of(group, asked), {"note": "", "day": "2026-13-45"})
    assert refused.status_code == 422
    html = words(refused)
    assert "Please write a sentence about it." in html
    assert 'value="2026-13-45"' in html
    own.post(path_of(group, asked), {"note": "We did it.", "day": "2026-01-05"})
    proof = Proof.objects.get()
    assert (proof.note, proof.data) == ("We did it.", {"day": "2026-01-05"})


def test_obligation_is_shown_beside_what_proves_it(client, group, program):
    statement = program.statements("obligations")[0]
    asked = requirement(program, statement_id=statement.id)
    assert statement.text in words(opened_own(client, group).get(path_of(group, asked)))


def test_without_the_link_nobody_sees_or_proves_anything(group, program):
    asked = requirement(program)
    assert Client().get(path_of(group, asked)).status_code == 403
    kept = Client().post(path_of(group, asked), {"note": "Typed long ago."})
    assert kept.status_code == 403
    assert "Typed long ago." in words(kept)
    assert not Proof.objects.exists()


def test_another_programs_requirement_is_not_there(client, group, program, other_program):
    asked = requirement(other_program)
    assert opened_own(client, group).get(path_of(group, asked)).status_code == 404


@stands()
def other_program():
    return ProgramPageFactory(title="Another program")


@pytest.mark.parametrize("is_ended", [False, True])
def test_what_is_no_longer_asked_shows_what_was_typed(client, reviewed_program, is_ended):
    group = affiliation(reviewed_program)
    asked = requirement(reviewed_program)
    own, owed = opened_own(client, group), commitment(group, asked)
    if is_ended:
        said = {"user": reviewer(reviewed_program), "reason": "", "now": timezone.now()}
        end_affiliation(affiliation=group, tell=False, tell_reason=False, **said)
        refused, why = AffiliationEnded, "The affiliation ended in the meantime."
    else:
        retire(requirement=asked, now=timezone.now())
        refused, why = RequirementGone, "Our team stopped asking for it in the meantime."
    late = own.post(path_of(group, asked), {"note": "We shared it.", "day": "2026-01-05"})
    assert late.status_code == 410
    for said in (why, "We shared it.", "2026-01-05"):
        assert said in words(late)
    with pytest.raises(refused):
        prove(commitment=owed, actor=Actor.CONTACT, now=timezone.now())


def test_reason_of_staff_is_not_shown_to_the_group(client, group, program):
    asked = requirement(program)
    today = timezone.now().date()
    group.commitments.filter(requirement=asked).update(
        waived_on=today, waived_until=today + timedelta(days=90), reason="Only between us."
    )
    html = words(opened_own(client, group).get(own_path(group)))
    assert "Waived until" in html
    assert "Only between us." not in html


def test_form_of_a_forged_page_is_not_taken(group, program):
    asked = requirement(program, "contact")
    client = opened_own(Client(enforce_csrf_checks=True), group)
    response = client.post(path_of(group, asked))
    assert response.status_code == 422
    assert not Proof.objects.exists()


def test_date_of_next_time_is_named(client, group, program):
    asked = requirement(program, interval_months=None)
    prove(
        commitment=commitment(group, asked),
        actor=Actor.STAFF,
        kept_until=date(2099, 5, 1),
        now=timezone.now(),
    )
    html = words(opened_own(client, group).get(own_path(group)))
    assert "Due again on May 1, 2099." in html

"""Whom staff ask about a group's news."""

from datetime import timedelta
from html import unescape

import pytest
from django.urls import reverse
from django.utils import timezone

from affiliates.models import ContactUpdate
from affiliates.updates.services.moderation import ask_for_changes, stop_moderation
from tests.factories.affiliations import affiliation
from tests.factories.application_rows import ContactFactory
from tests.factories.reviews import reviewer
from tests.factories.updates import published, sent
from tests.standing import stands
from workflows.deadlines.digests import waiting_for
from workflows.models import Deadline

pytestmark = pytest.mark.django_db


@stands()
def program(reviewed_program):
    return reviewed_program


@stands()
def group(program):
    return affiliation(program, contact__name="Jo Smith")


@stands()
def press(group):
    return ContactFactory(
        affiliation=group, role="press", name="Rosa Diaz", email="rosa@example.net", phone="555 1"
    )


def text(answer):
    assert answer.status_code == 200
    return " ".join(unescape(answer.content.decode()).split())


def test_staff_find_the_press_contact_beside_the_news(client, group, press):
    client.force_login(reviewer(group.program))
    page = text(client.get(reverse("affiliates_update:edit", args=[sent(group).pk])))
    assert "Rosa Diaz (Press contact)" in page
    assert "rosa@example.net" in page


def test_without_a_press_contact_the_contact_is_named(client, group):
    client.force_login(reviewer(group.program))
    page = text(client.get(reverse("affiliates_update:edit", args=[sent(group).pk])))
    assert "Jo Smith (Contact)" in page


def test_daily_list_names_the_press_contact_where_news_wait_for_staff(group, press):
    now, update = timezone.now(), sent(group)
    stop_moderation(update=update, now=now)
    [item] = waiting_for("rob@example.org", now=now)
    assert "Questions about the news: Rosa Diaz, 555 1, rosa@example.net." in item.waiting.note
    ask_for_changes(update=update, words="Where?", occurrence="1", now=now)
    Deadline.objects.filter(kind="moderation").delete()
    Deadline.objects.update(due_at=now - timedelta(days=1))
    [item] = waiting_for("rob@example.org", now=now)
    assert "Rosa Diaz" in item.waiting.note


def test_public_writes_to_the_program_and_never_sees_the_press_contact(client, group, press):
    update = published(group)
    page = text(client.get(f"{group.program.url}updates/{update.pk}/"))
    assert group.program.contact_email in page
    assert "Rosa" not in page
    assert ContactUpdate.objects.get().live

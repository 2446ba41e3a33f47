"""A site without a broker starts its reviews and forgets old drafts by commands; with one, a worker
is woken as soon as there is something to start."""

from datetime import timedelta
from uuid import uuid4

import pytest
from django.core.management import call_command
from django.utils import timezone

from affiliates.core.states import ApplicationState
from affiliates.models import Application
from tests.factories.applications import submitted
from tests.factories.reviews import now_of, with_reviewers
from workflows.core import wakeup


@pytest.mark.django_db(transaction=True)
def test_command_starts_the_reviews_that_wait(program, other_process):
    application = submitted(with_reviewers(program))
    output, _ = other_process("site/manage.py", "start_reviews").communicate()
    assert output == "1 started, 0 had ended without a decision\n"
    assert now_of(application).state == ApplicationState.IN_REVIEW


@pytest.mark.django_db
def test_command_says_so_if_nothing_waits(program, capsys):
    call_command("start_reviews")
    assert capsys.readouterr().out == "0 started, 0 had ended without a decision\n"


@pytest.mark.django_db
def test_command_forgets_old_drafts(program):
    draft = Application.objects.create(program=program, submission_key=uuid4())
    Application.objects.update(updated_at=timezone.now() - timedelta(days=400))
    call_command("forget")
    assert not Application.objects.filter(pk=draft.pk).exists()


@pytest.mark.django_db(transaction=True)
def test_new_application_wakes_a_worker_for_its_review_and_one_for_its_mail(program, monkeypatch):
    rings = []
    monkeypatch.setattr(wakeup, "wake_soon", rings.append)
    submitted(program)
    assert sorted(rings) == ["affiliates.start_reviews", "workflows.deliver_mail"]

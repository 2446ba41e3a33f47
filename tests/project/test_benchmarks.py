from importlib import import_module
from io import StringIO

import pytest
from django.core.management import call_command
from django.utils import timezone

from benchmarks import confirmations, questions
from benchmarks.__main__ import BENCHMARKS
from tests.standing import stands
from workflows.models import Deadline, OutgoingMail


@stands()
def demo():
    """With what the benchmarks begin."""
    call_command("load_demo", stdout=StringIO())


@pytest.mark.parametrize("name", BENCHMARKS)
def test_each_benchmark_of_the_report_can_be_begun(name):
    assert callable(import_module(f"benchmarks.{name}").run)


def test_questions_to_groups_of_the_demo_are_steps_that_can_be_due(demo):
    questions.create(3, now=timezone.now())
    assert Deadline.objects.count() == 3


def test_applications_to_the_demo_have_confirmations_that_can_be_sent(demo):
    confirmations.create(3, now=timezone.now())
    confirmations.empty_outbox()
    confirmations.queue_ours(3, now=timezone.now())
    assert OutgoingMail.objects.count() == 3

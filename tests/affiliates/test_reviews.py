"""From the sent form to a running review, whatever goes wrong on the way."""

import pytest
from django.utils import timezone

from affiliates.services.reviews import start_waiting_reviews
from affiliates.states import ApplicationState
from tests.factories.applications import submitted

pytestmark = pytest.mark.django_db


def test_start(program):
    application = submitted(program)
    assert start_waiting_reviews(now=timezone.now()) == 1
    application.refresh_from_db()
    assert application.state == ApplicationState.IN_REVIEW
    assert application.affiliate.title == "Safer Schools Ohio"
    assert not application.affiliate.live
    assert application.affiliate.current_workflow_task

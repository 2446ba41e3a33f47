"""The admin's page of numbers to watch, in Chromium, on a phone and on a desk."""

from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone
from playwright.sync_api import expect

from tests.e2e.looking import look_at_admin
from tests.e2e.test_application_journey import sign_in
from tests.factories.applications import submitted
from tests.factories.users import UserFactory
from workflows.core import wakeup
from workflows.models import OutgoingMail
from workflows.monitoring.runs import recorded

pytestmark = pytest.mark.e2e


def test_numbers_to_watch(new_tab, site_of_the_tests, demo_program):
    submitted(demo_program)
    OutgoingMail.objects.update(next_attempt_at=timezone.now() - timedelta(hours=3))
    for task in (wakeup.DELIVER_MAIL, wakeup.SWEEP_DEADLINES):
        with recorded(task):
            pass
    UserFactory(username="root", is_superuser=True)
    tab = new_tab(width=360)
    sign_in(tab, "root")
    tab.goto(reverse("workflows_numbers"))
    expect(tab.get_by_text("3 hours")).to_be_visible()
    look_at_admin(tab, "numbers")

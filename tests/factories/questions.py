"""Applications under review, and groups that were asked something, as it happens in Wagtail."""

from django.utils import timezone

from affiliates.models import Application
from affiliates.services.reviews import start_review
from tests.factories.applications import submitted
from tests.factories.users import UserFactory


def under_review(program, *, now=None, **changes):
    """An application whose review runs: it has its draft page and its workflow."""
    application = submitted(program, now=now, **changes)
    start_review(application=application, now=now or timezone.now())
    return Application.objects.get(pk=application.pk)


def asked(program, *, question="Who runs your group?", reviewer=None, **changes):
    """An application about which a reviewer has requested changes, so that its group was asked."""
    application = under_review(program, **changes)
    ask(application, question, reviewer=reviewer)
    return Application.objects.get(pk=application.pk)


def ask(application, question, *, reviewer=None):
    review = application.affiliate.current_workflow_task_state
    review.specific.reject(user=reviewer or UserFactory(is_superuser=True), comment=question)

"""Mail to a contact that comes back: the second contact is asked at once, and staff are told."""

from datetime import UTC, datetime

import pytest
from django.utils import timezone

from affiliates.affiliations.deadlines import NOTICE
from affiliates.affiliations.services.notices import note_bounce, tick_off
from affiliates.models import Notice
from affiliates.updates.services.asking import open_due_requests
from tests.factories.affiliations import affiliation
from tests.standing import stands
from workflows.deadlines.digests import waiting_for
from workflows.deadlines.sweep import sweep
from workflows.mail.delivery import deliver_due
from workflows.models import Deadline, OutgoingMail

SUMMER = datetime(2026, 7, 6, 16, tzinfo=UTC)
ASKED = datetime(2026, 9, 16, 18, tzinfo=UTC)
NO_SUCH_USER = "550 5.1.1 No such user here"


@stands()
def group(reviewed_program):
    return affiliation(reviewed_program, now=SUMMER, alternate=True)


def ask(now=ASKED):
    open_due_requests(now=now)
    sweep(now=now)


def mails(**fields):
    of_updates = OutgoingMail.objects.filter(kind__startswith="update_", **fields)
    return list(of_updates.order_by("pk").values_list("kind", "recipient", "state"))


@pytest.mark.django_db(transaction=True)
def test_refused_address_asks_the_second_contact_at_once_and_tells_staff(group, smtp):
    first, second = group.primary_contact.email, group.alternate_contact.email
    smtp.script.at_recipient = [NO_SUCH_USER]
    ask()
    deliver_due()
    assert mails() == [
        ("update_ask", first, "failed"),
        ("update_alternate", second, "sent"),
    ]
    assert group.contacts.get(email=first).bounced_at
    notice = Notice.objects.get()
    assert first in notice.text
    told = waiting_for("rob@example.org", now=timezone.now())
    assert notice.text in [item.waiting.note for item in told]


def test_bounce_is_noted_once(group):
    ask()
    first = group.primary_contact.email
    assert note_bounce(address=first.upper(), now=ASKED) == 1
    assert note_bounce(address=first, now=ASKED) == 0
    assert Notice.objects.count() == 1
    assert [kind for kind, *_ in mails()] == ["update_ask", "update_alternate"]


def test_before_anybody_was_asked_a_bounce_asks_nobody(group):
    open_due_requests(now=ASKED)
    note_bounce(address=group.primary_contact.email, now=ASKED)
    assert mails() == []
    sweep(now=ASKED)
    assert mails() == [("update_ask", group.alternate_contact.email, "queued")]


def test_mail_that_was_queued_for_a_bounced_address_is_not_sent(group, smtp):
    ask()
    note_bounce(address=group.primary_contact.email, now=ASKED)
    deliver_due()
    assert [row[2] for row in mails(kind="update_ask")] == ["obsolete"]


def test_bounce_of_a_stranger_changes_nothing(group):
    assert note_bounce(address="nobody@example.org", now=ASKED) == 0
    assert not Notice.objects.exists()


def test_notice_waits_for_staff_until_somebody_ticks_it_off(group, admin_user):
    note_bounce(address=group.primary_contact.email, now=ASKED)
    tick_off(notice=Notice.objects.get(), user=admin_user, now=ASKED)
    assert waiting_for("rob@example.org", now=ASKED) == []
    assert not Deadline.objects.filter(kind=NOTICE, closed_at=None).exists()
    assert Notice.objects.get().seen_by == admin_user

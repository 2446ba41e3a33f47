"""An affiliation ends, and the end is taken back."""

from datetime import UTC, datetime, timedelta

import pytest
from wagtail.contrib.redirects.models import Redirect
from wagtail.log_actions import LogContext
from wagtail.models import Locale, PageLogEntry

from affiliates.affiliations.services.endings import end_affiliation, reinstate_affiliation
from affiliates.affiliations.services.notices import notify_staff
from affiliates.core.exceptions import NoPageLeft, TransitionNotAllowed
from affiliates.core.states import CopyMeaning, NoticeKind, SupportState
from affiliates.models import AffiliatePage, Affiliation, Transition
from affiliates.updates.services.asking import open_due_requests
from tests.factories.affiliations import affiliation
from tests.factories.mails import read
from tests.factories.pages import ProgramPageFactory
from tests.factories.support import call_for_help
from tests.factories.users import UserFactory
from tests.standing import stands
from workflows.mail.kinds import get_kind
from workflows.models import Deadline, OutgoingMail

pytestmark = pytest.mark.django_db

START = datetime(2026, 7, 6, 16, tzinfo=UTC)
ASKED = datetime(2026, 9, 16, 18, tzinfo=UTC)
NOW = datetime(2026, 9, 21, 18, tzinfo=UTC)


@stands()
def group(program):
    return affiliation(program, now=START, title="Michigan Parents", alternate=True)


def end(group, user, **changes):
    settings = {"reason": "It has dissolved.", "now": NOW, **changes}
    return end_affiliation(affiliation=group, user=user, **settings)


def page_of(group):
    return AffiliatePage.objects.get(translation_key=group.group_key)


def mailed(kind):
    return list(OutgoingMail.objects.filter(kind=kind).values_list("recipient", flat=True))


def test_end_takes_the_page_down_and_leads_its_address_to_the_program(group, admin_user, client):
    address = group.page.url
    assert client.get(address).status_code == 200
    end(group, admin_user)
    answer = client.get(address)
    assert (answer.status_code, answer["Location"]) == (302, group.program.url)
    assert not page_of(group).live
    assert Affiliation.objects.get().state == "ended"


def test_end_says_who_did_it_and_why(group, admin_user):
    end(group, admin_user)
    moved = Transition.objects.get(action="end")
    assert (moved.user, moved.reason) == (admin_user, "It has dissolved.")
    entry = PageLogEntry.objects.get(action="affiliates.end")
    assert (entry.user, entry.data["reason"]) == (admin_user, "It has dissolved.")
    assert entry.message == "Affiliation ended"


def test_end_stops_every_clock_and_asks_for_nothing_more(group, admin_user):
    call = call_for_help(group, now=ASKED - timedelta(days=80))
    open_due_requests(now=ASKED)
    notice = notify_staff(
        affiliation=group, kind=NoticeKind.HANDED_OVER, text="New contact", now=ASKED
    )
    end(group, admin_user)
    assert not Deadline.objects.filter(closed_at=None).exists()
    assert group.update_requests.get().state == "waived"
    call.refresh_from_db()
    assert call.state == SupportState.CLOSED
    notice.refresh_from_db()
    assert notice.seen_at == NOW
    assert open_due_requests(now=NOW + timedelta(days=400)) == 0


def test_group_is_told_without_the_reason_unless_somebody_wants_it(group, admin_user):
    end(group, admin_user)
    first, second = OutgoingMail.objects.filter(kind="affiliation_ended")
    assert {first.recipient, second.recipient} == {
        group.primary_contact.email,
        group.alternate_contact.email,
    }
    message, text = read(first)
    assert message["Subject"] == "Michigan Parents is no longer an affiliate"
    assert "dissolved" not in text
    assert "This is the reason" not in text


def test_group_reads_the_reason_if_somebody_wants_it(group, admin_user):
    end(group, admin_user, tell_reason=True)
    _message, text = read(OutgoingMail.objects.filter(kind="affiliation_ended").first())
    assert "This is the reason: It has dissolved." in text


def test_nobody_is_told_if_somebody_wants_that(group, admin_user):
    end(group, admin_user, tell=False)
    assert mailed("affiliation_ended") == []


def test_ending_twice_is_refused(group, admin_user):
    end(group, admin_user)
    with pytest.raises(TransitionNotAllowed):
        end(group, admin_user)
    assert len(mailed("affiliation_ended")) == 2


def test_stranger_ends_nothing(group):
    with pytest.raises(TransitionNotAllowed):
        end(group, UserFactory(groups=["Editors"]))
    assert page_of(group).live
    assert not Redirect.objects.exists()


def test_reinstated_affiliate_is_public_again_at_its_address(group, admin_user, client):
    address = group.page.url
    end(group, admin_user)
    reinstate_affiliation(affiliation=group, user=admin_user, now=NOW + timedelta(days=40))
    assert client.get(address).status_code == 200
    assert not Redirect.objects.exists()
    assert Affiliation.objects.get().state == "active"


def test_reinstated_affiliate_is_asked_for_the_next_period_and_told(group, admin_user):
    end(group, admin_user)
    later = datetime(2026, 11, 2, 18, tzinfo=UTC)
    reinstate_affiliation(affiliation=group, user=admin_user, now=later)
    group.refresh_from_db()
    assert str(group.next_ask_on) == "2026-12-17"
    assert len(mailed("affiliation_reinstated")) == 2
    _message, text = read(OutgoingMail.objects.filter(kind="affiliation_reinstated").first())
    assert page_of(group).full_url in text


def test_reinstated_page_shows_what_the_public_saw_last(group, admin_user, client):
    draft = page_of(group)
    draft.summary = "Not yet agreed upon."
    draft.save_revision()
    end(group, admin_user)
    reinstate_affiliation(affiliation=group, user=admin_user, now=NOW)
    assert page_of(group).summary == "Parents who work for safe schools."


def test_mail_about_an_end_that_was_taken_back_is_not_owed(group, admin_user):
    end(group, admin_user)
    reinstate_affiliation(affiliation=group, user=admin_user, now=NOW)
    kind = get_kind("affiliation_ended")
    assert not any(kind.still_owed(mail) for mail in OutgoingMail.objects.filter(kind=kind.name))


def test_redirect_of_an_editor_stays(group, admin_user):
    own = Redirect.add_redirect(group.page.url, "/elsewhere/")
    own.site_id = group.page.get_site().pk
    own.save()
    end(group, admin_user)
    assert Redirect.objects.get().link == "/elsewhere/"
    reinstate_affiliation(affiliation=group, user=admin_user, now=NOW)
    assert Redirect.objects.count() == 1


def test_publishing_the_page_again_takes_the_end_back(group, admin_user):
    end(group, admin_user)
    page_of(group).save_revision().publish()
    assert Affiliation.objects.get().state == "ended"  # nobody is known to have pressed it
    publish_as(admin_user, page_of(group))
    assert Affiliation.objects.get().state == "active"
    assert not Redirect.objects.exists()
    assert Transition.objects.get(action="reinstate").user == admin_user


def publish_as(user, page):
    """As in Wagtail's admin, where the person is known."""
    with LogContext(user=user):
        page.save_revision(user=user).publish(user=user)


def test_deleting_the_page_ends_the_affiliation(group, client):
    address = group.page.url
    page_of(group).delete()
    group.refresh_from_db()
    assert (group.state, group.page) == ("ended", None)
    assert Transition.objects.get(action="end").actor == "system"
    assert client.get(address).status_code == 302
    assert mailed("affiliation_ended") == []


def test_affiliate_without_a_page_cannot_be_reinstated(group, admin_user):
    page_of(group).delete()
    group.refresh_from_db()
    with pytest.raises(NoPageLeft):
        reinstate_affiliation(affiliation=group, user=admin_user, now=NOW)
    assert Affiliation.objects.get().state == "ended"


def test_editor_who_manages_no_affiliates_may_delete_a_page(group, client, program):
    open_due_requests(now=ASKED)
    call_for_help(group, now=ASKED)
    client.force_login(UserFactory(groups=["Editors", "Moderators"]))
    answer = client.post(f"/admin/pages/{group.page_id}/delete/")
    assert answer.status_code == 302
    assert Affiliation.objects.get().state == "ended"
    assert not Deadline.objects.filter(closed_at=None).exists()


def test_page_that_is_only_unpublished_leaves_the_affiliation_as_it_is(group):
    page_of(group).unpublish()
    assert Affiliation.objects.get().state == "active"
    assert open_due_requests(now=ASKED) == 1


def test_moved_page_takes_its_affiliation_to_the_other_program(group, program):
    other = ProgramPageFactory(title="Other", update_interval_months=12)
    page_of(group).move(other, pos="last-child")
    group.refresh_from_db()
    assert group.program_id == other.pk
    assert group.interval_months == 12


def test_copied_page_is_an_affiliate_of_its_own_once_that_is_said(group, program, admin_user):
    copy = page_of(group).copy(update_attrs={"slug": "copy", "title": "Copy"}, user=admin_user)
    assert Affiliation.objects.count() == 1
    copy.decide(CopyMeaning.GROUP)
    copy.save_revision().publish()
    assert Affiliation.objects.count() == 2
    assert Affiliation.objects.get(page=copy).contacts.count() == 0


@pytest.fixture
def translated(group, settings, program):
    french = Locale.objects.create(language_code="fr")
    program.copy_for_translation(french, copy_parents=True)
    page = page_of(group).copy_for_translation(french)
    page.save_revision().publish()
    return AffiliatePage.objects.get(pk=page.pk)


def test_translations_share_one_affiliation(group, translated):
    assert Affiliation.objects.get().page_id == group.page_id
    assert translated.translation_key == group.group_key


def test_end_takes_every_translation_down(group, translated, admin_user):
    end(group, admin_user)
    assert not AffiliatePage.objects.live().exists()
    reinstate_affiliation(affiliation=group, user=admin_user, now=NOW)
    assert AffiliatePage.objects.live().count() == 2


def test_deleting_one_translation_leaves_the_affiliation_to_the_other(group, translated):
    AffiliatePage.objects.get(pk=group.page_id).delete()
    group.refresh_from_db()
    assert (group.state, group.page_id) == ("active", translated.pk)
    translated.delete()
    group.refresh_from_db()
    assert group.state == "ended"

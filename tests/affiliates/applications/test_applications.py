"""Submitting and withdrawing, also when many do it at once."""

from concurrent.futures import ThreadPoolExecutor
from threading import Barrier
from uuid import uuid4

import pytest
from django.db import connection
from django.utils import timezone

from affiliates.applications.mails.applying import (
    APPLICATION_WITHDRAWN,
    APPLICATION_WITHDRAWN_NOTICE,
)
from affiliates.applications.services.look_alikes import look_alikes
from affiliates.applications.services.submission import withdraw_application
from affiliates.core.exceptions import KeyReused, ProgramClosed, TransitionNotAllowed
from affiliates.core.states import Actor, ApplicationState
from affiliates.models import (
    Acceptance,
    AffiliateProgramPage,
    Application,
    Contact,
    Transition,
)
from tests.factories.affiliations import affiliation
from tests.factories.applications import in_state, submitted
from tests.factories.pages import AffiliatePageFactory, ProgramPageFactory
from workflows.models import OutgoingMail


@pytest.mark.django_db
def test_same_key_and_content_is_the_same_application(program):
    key = uuid4()
    assert submitted(program, key=key) == submitted(program, key=key)
    assert Transition.objects.count() == 1


@pytest.mark.django_db
def test_same_key_with_other_content_is_refused_and_changes_nothing(program):
    key = uuid4()
    first = submitted(program, key=key)
    with pytest.raises(KeyReused) as caught:
        submitted(program, key=key, name="Another group")
    assert caught.value.reference == first.reference
    assert Application.objects.get().name == "Safer Schools Ohio"


@pytest.mark.django_db
def test_closed_program_takes_nothing(program):
    program.applications_open = False
    with pytest.raises(ProgramClosed):
        submitted(program)
    assert not Application.objects.exists()
    assert not OutgoingMail.objects.exists()


@pytest.mark.django_db(transaction=True)
def test_fifty_identical_submissions_at_once_are_one_application(program):
    key, together = uuid4(), Barrier(10)

    def send(number):
        try:
            if number < 10:
                together.wait()
            return submitted(AffiliateProgramPage.objects.get(pk=program.pk), key=key).reference
        finally:
            connection.close()

    with ThreadPoolExecutor(10) as pool:
        references = set(pool.map(send, range(50)))
    assert len(references) == 1
    assert Application.objects.count() == Contact.objects.count() == Transition.objects.count() == 1
    assert Acceptance.objects.count() == 4
    assert OutgoingMail.objects.count() == 1


@pytest.mark.django_db(transaction=True)
def test_two_decisions_at_the_same_moment_leave_one(program):
    application, together = submitted(program), Barrier(2)

    def withdraw(_number):
        mine = Application.objects.get(pk=application.pk)
        try:
            together.wait()
            withdraw_application(application=mine, actor=Actor.APPLICANT, now=timezone.now())
        except TransitionNotAllowed:
            return "refused"
        else:
            return "done"
        finally:
            connection.close()

    with ThreadPoolExecutor(2) as pool:
        assert sorted(pool.map(withdraw, range(2))) == ["done", "refused"]


@pytest.mark.django_db
def test_withdrawing_tells_both_sides_and_keeps_the_reason(program):
    application = submitted(program)
    withdraw_application(
        application=application, actor=Actor.APPLICANT, reason="We split.", now=timezone.now()
    )
    assert application.state == ApplicationState.WITHDRAWN
    assert Transition.objects.latest("pk").reason == "We split."
    kinds = set(OutgoingMail.objects.values_list("kind", flat=True))
    assert {APPLICATION_WITHDRAWN, APPLICATION_WITHDRAWN_NOTICE} <= kinds


@pytest.mark.django_db
@pytest.mark.parametrize("state", ["approved", "declined", "withdrawn"])
def test_ended_application_cannot_be_withdrawn(program, state):
    with pytest.raises(TransitionNotAllowed):
        withdraw_application(
            application=in_state(program, state), actor=Actor.APPLICANT, now=timezone.now()
        )


OTHER = {
    "name": "Quite Another Group",
    "region": "US-TX",
    "contact_email": "someone@example.org",
    "link_website": "https://another.org/",
}


@pytest.mark.django_db
@pytest.mark.parametrize(
    "same",
    [
        {"contact_email": "R.OSA+news@SaferSchools.org"},
        {"name": "the safer SCHOOLS, ohio!", "region": "US-OH"},
        {"name": "Sàfer Schools Ohio", "region": "US-OH"},
        {"name": "Ѕаfеr Ѕсhооls ОНІО", "region": "US-OH"},  # Cyrillic letters
        {"name": "Safer Schοοls Οhiο", "region": "US-OH"},  # Greek letters
        {"link_website": "http://www.saferschools.org"},
        {"alternate_name": "Rosa", "alternate_email": "rosa@saferschools.org"},
    ],
    ids=lambda same: next(iter(same.values())),
)
def test_group_that_applied_before_is_recognised(program, same):
    first = submitted(program)
    assert look_alikes(submitted(program, **{**OTHER, **same})) == [first]


@pytest.mark.django_db
@pytest.mark.parametrize("other", [{}, {"name": "Safer Schools Ohio"}], ids=["all", "region"])
def test_another_group_is_not_taken_for_it(program, other):
    submitted(program)
    assert look_alikes(submitted(program, **{**OTHER, **other})) == []


@pytest.mark.django_db
def test_group_of_another_program_is_nobodys_business_here(program):
    submitted(ProgramPageFactory())
    assert look_alikes(submitted(program)) == []


@pytest.mark.django_db
def test_affiliate_is_recognised_by_name_link_and_address(program):
    by_name = AffiliatePageFactory(parent=program, title="Safer Schools of Ohio", region="US-OH")
    by_link = AffiliatePageFactory(
        parent=program, title="B", links={"website": "http://saferschools.org"}
    )
    by_address = affiliation(program, title="C", contact__email="Rosa@saferschools.org").page
    AffiliatePageFactory(parent=program, title="Nobody we know")
    assert set(look_alikes(submitted(program))) == {by_name, by_link, by_address}


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("network", "url", "same"),
    [
        ("website", "http://www.Another.org/Our-Group/", "https://another.org/our-group"),
        ("website", "https://another.org/?group=7", "https://www.another.org?group=7"),
        ("twitter", "https://twitter.com/Ohio_Parents", "https://x.com/ohio_parents"),
        ("facebook", "https://www.facebook.com/Ohio.Parents/", "facebook.com/ohio.parents"),
    ],
)
def test_affiliate_is_recognised_by_a_link_that_is_written_differently(program, network, url, same):
    known = AffiliatePageFactory(parent=program, title="B", links={network: url})
    AffiliatePageFactory(parent=program, title="C", links={network: f"{url}2"})
    typed = OTHER | {"link_website": "", f"link_{network}": same}
    assert look_alikes(submitted(program, **typed)) == [known]


@pytest.mark.django_db
@pytest.mark.parametrize("count", [1, 3])
def test_recognising_costs_the_same_however_many_there_are(
    program, count, django_assert_num_queries
):
    for number in range(count):
        submitted(program)
        AffiliatePageFactory(parent=program, title=f"Ohio {number}", region="US-OH")
    application = submitted(program)
    with django_assert_num_queries(5):
        look_alikes(application)

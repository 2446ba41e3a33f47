"""What editors see of applications in the admin, and who is one."""

from datetime import UTC, datetime, timedelta

import pytest
from django.contrib.contenttypes.models import ContentType
from django.urls import reverse
from django.utils import timezone
from wagtail.admin.admin_url_finder import AdminURLFinder
from wagtail.models import ReferenceIndex
from wagtail.search.index import class_is_indexed

from affiliates.applications.services.look_alikes import name_fingerprint
from affiliates.core.states import Action, Actor, ApplicationState, ContactRole
from affiliates.models import Application, Contact, Fingerprint, Transition
from tests.factories.application_rows import ApplicationFactory, ContactFactory, DraftFactory
from tests.factories.reviews import under_review, with_reviewers
from tests.factories.users import UserFactory
from tests.standing import stands
from workflows.models import OutgoingMail

INDEX = "/admin/affiliates/applications/"


def inspect_url(application):
    return reverse("affiliates_application:inspect", args=[application.pk])


def listed(response):
    return [application.name for application in response.context["object_list"]]


@stands()
def application(program):
    return ApplicationFactory(program=program)


# The list


def test_list_shows_what_a_busy_person_needs(editor_client, program):
    application = ApplicationFactory(
        program=program, submitted_at=datetime(2026, 3, 2, 12, tzinfo=UTC)
    )
    page = editor_client.get(INDEX).content.decode()
    for text in (application.name, application.reference, "Ohio", "Submitted", "March 9, 2026"):
        assert text in page
    assert application.contacts.first().email in page
    assert inspect_url(application) in page


def test_list_has_the_longest_waiting_on_top_and_the_ended_below(editor_client, program):
    def sent(days, name, state=ApplicationState.SUBMITTED):
        at = timezone.now() - timedelta(days=days)
        ApplicationFactory(program=program, name=name, submitted_at=at, state=state)

    sent(1, "waits one day")
    sent(3, "waits three days", ApplicationState.INFORMATION_NEEDED)
    sent(9, "ended long ago", ApplicationState.DECLINED)
    sent(2, "ended lately", ApplicationState.WITHDRAWN)
    assert listed(editor_client.get(INDEX)) == [
        "waits three days",
        "waits one day",
        "ended lately",
        "ended long ago",
    ]


def test_list_hides_drafts_until_somebody_asks_for_them(editor_client, application):
    draft = DraftFactory(program=application.program)
    assert list(editor_client.get(INDEX).context["object_list"]) == [application]
    page = editor_client.get(INDEX, {"state": "draft"})
    assert list(page.context["object_list"]) == [draft]
    assert b"Not yet sent" not in page.content


def test_list_hides_drafts_also_when_a_filter_makes_no_sense(editor_client, application):
    DraftFactory(program=application.program)
    page = editor_client.get(INDEX, {"submitted_at_from": "yesterday"})
    assert list(page.context["object_list"]) == [application]


@pytest.mark.parametrize(
    ("filters", "names"),
    [
        ({"state": ["approved", "declined"]}, ["Approved", "Declined"]),
        ({"region": "US-MI"}, ["Michigan"]),
        ({"scope": ["local"]}, ["Local"]),
        ({"submitted_at_from": "2025-01-01", "submitted_at_to": "2025-01-02"}, ["Early"]),
    ],
)
def test_list_filtered_shows_only_what_fits(editor_client, program, filters, names):
    ApplicationFactory(program=program, name="Approved", state=ApplicationState.APPROVED)
    ApplicationFactory(program=program, name="Declined", state=ApplicationState.DECLINED)
    ApplicationFactory(program=program, name="Michigan", region="US-MI")
    ApplicationFactory(program=program, name="Local", scope="local")
    early = datetime(2025, 1, 1, 12, tzinfo=UTC)
    ApplicationFactory(program=program, name="Early", submitted_at=early)
    assert sorted(listed(editor_client.get(INDEX, filters))) == names


def test_list_filtered_by_program_shows_only_its_own(editor_client, application):
    other = ApplicationFactory()
    page = editor_client.get(INDEX, {"program": other.program.pk})
    assert listed(page) == [other.name]


@pytest.mark.parametrize(
    "query",
    [
        "K7M-4QX",
        "k7m4qx",
        "k7m-4",
        "4QX",
        "zebra",
        "Zoë",
        "zoe.example",
        "lou@second",
        "facebook.com/zeb",
        "zoë zeb",
    ],
)
def test_search_finds_by_reference_name_contact_and_link(editor_client, program, query):
    application = ApplicationFactory(
        program=program,
        reference="K7M-4QX",
        name="Zebra Families",
        links=[{"network": "facebook", "url": "https://www.facebook.com/zebras"}],
        contact__name="Zoë Primary",
        contact__email="me@zoe.example",
    )
    ContactFactory(application=application, role=ContactRole.ALTERNATE, email="lou@second.example")
    ApplicationFactory(program=program)
    assert listed(editor_client.get(INDEX, {"q": query})) == ["Zebra Families"]


@pytest.mark.parametrize("query", ["7", "k7", "m4q", "k7m-4qx7"])
def test_search_does_not_find_what_only_stands_within_a_reference(editor_client, program, query):
    # Names and addresses that are counted up have a 7 now and then.
    words = {"name": "Zebras", "contact__name": "Zoë", "contact__email": "me@zoe.example"}
    ApplicationFactory(program=program, reference="K7M-4QX", **words)
    named = ApplicationFactory(program=program, name=f"Chapter {query}")
    assert listed(editor_client.get(INDEX, {"q": query})) == [named.name]


def test_search_needs_every_word(editor_client, application):
    assert listed(editor_client.get(INDEX, {"q": "Ohio nothing"})) == []


@pytest.mark.parametrize("query", ["network", "two", "url"])
def test_search_does_not_find_how_links_are_stored(editor_client, application, query):
    assert listed(editor_client.get(INDEX, {"q": query})) == []


def test_list_costs_as_many_queries_for_three_as_for_one(
    editor_client, application, django_assert_num_queries
):
    editor_client.get(INDEX)  # Permissions and content types are cached from here on.
    with django_assert_num_queries(28):
        editor_client.get(INDEX)
    ApplicationFactory.create_batch(2, program=application.program)
    with django_assert_num_queries(28):
        editor_client.get(INDEX)


def test_list_has_pages_of_fifty(editor_client, program):
    ApplicationFactory.create_batch(51, program=program, contact=False)
    assert len(editor_client.get(INDEX).context["object_list"]) == 50
    assert len(editor_client.get(INDEX, {"p": 2}).context["object_list"]) == 1


# The page of one application


def test_page_tells_everything_about_the_application(editor_client, application):
    ContactFactory(application=application, role=ContactRole.ALTERNATE, name="Lou Second")
    page = editor_client.get(inspect_url(application)).content.decode()
    contact = application.contacts.first()
    for text in (application.name, application.reference, "Ohio", application.summary):
        assert text in page
    assert f'href="mailto:{contact.email}"' in page
    assert "+1 555 0100" in page
    assert "Lou Second" in page
    assert 'href="https://ohio.example/" rel="noopener noreferrer nofollow"' in page
    assert "How many members?" in page
    for acceptance in application.acceptances.all():
        assert acceptance.text in page
    assert "Someone needs to read and review" in page


def test_page_shows_what_applicants_typed_as_plain_text(editor_client, program):
    markup = "<svg onload=alert(1)>"
    application = ApplicationFactory(
        program=program,
        name=markup,
        summary=markup,
        locality=markup,
        links=[{"network": "website", "url": "javascript:alert(1)"}],
        answers=[{"name": "a", "label": markup, "value": markup}],
        contact__name=markup,
    )
    pages = [editor_client.get(url).content.decode() for url in (INDEX, inspect_url(application))]
    assert all(markup not in page for page in pages)
    assert all("&lt;svg onload" in page for page in pages)
    assert 'href="javascript:' not in pages[1]


def test_page_tells_when_the_program_changed_since(editor_client, application):
    program = application.program
    belief, obligation = program.beliefs[0], program.obligations[0]
    program.beliefs[0] = ("statement", "New words.", belief.id)
    del program.obligations[0]
    program.obligations.append(("statement", "We dance."))
    program.save()
    page = editor_client.get(inspect_url(application)).content.decode()
    assert belief.value in page
    assert obligation.value in page
    assert "The program now says this in other words: <q>New words.</q>" in page
    assert "The program no longer asks for this." in page
    assert "<li>We dance.</li>" in page


def test_page_does_not_speak_of_changes_when_there_are_none(editor_client, application):
    assert "affiliates-changed" not in editor_client.get(inspect_url(application)).content.decode()


def test_page_links_to_what_may_be_the_same_group(admin_client, program, affiliate):
    application = ApplicationFactory(program=program, region="US-MI")
    twin = ApplicationFactory(program=program, name="Ohio Twins")
    ApplicationFactory(program=program, name="Strangers")
    for item in (application, twin):
        Fingerprint.objects.create(application=item, value="address kim@group.example")
    Fingerprint.objects.create(
        application=application, value=name_fingerprint(affiliate.title, affiliate.region)
    )
    page = admin_client.get(inspect_url(application)).content.decode()
    assert "This may be the same group as" in page
    assert f'<a href="{inspect_url(twin)}">{twin}</a> (application)' in page
    assert f"/admin/pages/{affiliate.pk}/edit/" in page
    assert "Strangers" not in page


def test_page_does_not_take_the_groups_own_page_for_another_group(admin_client, program):
    application = under_review(with_reviewers(program))
    assert (
        "This may be the same group as"
        not in admin_client.get(inspect_url(application)).content.decode()
    )


def test_group_that_applies_twice_is_named_once(admin_client, program):
    with_reviewers(program)
    application, twin = under_review(program), under_review(program)
    found = admin_client.get(inspect_url(application)).context["look_alikes"]
    assert [item for item, _kind, _url in found] == [twin]


def test_clock_that_stands_still_is_not_called_late(admin_client, program):
    ApplicationFactory(
        program=program,
        state=ApplicationState.INFORMATION_NEEDED,
        submitted_at=timezone.now() - timedelta(days=30),
    )
    page = admin_client.get(INDEX).content.decode()
    assert "Waiting for the group" in page
    assert "affiliates-late" not in page


def test_page_tells_the_story_with_its_mails(editor_client, editor, application):
    content_type = ContentType.objects.get_for_model(Application)
    Transition.objects.create(
        content_type=content_type,
        object_id=application.pk,
        action=Action.SUBMIT,
        source="draft",
        target="submitted",
        actor=Actor.APPLICANT,
        at=timezone.now(),
    )
    Transition.objects.create(
        content_type=content_type,
        object_id=application.pk,
        action=Action.DECLINE,
        source="submitted",
        target="declined",
        actor=Actor.STAFF,
        user=editor,
        reason="Not <b>ready</b>",
        at=timezone.now(),
    )
    OutgoingMail.objects.create(
        key="a",
        kind="a_kind_of_an_app_that_is_gone",
        content_type=content_type,
        object_id=str(application.pk),
        recipient="kim@group.example",
        state="failed",
    )
    page = " ".join(editor_client.get(inspect_url(application)).content.decode().split())
    assert "Application sent by the applicant" in page
    assert f"Application declined by {editor.get_full_name()}" in page
    assert "Not &lt;b&gt;ready&lt;/b&gt;" in page
    assert "a_kind_of_an_app_that_is_gone to kim@group.example" in page
    assert "Failed" in page


@pytest.mark.parametrize(("days_as_draft", "is_told"), [(0, False), (3, True)])
def test_page_tells_of_a_draft_only_if_there_was_one(
    editor_client, program, days_as_draft, is_told
):
    sent_at = timezone.now() + timedelta(days=days_as_draft)
    application = ApplicationFactory(program=program, submitted_at=sent_at)
    page = editor_client.get(inspect_url(application)).content.decode()
    assert ("Draft saved by the applicant" in page) is is_told


def test_page_of_a_draft_keeps_what_was_not_sent_to_itself(editor_client, program):
    page = editor_client.get(inspect_url(DraftFactory(program=program))).content.decode()
    assert "still writing" in page
    assert "saver@group.example" in page
    assert "Not yet sent" not in page


def test_page_costs_as_many_queries_with_three_of_each_as_with_one(
    editor_client, application, django_assert_max_num_queries
):
    content_type = ContentType.objects.get_for_model(Application)
    Fingerprint.objects.create(application=application, value="address kim@group.example")

    def add_twin_and_mail():
        twin = ApplicationFactory(program=application.program)
        Fingerprint.objects.create(application=twin, value="address kim@group.example")
        OutgoingMail.objects.create(
            key=twin.reference,
            kind="a_kind",
            content_type=content_type,
            object_id=str(application.pk),
            recipient="kim@group.example",
        )

    add_twin_and_mail()
    editor_client.get(inspect_url(application))  # Content types are cached from here on.
    with django_assert_max_num_queries(34) as before:
        editor_client.get(inspect_url(application))
    add_twin_and_mail()
    add_twin_and_mail()
    with django_assert_max_num_queries(len(before)):
        editor_client.get(inspect_url(application))


def test_page_of_nothing_is_not_found(editor_client):
    assert editor_client.get(f"{INDEX}999999/").status_code == 404


@pytest.mark.parametrize("view", ["new/", "edit/1/", "delete/1/", "copy/1/", "history/1/"])
def test_nobody_adds_edits_or_deletes_applications_here(admin_client, application, view):
    assert admin_client.get(INDEX + view).status_code == 404
    assert admin_client.post(INDEX + view).status_code == 404


# The way there


def test_admin_home_tells_how_many_wait(editor_client, application):
    ApplicationFactory(program=application.program, state=ApplicationState.DECLINED)
    page = editor_client.get("/admin/").content.decode()
    assert "1 application waiting" in page
    assert f"{INDEX}?state=submitted&amp;state=in_review&amp;state=information_needed" in page


def test_url_finder_leads_to_the_page_of_the_application(editor, application):
    assert AdminURLFinder(editor).get_edit_url(application) == inspect_url(application)


# Who may see it


URLS = [
    INDEX,
    f"{INDEX}results/",
    f"{INDEX}?export=csv",
    f"{INDEX}?export=xlsx",
    f"{INDEX}results/?export=csv",
]


@pytest.mark.parametrize("permission", ["view_application", "change_application"])
def test_either_permission_opens_the_list_and_the_page(client, application, permission):
    client.force_login(
        UserFactory(permissions=["wagtailadmin.access_admin", f"affiliates.{permission}"])
    )
    assert all(client.get(url).status_code == 200 for url in [*URLS, inspect_url(application)])


@pytest.mark.parametrize("permission", [None, "add_application", "delete_application"])
def test_without_permission_an_editor_of_pages_sees_nothing(client, application, permission):
    permissions = [f"affiliates.{permission}"] if permission else []
    user = UserFactory(groups=["Editors", "Moderators"], permissions=permissions)
    client.force_login(user)
    for url in [*URLS, inspect_url(application)]:
        assert client.get(url).status_code == 302
        assert client.get(url, headers={"x-requested-with": "XMLHttpRequest"}).status_code == 403
    home = client.get("/admin/").content.decode()
    assert INDEX not in home
    assert "waiting" not in home
    assert AdminURLFinder(user).get_edit_url(application) is None


def test_anonymous_visitors_are_asked_to_log_in(client, application):
    for url in [*URLS, inspect_url(application)]:
        response = client.get(url)
        assert response.status_code == 302
        assert response["Location"].startswith("/admin/login/")


def test_menu_has_the_applications_for_those_who_may_see_them(editor_client):
    assert INDEX in editor_client.get("/admin/").content.decode()


def test_permissions_are_offered_for_groups_of_users(admin_client):
    form = admin_client.get(reverse("wagtailusers_groups:add")).context["form"]
    offered = form.fields["permissions"].queryset.filter(content_type__model="application")
    codenames = set(offered.values_list("codename", flat=True))
    assert codenames == {"view_application", "change_application"}


def test_private_records_are_in_no_index(application):
    for model in (Application, Contact):
        assert not class_is_indexed(model)
        assert not ReferenceIndex.model_is_indexable(model) or (
            model not in ReferenceIndex.indexed_models
        )


@pytest.mark.parametrize("url", ["/admin/pages/search/", "/admin/pages/usage/{}/"])
def test_private_words_are_not_found_elsewhere_in_the_admin(admin_client, program, url):
    ApplicationFactory(program=program, name="Secretword", contact__email="s@secretword.example")
    page = admin_client.get(url.format(program.pk), {"q": "ecretword"})
    assert "Secretword" not in page.content.decode()

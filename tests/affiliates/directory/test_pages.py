"""Programs and affiliates in the hands of editors: through Wagtail's own editor."""

import pytest
from django.contrib.auth.models import Permission
from django.urls import reverse
from wagtail.models import Page, Site
from wagtail.test.utils.form_data import inline_formset, nested_form_data, rich_text, streamfield

from affiliates.models import AffiliatePage, AffiliateProgramPage
from tests.factories.pages import AffiliatePageFactory, ProgramPageFactory
from tests.factories.users import UserFactory

DAYS = {
    "review_reminder_days": 3,
    "review_days": 5,
    "review_escalation_days": 7,
    "review_second_escalation_days": 14,
    "answer_reminder_days": 7,
    "answer_days": 14,
    "update_interval_months": 3,
    "update_ask_days": 14,
    "update_reminder_days": 7,
    "update_alternate_days": 21,
    "update_attention_days": 30,
    "update_call_days": 60,
    "update_pause_days": 90,
    "support_days": 5,
}


def blocks(items):
    """The editor's fields for statements, given as texts or as (id, text)."""
    pairs = [item if isinstance(item, tuple) else ("", item) for item in items]
    data = streamfield([("statement", text) for _id, text in pairs])
    for number, (block_id, _text) in enumerate(pairs):
        data[f"{number}-id"] = data.pop(f"{number}-id", "") or block_id
    return data


def program_form(**changes):
    data = {
        "title": "Safe Schools",
        "slug": "safe-schools",
        "seo_title": "",
        "search_description": "",
        "introduction": rich_text("<p>Words</p>"),
        "beliefs": ["A belief"],
        "obligations": ["An obligation"],
        "benefits": [],
        "how_to_apply": rich_text("<p>Words</p>"),
        "applications_open": "on",
        "contact_name": "Ada Berg",
        "contact_email": "program@example.org",
        "time_zone": "America/Detroit",
        "sending_hour": 9,
        "countries": [("US", "large"), ("CA", "large")],
        "region_word": "",
        "networks": ["website", "facebook", "twitter", "instagram", "youtube"],
        "questions": inline_formset([]),
        "comments": inline_formset([]),
        **DAYS,
        **changes,
    }
    data["countries"] = streamfield(
        [("country", {"country": code, "regions": regions}) for code, regions in data["countries"]]
    )
    data["networks"] = streamfield([("network", name) for name in data["networks"]])
    for field in ("beliefs", "obligations", "benefits"):
        data[field] = blocks(data[field])
    return nested_form_data(data)


def affiliate_form(*, links=(), **changes):
    return nested_form_data(
        {
            "title": "Michigan Parents",
            "slug": "michigan-parents",
            "seo_title": "",
            "search_description": "",
            "region": "US-MI",
            "scope": "state",
            "locality": "",
            "summary": "Parents for safe schools.",
            "body": rich_text("<p>Words</p>"),
            "links": inline_formset([{"network": network, "url": url} for network, url in links]),
            "comments": inline_formset([]),
            **changes,
        }
    )


def root_page():
    return Site.objects.get(is_default_site=True).root_page


def add(client, model, parent, data, *, publish=True):
    url = reverse("wagtailadmin_pages:add", args=["affiliates", model, parent.pk])
    return client.post(url, {**data, **({"action-publish": "1"} if publish else {})})


def edit(client, page, data, *, publish=True):
    url = reverse("wagtailadmin_pages:edit", args=[page.pk])
    return client.post(url, {**data, **({"action-publish": "1"} if publish else {})})


def errors(response):
    assert response.status_code == 200, "the form was accepted"
    form = response.context["form"]
    return {field: [str(message) for message in form.errors[field]] for field in form.errors}


@pytest.fixture
def edited(editor_client):
    add(editor_client, "affiliateprogrampage", root_page(), program_form(beliefs=["One", "Two"]))
    return AffiliateProgramPage.objects.get(slug="safe-schools")


def ids(page, field="beliefs"):
    return {statement.text: statement.id for statement in page.statements(field)}


def test_editor_publishes_a_program_and_its_statements_get_ids(edited):
    assert edited.live
    assert edited.time_zone == "America/Detroit"
    assert len(set(ids(edited).values())) == 2
    assert all(ids(edited).values())


def test_statement_keeps_its_id_when_edited_and_moved(edited, editor_client):
    one, two = (statement.id for statement in edited.statements("beliefs"))
    data = program_form(beliefs=[(two, "Two, in better words"), (one, "One"), "Three"])
    assert edit(editor_client, edited, data).status_code == 302
    page = AffiliateProgramPage.objects.get(pk=edited.pk)
    statements = page.statements("beliefs")
    assert [statement.text for statement in statements] == ["Two, in better words", "One", "Three"]
    assert [statement.id for statement in statements][:2] == [two, one]
    assert ids(page.latest_revision.as_object()) == ids(page)


def test_statement_ids_are_the_same_in_a_copy_of_the_page(edited):
    copy = edited.copy(update_attrs={"slug": "copy", "title": "Copy"}, keep_live=False)
    assert ids(copy) == ids(edited)
    moved = AffiliateProgramPage.objects.get(pk=edited.pk)
    moved.move(ProgramPageFactory(slug="elsewhere"), pos="last-child")
    assert ids(AffiliateProgramPage.objects.get(pk=edited.pk)) == ids(edited)


def test_statements_from_code_get_ids_when_saved(db):
    page = ProgramPageFactory(beliefs=[{"type": "statement", "value": "From code"}])
    first = ids(AffiliateProgramPage.objects.get(pk=page.pk))
    AffiliateProgramPage.objects.get(pk=page.pk).save()
    assert first["From code"]
    assert ids(AffiliateProgramPage.objects.get(pk=page.pk)) == first


@pytest.mark.parametrize(
    ("changes", "field", "message"),
    [
        ({"review_days": 3}, "review_days", "more than 3, the days of “remind reviewers after”"),
        ({"review_second_escalation_days": 7}, "review_second_escalation_days", "more than 7"),
        ({"answer_days": 7}, "answer_days", "more than 7, the days of “remind the group after”"),
        ({"update_call_days": 20}, "update_call_days", "more than 30"),
        ({"time_zone": "Mars/Olympus"}, "time_zone", "Select a valid choice"),
        ({"sending_hour": 24}, "sending_hour", "less than or equal to 23"),
        ({"update_interval_months": 0}, "update_interval_months", "greater than or equal to 1"),
        ({"contact_email": "nobody"}, "contact_email", "valid email"),
        ({"beliefs": []}, "beliefs", "This field is required"),
        ({"obligations": []}, "obligations", "This field is required"),
        ({"beliefs": ["Same.", "same"]}, "beliefs", "Number 2 says the same"),
        ({"benefits": ["Good", "\u200b"]}, "benefits", "Number 2 has no words"),
        ({"countries": [("US", "large"), ("US", "none")]}, "countries", "stands here twice"),
        ({"countries": []}, "countries", "minimum number of items is 1"),
        ({"networks": ["website", "website"]}, "networks", "Website stands here twice"),
        ({"networks": ["gopher"]}, "networks", "Select a valid choice"),
        ({"slug": "challenge"}, "slug", "another meaning"),
        ({"slug": "schön"}, "slug", "letters from a to z"),
        ({"title": "🎉"}, "title", "letters or digits"),
    ],
)
def test_program_that_is_not_right_is_told_beside_the_field(editor_client, changes, field, message):
    response = add(editor_client, "affiliateprogrampage", root_page(), program_form(**changes))
    assert list(errors(response)) == [field]
    assert message in response.content.decode()
    assert not AffiliateProgramPage.objects.exists()


def test_draft_of_a_program_may_be_half_done(editor_client):
    data = program_form(beliefs=[], obligations=[], contact_email="", introduction=rich_text(""))
    add(editor_client, "affiliateprogrampage", root_page(), data, publish=False)
    assert not AffiliateProgramPage.objects.get().live


def test_slug_of_another_live_program_is_refused(program, editor_client):
    home = root_page().add_child(instance=Page(title="Elsewhere"))
    data = program_form(slug=program.slug)
    found = errors(add(editor_client, "affiliateprogrampage", home, data))
    assert "Another program has this slug" in found["slug"][0]
    program.unpublish()
    assert add(editor_client, "affiliateprogrampage", home, data).status_code == 302


def test_texts_of_a_program_are_cleaned(editor_client):
    data = program_form(title=" Safe\u202e Schools ", beliefs=["A\u202e belief\r\nwith two lines"])
    add(editor_client, "affiliateprogrampage", root_page(), data)
    page = AffiliateProgramPage.objects.get()
    assert page.title == "Safe Schools"
    assert page.statements("beliefs")[0].text == "A belief\nwith two lines"


def test_two_questions_of_one_name_are_refused(editor_client):
    question = {"label": "How many?", "field_type": "number", "help_text": ""}
    data = program_form(questions=inline_formset([question, question]))
    response = add(editor_client, "affiliateprogrampage", root_page(), data)
    assert "How many?" in response.content.decode()
    assert not AffiliateProgramPage.objects.exists()


def test_editor_says_what_the_policy_does(program, editor_client):
    page = editor_client.get(reverse("wagtailadmin_pages:edit", args=[program.pk]))
    words = " ".join(page.content.decode().split())
    assert "Each person gets at most one email a day" in words
    assert "An answer stops everything that is still to come." in words
    for tab in ("content", "application", "policy", "promote"):
        assert f'id="tab-label-{tab}"' in words


@pytest.fixture
def chooser_client(client, editor):
    """For an editor who may choose reviewers."""
    editor.user_permissions.add(Permission.objects.get(codename="change_affiliation"))
    client.force_login(editor)
    return client


def test_director_is_chosen_by_name_from_those_who_can_be_told(program, chooser_client):
    UserFactory(first_name="Dee", last_name="Rector")
    UserFactory(first_name="Gone", last_name="Away", is_active=False)
    UserFactory(first_name="No", last_name="Address", email="")
    url = reverse("wagtailadmin_pages:edit", args=[program.pk])
    names = [
        name for _pk, name in chooser_client.get(url).context["form"].fields["director"].choices
    ]
    assert "Dee Rector" in names
    assert not {"Gone Away", "No Address"} & set(names)


def test_director_who_left_stays_until_somebody_chooses_another(program, chooser_client):
    program.director = UserFactory(first_name="Gone", last_name="Away", is_active=False)
    program.save_revision().publish()
    data = program_form(slug=program.slug, director=program.director.pk, contact_name="Bo")
    assert edit(chooser_client, program, data).status_code == 302
    program.refresh_from_db()
    assert program.director.last_name == "Away"
    assert program.contact_name == "Bo"


def test_editor_publishes_an_affiliate_with_links_mended(program, editor_client):
    links = [("website", "endsar-mi.org"), ("twitter", "@endsar")]
    add(editor_client, "affiliatepage", program, affiliate_form(links=links))
    page = AffiliatePage.objects.get()
    assert page.live
    assert [(link.network, link.url) for link in page.links.all()] == [
        ("website", "https://endsar-mi.org"),
        ("twitter", "https://x.com/endsar"),
    ]


@pytest.mark.parametrize(
    ("changes", "field", "message"),
    [
        ({"region": ""}, "region", "Only online groups have none"),
        ({"region": "US"}, "scope", "have the scope “National”"),
        ({"scope": "national"}, "scope", "Choose the country as its region"),
        ({"region": "US-XX"}, "region", "Select a valid choice"),
        ({"scope": "provincial"}, "scope", "This scope is for one country only: Canada."),
        ({"region": "CA-ON"}, "scope", "This scope is for one country only: United States."),
        ({"scope": "local"}, "locality", "in which town or county"),
        ({"scope": "local", "locality": "\u200b"}, "locality", "in which town or county"),
        ({"summary": "x" * 501}, "summary", "500"),
        ({"title": "🎉"}, "title", "letters or digits"),
    ],
)
def test_affiliate_that_is_not_right_is_told_beside_the_field(
    program, editor_client, changes, field, message
):
    response = add(editor_client, "affiliatepage", program, affiliate_form(**changes))
    found = errors(response)
    assert list(found) == [field]
    assert message in found[field][0]
    assert not AffiliatePage.objects.exists()


@pytest.mark.parametrize(
    ("links", "message"),
    [
        ([("youtube", "youtube.com/channel/")], "does not lead to the group on YouTube"),
        ([("instagram", "facebook.com/endsar")], "move it to the field “Facebook”"),
        ([("website", "facebook.com/endsar")], "move it to the field “Facebook”"),
        ([("website", "a.org"), ("website", "b.org")], "a link to this network already"),
        ([("website", "javascript:alert(1)")], "no link to a web page"),
    ],
)
def test_bad_link_is_told_beside_its_field_and_kept_as_typed(
    program, editor_client, links, message
):
    response = add(editor_client, "affiliatepage", program, affiliate_form(links=links))
    page = response.content.decode()
    assert message in page
    assert links[-1][1] in page
    assert not AffiliatePage.objects.exists()


def test_page_on_a_network_that_the_program_does_not_show_may_be_the_website(
    program, editor_client
):
    links = [("website", "meetup.com/endsar/events/1")]
    add(editor_client, "affiliatepage", program, affiliate_form(links=links))
    assert AffiliatePage.objects.get().links.get().url == "https://meetup.com/endsar"


def test_affiliate_stands_only_below_a_program():
    assert AffiliatePage.allowed_parent_page_models() == [AffiliateProgramPage]
    assert AffiliateProgramPage.allowed_subpage_models() == [AffiliatePage]
    assert AffiliatePage.allowed_subpage_models() == []


@pytest.mark.parametrize(
    ("model", "form"),
    [("affiliateprogrampage", program_form), ("affiliatepage", affiliate_form)],
)
def test_page_that_is_not_saved_yet_can_be_previewed(program, editor_client, model, form):
    parent = program if model == "affiliatepage" else root_page()
    url = reverse("wagtailadmin_pages:preview_on_add", args=["affiliates", model, parent.pk])
    data = form(title="Not saved yet")
    assert editor_client.post(url, data).json()["is_valid"]
    preview = editor_client.get(url)
    assert preview.status_code == 200
    assert "Not saved yet" in preview.content.decode()


@pytest.mark.parametrize(
    ("query", "found"),
    [("lansing", ["EndSaR"]), ("michigan", ["EndSaR"]), ("quality control", ["EndSaR"])],
)
def test_affiliate_is_found_by_its_words_and_place(program, query, found):
    page = AffiliatePageFactory(
        parent=program, title="EndSaR", locality="Lansing", scope="local", summary="quality control"
    )
    AffiliatePageFactory(parent=program, title="Other", region="US-OH")
    page.save_revision().publish()
    assert [item.title for item in AffiliatePage.objects.search(query)] == found


def test_program_is_found_by_its_introduction_and_beliefs(program):
    assert AffiliateProgramPage.objects.search("seclusion").count() == 1
    assert AffiliateProgramPage.objects.search("every child").count() == 1


def test_search_can_be_narrowed_to_a_region(program):
    AffiliatePageFactory(parent=program, title="Parents A")
    AffiliatePageFactory(parent=program, title="Parents B", region="US-OH")
    found = AffiliatePage.objects.filter(region="US-OH").search("parents")
    assert [page.title for page in found] == ["Parents B"]

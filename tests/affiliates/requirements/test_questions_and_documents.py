"""Questions of the editors' own, and files on record: who may give and who may open them."""

import io
from datetime import date, timedelta
from html import unescape

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from affiliates.models import Document, Proof, Requirement, RequirementQuestion
from tests.affiliates.requirements.test_own_requirements import path_of
from tests.affiliates.requirements.test_requirements_admin import form_data
from tests.factories.affiliations import affiliation
from tests.factories.own_pages import opened_own
from tests.factories.requirements import commitment, requirement
from tests.factories.reviews import reviewer
from tests.factories.users import UserFactory
from tests.standing import stands

pytestmark = pytest.mark.django_db

PDF = b"%PDF-1.7\n" + b"words " * 20


@stands()
def program(reviewed_program):
    return reviewed_program


@stands()
def group(program):
    return affiliation(program)


def words(response):
    return " ".join(unescape(response.content.decode()).split())


def pdf(name="Bylaws 2026.pdf", content=PDF):
    return SimpleUploadedFile(name, content, content_type="application/pdf")


# Questions


@stands()
def members(program):
    asked = requirement(program, "questions", name="Our numbers")
    asked.questions = [
        RequirementQuestion(label="How many members?", field_type="number", sort_order=0),
        RequirementQuestion(
            label="Do you have a board?", field_type="checkbox", required=False, sort_order=1
        ),
    ]
    asked.save()
    return asked


def test_answers_are_kept_with_their_questions_and_offered_next_time(client, group, members):
    own = opened_own(client, group)
    refused = own.post(path_of(group, members), {"q_how_many_members": "many"})
    assert refused.status_code == 422
    assert 'value="many"' in words(refused)
    own.post(path_of(group, members), {"q_how_many_members": "40", "q_do_you_have_a_board": "on"})
    assert [(one["label"], one["value"]) for one in Proof.objects.get().data["answers"]] == [
        ("How many members?", "40"),
        ("Do you have a board?", True),
    ]
    again = words(own.get(path_of(group, members)))
    assert 'value="40"' in again
    assert "What you gave us last time" in again


def test_editors_write_the_questions(client, program, group):
    client.force_login(reviewer(program))
    url = reverse("affiliates_requirement:add_kind", args=["questions"])
    data = form_data(program, look_ahead_seen="1")
    formset = {"TOTAL_FORMS": "2", "INITIAL_FORMS": "0", "MIN_NUM_FORMS": "0"}
    data |= {f"questions-{name}": value for name, value in formset.items()}
    for number, label in enumerate(["Members?", "Officers?"]):
        row = {"label": label, "field_type": "number", "required": "on", "ORDER": str(number)}
        data |= {f"questions-{number}-{name}": value for name, value in row.items()}
    twice = client.post(url, {**data, "questions-1-label": "Members?"})
    assert "There is such a question already." in words(twice)
    client.post(url, data)
    made = Requirement.objects.get(kind="questions")
    assert [one.label for one in made.questions.all()] == ["Members?", "Officers?"]


# Documents


def test_file_is_kept_until_the_day_it_ends(client, group, program):
    asked = requirement(program, "document", name="Insurance", interval_months=None)
    ends_on = timezone.now().date() + timedelta(days=200)
    own = opened_own(client, group)
    own.post(path_of(group, asked), {"file": pdf(), "ends_on": str(ends_on)})
    kept = Document.objects.get()
    assert (kept.name, kept.content_type, kept.size) == (
        "Bylaws 2026.pdf",
        "application/pdf",
        len(PDF),
    )
    assert commitment(group, asked).due_on == ends_on
    assert "Bylaws 2026.pdf" in words(own.get(path_of(group, asked)))
    got = own.get(path_of(group, asked) + "file/")
    assert got.content == PDF
    assert got["Content-Disposition"].startswith("attachment")
    assert got["X-Content-Type-Options"] == "nosniff"


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ({}, "Please choose the file."),
        ({"file": ("a.pdf", b"")}, "This file is empty."),
        ({"file": ("a.pdf", b"<html><script>")}, "We cannot take this kind of file."),
        ({"file": ("a.svg", b"<svg/>")}, "We cannot take this kind of file."),
        ({"file": ("a.pdf.exe", PDF)}, "We cannot take this kind of file."),
        ({"file": ("a.pdf", PDF + b"x" * 5 * 1024 * 1024)}, "at most 5 MB"),
        ({"file": ("a.pdf", PDF), "ends_on": "2020-01-01"}, "This day has passed."),
        ({"file": ("a.pdf", PDF), "ends_on": "soon"}, "Please choose the file once more, too."),
    ],
)
def test_file_that_cannot_be_taken_is_explained(client, group, program, given, said):
    asked = requirement(program, "document")
    own, data = opened_own(client, group), dict(given)
    if "file" in data:
        name, content = data["file"]
        data["file"] = pdf(name, content)
    response = own.post(path_of(group, asked), data)
    assert response.status_code == 422
    assert said in words(response)
    assert not Document.objects.exists()


def test_body_that_is_too_large_is_not_read(client, group, program):
    asked = requirement(program, "document")

    class Unread(io.BytesIO):
        def read(self, *args):
            raise AssertionError("was read")

    response = opened_own(client, group).generic(
        "POST",
        path_of(group, asked),
        b"",
        content_type="multipart/form-data; boundary=x",
        CONTENT_LENGTH=str(50 * 1024 * 1024),
        **{"wsgi.input": Unread()},
    )
    assert response.status_code == 413


def test_only_the_group_and_the_programs_people_open_the_file(client, group, program):
    asked = requirement(program, "document")
    opened_own(client, group).post(path_of(group, asked), {"file": pdf()})
    proof = Proof.objects.get()
    other = affiliation(program, title="Another group")
    theirs = opened_own(Client(), other)
    assert theirs.get(path_of(group, asked) + "file/").status_code == 403
    assert theirs.get(path_of(other, asked) + "file/").status_code == 404
    url = reverse("affiliates_affiliation:document", args=[group.pk, proof.pk])
    client.force_login(UserFactory(permissions=["wagtailadmin.access_admin"]))
    assert client.get(url).status_code in (302, 403)
    client.force_login(reviewer(program))
    assert client.get(url).content == PDF
    listed = words(client.get(reverse("affiliates_affiliation:proofs", args=[group.pk, asked.pk])))
    assert "Bylaws 2026.pdf" in listed
    assert (
        client.get(
            reverse("affiliates_affiliation:document", args=[other.pk, proof.pk])
        ).status_code
        == 404
    )


def test_staff_enter_a_file_that_came_by_mail(client, group, program):
    asked = requirement(program, "document")
    client.force_login(reviewer(program))
    url = reverse("affiliates_affiliation:prove", args=[group.pk, asked.pk])
    client.post(url, {"file": pdf(), "ends_on": "2099-06-01"})
    assert commitment(group, asked).due_on == date(2099, 6, 1)

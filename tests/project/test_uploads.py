"""What people upload is kept and handed out, and never acts as a page of the site."""

import pytest
from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from wagtail.documents import get_document_model
from wagtail.images import get_image_model

from program_site.media import HEADERS
from tests.affiliates.directory.test_pages import edit, errors, program_form
from tests.test_architecture import ROOT

HTML = b"<script>alert(document.domain)</script>"
SVG = b'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 9 9" onload="alert(1)"></svg>'
# Django leaves the temporary file of an upload in memory to the garbage collector.
pytestmark = pytest.mark.filterwarnings(
    "ignore:Exception ignored in. <function SpooledTemporaryFile"
)
RUN_BY_BROWSERS = ["html", "htm", "xhtml", "svg", "svgz", "js", "mjs", "xml", "xsl", "mht", "swf"]


@pytest.fixture
def add_document(admin_client):
    def add(name, content=HTML):
        data = {"title": name, "file": SimpleUploadedFile(name, content), "tags": ""}
        return admin_client.post(reverse("wagtaildocs:add"), data)

    return add


@pytest.mark.parametrize("extension", [*RUN_BY_BROWSERS, "HTML", "pdf.html", "html."])
def test_document_that_a_browser_would_run_is_refused(add_document, extension):
    answer = add_document(f"notes.{extension}")
    assert "file" in answer.context["form"].errors
    assert not get_document_model().objects.exists()


def test_document_of_a_usual_kind_is_taken_and_saved_to_disk_by_whoever_opens_it(
    add_document, client, settings, tmp_path
):
    """Also if it is something else within: the browser is told what it is, and not to guess."""
    settings.MEDIA_ROOT = tmp_path
    files = "django.core.files.storage.FileSystemStorage"
    settings.STORAGES = {**settings.STORAGES, "default": {"BACKEND": files}}
    assert add_document("notes.pdf").status_code == 302
    answer = client.get(get_document_model().objects.get().url)
    assert answer.getvalue() == HTML
    answer.close()
    assert answer.headers["Content-Type"] == "application/pdf"
    assert answer.headers["Content-Disposition"].startswith("attachment")
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert "default-src 'none'" in answer.headers["Content-Security-Policy"]


def test_document_that_is_too_large_is_refused(add_document, settings):
    settings.WAGTAILDOCS_MAX_UPLOAD_SIZE = 10
    assert "file" in add_document("notes.pdf").context["form"].errors


@pytest.mark.parametrize("name", ["picture.svg", "picture.png"])
def test_svg_is_no_picture_whatever_its_name_says(admin_client, name):
    data = {"title": "Picture", "file": SimpleUploadedFile(name, SVG), "tags": ""}
    answer = admin_client.post(reverse("wagtailimages:add"), data)
    assert "file" in answer.context["form"].errors


def test_svg_of_a_site_that_takes_some_becomes_no_badge_and_no_logo(
    settings, editor_client, program, affiliate
):
    settings.WAGTAILIMAGES_EXTENSIONS = ["png", "svg"]
    file = SimpleUploadedFile("picture.svg", SVG)
    picture = get_image_model().objects.create(title="Picture", file=file, width=9, height=9)
    answer = edit(editor_client, program, program_form(slug=program.slug, badge=picture.pk))
    assert "An SVG can carry scripts" in errors(answer)["badge"][0]
    affiliate.logo = picture
    with pytest.raises(ValidationError, match="An SVG can carry scripts"):
        affiliate.full_clean()


@pytest.mark.parametrize("name", ["page.html", "picture.svg", "script.js", "picture.png"])
def test_upload_that_is_asked_for_by_its_own_address_is_saved_and_runs_nothing(
    client, settings, tmp_path, name
):
    settings.ROOT_URLCONF = "program_site.demo_urls"
    settings.MEDIA_ROOT = tmp_path
    (tmp_path / name).write_bytes(HTML)
    answer = client.get(f"/media/{name}")
    assert answer.getvalue() == HTML
    assert HEADERS.items() <= answer.headers.items()
    assert "sandbox" in answer.headers["Content-Security-Policy"]


def test_example_of_a_web_server_sends_the_same_headers_with_uploads():
    text = (ROOT / "docs" / "examples" / "nginx.conf").read_text()
    media = text.partition("location /media/ {")[2].partition("}")[0]
    for name, value in HEADERS.items():
        assert f'add_header {name} "{value}" always;' in media
    assert "internal;" in text.partition("location /media/documents/ {")[2].partition("}")[0]

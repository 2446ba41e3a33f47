"""Everything of ours in one file that any program can read."""

import base64
import hashlib
import json
import zipfile

import pytest
from django.core.management import CommandError, call_command

from affiliates.models import AffiliatePage, Application
from tests.factories.affiliations import affiliation
from tests.factories.applications import submitted
from workflows.models import OutgoingMail


@pytest.fixture
def archive(program, tmp_path):
    group = affiliation(program, title="Élan", alternate=True)
    submitted(program)
    OutgoingMail.objects.update(message=b"\x00\xff")
    call_command("export_everything", str(tmp_path / "all.zip"))
    assert group.page_id
    with zipfile.ZipFile(tmp_path / "all.zip") as opened:
        yield opened


def records(archive, model):
    lines = archive.read(f"{model._meta.label_lower}.jsonl").decode().splitlines()
    return [json.loads(line) for line in lines]


def test_every_record_is_in_it_with_all_its_fields(archive):
    (application,) = records(archive, Application)
    stored = Application.objects.get()
    assert application["id"] == stored.pk
    assert application["fields"]["answers"] == stored.answers
    assert application["fields"]["submitted_at"] == stored.submitted_at.isoformat()
    assert application["fields"].keys() == {field.name for field in Application._meta.fields}
    (page,) = records(archive, AffiliatePage)
    assert page["fields"]["title"] == "Élan"
    assert page["fields"]["url_path"] == AffiliatePage.objects.get().url_path
    mail = records(archive, OutgoingMail)[0]
    assert base64.b64decode(mail["fields"]["message"]["base64"]) == b"\x00\xff"


def test_manifest_tells_what_there_is_and_how_to_check_it(archive):
    manifest = json.loads(archive.read("manifest.json"))
    assert manifest["format"] == "wagtail-affiliates/1"
    assert manifest["files"].keys() == set(archive.namelist()) - {"manifest.json"}
    for name, about in manifest["files"].items():
        content = archive.read(name)
        assert about["sha256"] == hashlib.sha256(content).hexdigest()
        assert about["records"] == len(content.splitlines())
    assert manifest["files"]["affiliates.contact.jsonl"]["records"] == 3


def test_file_that_is_there_is_not_overwritten(db, tmp_path):
    file = tmp_path / "all.zip"
    file.write_text("precious")
    with pytest.raises(CommandError, match="Cannot write"):
        call_command("export_everything", str(file))
    assert file.read_text() == "precious"

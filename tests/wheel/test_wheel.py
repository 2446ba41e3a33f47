"""The built wheel in a new Wagtail project, set up by the steps of the README and nothing else."""

import json
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from tests.smtp_server import ScriptedServer

pytestmark = pytest.mark.wheel

ROOT = Path(__file__).resolve().parents[2]
VISIT = Path(__file__).with_name("visit.py")
UV = Path(sys.executable).with_name("uv")

GERMAN = """
LANGUAGE_CODE = "de"
USE_I18N = WAGTAIL_I18N_ENABLED = True
LANGUAGES = WAGTAIL_CONTENT_LANGUAGES = [("de", "Deutsch"), ("en", "English")]
"""


def run(*command, cwd, **environment):
    finished = subprocess.run(
        [str(word) for word in command],
        cwd=cwd,
        env={**clean_environment(), **environment},
        capture_output=True,
        text=True,
        check=False,
    )
    assert finished.returncode == 0, f"{finished.stdout[-4000:]}\n{finished.stderr[-4000:]}"
    return finished.stdout


def clean_environment():
    """Without what the tests set for themselves: a site of somebody else knows nothing of it."""
    ours = ("DJANGO_", "PYTHONPATH", "DATABASE_URL", "REDIS_URL", "EMAIL_URL", "VIRTUAL_ENV")
    return {name: value for name, value in os.environ.items() if not name.startswith(ours)}


def steps():
    """The blocks of code below "Add it to your site", in their order."""
    readme = (ROOT / "README.md").read_text()
    section = readme.split("## Add it to your site")[1].split("\n## ")[0]
    blocks = re.findall(r"^ *```python\n(.*?)^ *```", section, re.MULTILINE | re.DOTALL)
    return ["\n".join(line[3:] for line in block.splitlines()) for block in blocks]


@pytest.fixture(scope="module")
def environment(tmp_path_factory):
    """A fresh environment with the wheel, and what the wheel asks for, in it."""
    place = tmp_path_factory.mktemp("wheel")
    run(UV, "build", "--wheel", "--out-dir", place / "dist", cwd=ROOT)
    (wheel,) = (place / "dist").glob("*.whl")
    run(UV, "venv", "--python", sys.executable, place / "env", cwd=place)
    run(UV, "pip", "install", "--python", place / "env" / "bin" / "python", wheel, cwd=place)
    return place / "env" / "bin"


@pytest.fixture
def mail_server():
    with ScriptedServer().running() as server:
        yield server


@pytest.fixture
def site(environment, tmp_path, mail_server):
    """``wagtail start``, and the README's steps."""
    run(environment / "wagtail", "start", "mysite", cwd=tmp_path)
    project = tmp_path / "mysite"
    settings, mailers, before_mailers, urls, celery = steps()
    is_new = run(environment / "python", "-c", IS_NEW_DJANGO, cwd=tmp_path).strip() == "True"
    mail = (mailers if is_new else before_mailers).replace("smtp.example.org", "127.0.0.1")
    mail = mail.replace("25", str(mail_server.port))
    append(project / "mysite/settings/base.py", settings, mail)
    dev = project / "mysite/settings/dev.py"  # It prints mails, which is its own business.
    dev.write_text(dev.read_text().replace("EMAIL_BACKEND =", "PRINTS_MAIL ="))
    before_wagtail(project / "mysite/urls.py", urls)
    (project / "mysite/celery.py").write_text(celery.replace("production", "dev"))
    append(project / "mysite/__init__.py", "from mysite.celery import app")
    return project


IS_NEW_DJANGO = "import django; print(django.VERSION >= (6, 1))"


def append(path, *texts):
    path.write_text("\n".join([path.read_text(), *texts, ""]))


def before_wagtail(path, urls):
    text = path.read_text()
    wagtails = "urlpatterns = urlpatterns + ["
    assert wagtails in text
    path.write_text(text.replace(wagtails, f"{urls}\n\n{wagtails}"))


def manage(environment, site, *words):
    return run(environment / "python", "manage.py", *words, cwd=site)


@pytest.mark.parametrize("language", ["en", "de"])
def test_new_project_has_pages_form_links_admin_api_mails_and_tasks(
    environment, site, mail_server, language
):
    if language == "de":
        append(site / "mysite/settings/base.py", GERMAN)
    manage(environment, site, "migrate", "--verbosity=0")
    manage(environment, site, "check", "--fail-level=WARNING")
    manage(environment, site, "makemigrations", "--check", "--dry-run")
    settings = {"DJANGO_SETTINGS_MODULE": "mysite.settings.dev", "PYTHONPATH": str(site)}
    told = run(environment / "python", VISIT, cwd=site, **settings)
    seen = json.loads(told.splitlines()[-1])

    assert set(seen["pages"].values()) == {200}
    assert "Every child is safe." in seen["program"]
    assert "affiliates/core/pages.css" in seen["program"]
    assert "Ohio Parents" in seen["status"]
    assert (seen["state"], seen["affiliation"], seen["listed"]) == ("approved", "active", 1)
    assert "rosa@ohio-parents.org" in mail_server.recipients
    tasks = run(environment / "python", "-c", LIST_TASKS, cwd=site, **settings)
    assert {"workflows.deliver_mail", "affiliates.ask_for_updates"} <= set(tasks.split())


LIST_TASKS = """
import django; django.setup()
from mysite.celery import app
app.loader.import_default_modules()
print(*app.tasks)
"""


def test_check_names_each_missing_step(environment, tmp_path):
    run(environment / "wagtail", "start", "mysite", cwd=tmp_path)
    project = tmp_path / "mysite"
    settings = project / "mysite/settings/base.py"
    append(settings, 'INSTALLED_APPS += ["affiliates", "workflows"]')
    append(settings, 'WAGTAILADMIN_BASE_URL = ""')
    checked = subprocess.run(
        [environment / "python", "manage.py", "check"],
        cwd=project,
        env=clean_environment(),
        capture_output=True,
        text=True,
        check=False,
    )
    assert checked.returncode == 1
    for missing in ("E001", "E002", "W001", "W002"):
        assert f"affiliates.{missing}" in checked.stderr
    for missing in ("E003", "W001", "W002", "W003", "I001"):
        assert f"affiliate_workflows.{missing}" in checked.stderr

"""The built wheel in a new Wagtail project, set up by the steps of the README and nothing else."""

import json
import os
import re
import subprocess
import sys
import textwrap
import time
from pathlib import Path

import pytest
from django.conf import settings as django_settings

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
    assert re.findall(r"^(\d)\. ", section, re.MULTILINE) == ["1", "2", "3", "4", "5"]
    blocks = re.findall(r"^ *```\w+\n(.*?)^ *```", section, re.MULTILINE | re.DOTALL)
    return [textwrap.dedent(block) for block in blocks]


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
    """``wagtail start`` with a mail server of its own, and the README's steps but the last."""
    run(environment / "wagtail", "start", "mysite", cwd=tmp_path)
    project = tmp_path / "mysite"
    _, settings, urls, celery, package, _ = steps()
    dev = project / "mysite/settings/dev.py"
    server = f'EMAIL_HOST, EMAIL_PORT = "127.0.0.1", {mail_server.port}'
    replace(dev, PRINTS_MAIL, server)
    append(dev, settings)
    replace(dev, "redis://127.0.0.1:6379/0", django_settings.REDIS_URL)
    wagtails = "urlpatterns = urlpatterns + ["
    replace(project / "mysite/urls.py", wagtails, f"{urls}\n\n{wagtails}")
    (project / "mysite/celery.py").write_text(celery)
    append(project / "mysite/__init__.py", package)
    return project


PRINTS_MAIL = 'EMAIL_BACKEND = "django.core.mail.backends.console.EmailBackend"'


def append(path, *texts):
    path.write_text("\n".join([path.read_text(), *texts, ""]))


def replace(path, what, by):
    text = path.read_text()
    assert text.count(what) == 1
    path.write_text(text.replace(what, by))


def last_step(environment, site):
    """Carry out the commands that end; return those that keep running, the worker's and beat's."""
    *_, commands = steps()
    migrate, check, *services = [
        [environment / program, *words] for program, *words in map(str.split, commands.splitlines())
    ]
    run(*migrate, cwd=site)
    assert "no issues" in run(*check, cwd=site)
    return services


@pytest.fixture
def services(environment, site):
    """The worker and beat, running."""
    running = [
        subprocess.Popen(command, cwd=site, env=clean_environment())
        for command in last_step(environment, site)
    ]
    yield running
    for process in running:
        process.terminate()
    for process in running:
        process.wait()


def test_worker_sends_the_mails_of_the_site_and_beat_runs(environment, site, mail_server, services):
    manage(environment, site, "sendtestemail", "rosa@ohio-parents.org")
    end = time.monotonic() + 60
    while not mail_server.received and time.monotonic() < end:
        time.sleep(0.1)
    assert mail_server.recipients == {"rosa@ohio-parents.org": 1}
    assert [process.poll() for process in services] == [None, None]


def manage(environment, site, *words):
    return run(environment / "python", "manage.py", *words, cwd=site)


@pytest.mark.parametrize("language", ["en", "de"])
def test_new_project_has_pages_form_links_admin_api_mails_and_tasks(
    environment, site, mail_server, language
):
    if language == "de":
        append(site / "mysite/settings/base.py", GERMAN)
    last_step(environment, site)
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
    looks = run(environment / "python", "-c", LIST_LOOKS, cwd=site, **settings)
    assert {"workflows.deliver_mail", "affiliates.ask_for_updates"} <= set(looks.split())


LIST_LOOKS = """
from mysite.celery import app
app.loader.import_default_modules()
app.finalize()
print(*app.conf.beat_schedule)
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
    for missing in ("E001", "E002", "E004"):
        assert f"affiliates.{missing}" in checked.stderr
    for missing in ("E003", "W001", "W002", "W004", "I001"):
        assert f"affiliate_workflows.{missing}" in checked.stderr

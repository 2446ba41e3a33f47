import os
import subprocess
import sys
from pathlib import Path

import pytest
from django.core.management import call_command

ROOT = Path(__file__).parents[2]


@pytest.mark.django_db
def test_models_and_migrations_agree():
    call_command("makemigrations", check=True, dry_run=True, interactive=False)


@pytest.mark.long
def test_site_with_its_own_page_model_can_use_our_pages():
    environment = {
        **os.environ,
        "PYTHONPATH": os.pathsep.join([str(ROOT), str(ROOT / "site")]),
        "DJANGO_SETTINGS_MODULE": "tests.project.swapped_site.settings",
    }
    visit = subprocess.run(
        [sys.executable, "-m", "tests.project.swapped_site.visit"],
        cwd=ROOT,
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )
    assert visit.returncode == 0, visit.stderr
    assert "basepage.BasePage [<AffiliatePage: Group>]" in visit.stdout

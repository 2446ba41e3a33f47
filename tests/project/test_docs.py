"""The documentation names what exists: files, commands, and code that can be imported."""

import ast
import importlib
import re
import runpy
import subprocess
import sys
from pathlib import Path

import pytest
from django.core.management import get_commands

ROOT = Path(__file__).resolve().parents[2]
PAGES = [*sorted(ROOT.glob("*.md")), *sorted(ROOT.glob("docs/*.md"))]
OURS = ("affiliates", "workflows")

each_page = pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)


def code_of(page):
    return re.findall(r"^ *```python\n(.*?)^ *```", page.read_text(), re.MULTILINE | re.DOTALL)


def unindented(code):
    indent = len(code) - len(code.lstrip(" "))
    return "\n".join(line[indent:] for line in code.splitlines())


def test_settings_reference_is_made_from_the_settings():
    script = ROOT / "scripts" / "settings_reference.py"
    checked = subprocess.run([sys.executable, script, "--check"], check=False)
    assert checked.returncode == 0, "Run `make docs`."


def test_pictures_are_those_that_the_docs_show_and_the_command_takes():
    shown = {
        name
        for page in PAGES
        for name in re.findall(r"!\[[^\]]+\]\((?:docs/)?images/([^)]+)\)", page.read_text())
    }
    script = runpy.run_path(str(ROOT / "scripts" / "screenshots.py"))
    taken = {f"{picture.name}.png" for picture in script["PICTURES"]}
    assert {path.name for path in (ROOT / "docs" / "images").iterdir()} == shown == taken


def test_pictures_are_small():
    sizes = [path.stat().st_size for path in (ROOT / "docs" / "images").iterdir()]
    assert max(sizes) <= 120_000
    assert sum(sizes) <= 1_500_000


@each_page
def test_links_lead_to_files_that_exist(page):
    targets = re.findall(r"\]\(([^)#:]+)(?:#[^)]*)?\)", page.read_text())
    assert [target for target in targets if not (page.parent / target).exists()] == []


@each_page
def test_files_are_named_by_the_place_where_they_are(page):
    pattern = r"`((?:affiliates|workflows|site|templates|tests|scripts)/[\w/-]+\.py)[`:]"
    named = re.findall(pattern, page.read_text())
    assert [name for name in named if not (ROOT / name).exists()] == []


@each_page
def test_tests_that_prove_something_exist(page):
    named = re.findall(r"`(tests/[\w/-]+\.py)::(\w+)`", page.read_text())
    assert [f for f in named if f"def {f[1]}(" not in (ROOT / f[0]).read_text()] == []


def test_security_list_has_every_point_of_level_1_but_those_about_oauth():
    text = (ROOT / "docs" / "security.md").read_text()
    shown = re.findall(r"^\| ([\d., ]+) \|", text, re.MULTILINE)
    assert len([number for row in shown for number in row.split(", ")]) == 65


@each_page
def test_commands_exist(page):
    named = set(re.findall(r"manage\.py (\w+)", page.read_text()))
    assert named <= set(get_commands())


@each_page
def test_make_targets_exist(page):
    targets = set(re.findall(r"^([a-z0-9-]+):", (ROOT / "Makefile").read_text(), re.MULTILINE))
    assert set(re.findall(r"`(?:[A-Z]+=\S+ )*make ([a-z0-9-]+)", page.read_text())) <= targets


@each_page
def test_code_imports_what_there_is(page):
    for code in code_of(page):
        for node in ast.walk(ast.parse(unindented(code))):
            if isinstance(node, ast.ImportFrom) and node.module.split(".")[0] in OURS:
                module = importlib.import_module(node.module)
                assert [alias.name for alias in node.names if not hasattr(module, alias.name)] == []

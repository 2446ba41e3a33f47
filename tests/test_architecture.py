"""The house rules that a reader relies on: imports go one way, and one place writes a state."""

import ast
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
ROOMS = {
    "workflows": ("affiliates", "program_site", "tests"),
    "affiliates": ("program_site", "tests"),
}
"""What a room must not import."""

THIN = ("views", "tasks.py", "wagtail_admin", "wagtail_hooks.py", "receivers.py", "api", "forms")
"""Views, tasks, admin and API call services; they never write a state or a row of the outbox."""

THE_WRITER = "affiliates/audit/transitions.py"


def sources(room):
    return [path for path in sorted((ROOT / room).rglob("*.py")) if "migrations" not in path.parts]


def imported(tree):
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            yield node.module


def states_written(tree):
    """Lines that set ``….state`` or pass ``state=`` to an ``update`` or ``create`` of any kind."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Assign | ast.AugAssign | ast.AnnAssign):
            targets = node.targets if isinstance(node, ast.Assign) else [node.target]
            if any(isinstance(to, ast.Attribute) and to.attr == "state" for to in targets):
                yield node.lineno
        elif isinstance(node, ast.Call):
            name = getattr(node.func, "attr", getattr(node.func, "id", ""))
            writes = name in ("update", "create", "get_or_create", "update_or_create", "setattr")
            made = name == "Application"
            if (writes or made) and any(word.arg == "state" for word in node.keywords):
                yield node.lineno


def parsed(path):
    return ast.parse(path.read_text(encoding="utf-8"))


@pytest.mark.parametrize("room", ROOMS)
def test_imports_go_one_way(room):
    wrong = [
        f"{path.relative_to(ROOT)}: {name}"
        for path in sources(room)
        for name in imported(parsed(path))
        if name.split(".")[0] in ROOMS[room]
    ]
    assert wrong == []


def test_only_transitions_writes_an_applications_state():
    writers = {
        path.relative_to(ROOT).as_posix()
        for path in sources("affiliates")
        if list(states_written(parsed(path)))
    }
    assert writers == {THE_WRITER}


@pytest.mark.parametrize("room", ["affiliates", "workflows"])
def test_thin_layers_write_no_state_and_queue_no_mail(room):
    wrong = [
        path.relative_to(ROOT).as_posix()
        for path in sources(room)
        if path.relative_to(ROOT / room).parts[0] in THIN
        and (list(states_written(parsed(path))) or "workflows.mail.outbox" in queued(path))
    ]
    assert wrong == []


def queued(path):
    """Modules from which the file imports ``queue``; the admin may send a mail again."""
    return [
        node.module
        for node in ast.walk(parsed(path))
        if isinstance(node, ast.ImportFrom) and any(alias.name == "queue" for alias in node.names)
    ]


def test_this_test_would_see_a_state_being_written():
    for line in (
        "record.state = 1",
        "things.filter(pk=1).update(state=2)",
        "Application(state=3)",
    ):
        assert list(states_written(ast.parse(line)))
    assert not list(states_written(ast.parse("things.filter(state=1)")))

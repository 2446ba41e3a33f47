"""What a reader relies on and no linter says: no circles, and one place writes a state.

Which room may import which is the layers contract in ``pyproject.toml``.
"""

import ast
from graphlib import TopologicalSorter
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
APPS = ("affiliates", "workflows")

THIN = {"views", "tasks", "admin", "wagtail_hooks", "receivers", "api", "forms"}
"""Views, tasks, admin and API call services; they never write a state or a row of the outbox."""

THE_WRITER = "affiliates/audit/transitions.py"


def sources(app):
    return [path for path in sorted((ROOT / app).rglob("*.py")) if "migrations" not in path.parts]


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


def modules(app):
    return {
        ".".join(path.relative_to(ROOT).with_suffix("").parts).removesuffix(".__init__"): path
        for path in sources(app)
    }


def imported(path, known):
    """The modules of ours that a file imports anywhere, for more than its types."""
    for node in _running(parsed(path)):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names if alias.name in known)
        elif isinstance(node, ast.ImportFrom) and node.module in known:
            inner = {f"{node.module}.{alias.name}" for alias in node.names} & known.keys()
            yield from inner or {node.module}


def _running(tree):
    """All nodes but those under ``if TYPE_CHECKING``."""
    for node in ast.iter_child_nodes(tree):
        if not (isinstance(node, ast.If) and ast.unparse(node.test) == "TYPE_CHECKING"):
            yield node
            yield from _running(node)


def test_no_files_import_each_other():
    known = modules("affiliates") | modules("workflows")
    graph = {name: set(imported(path, known)) - {name} for name, path in known.items()}
    list(TopologicalSorter(graph).static_order())  # Raises CycleError, which names the circle.


def test_long_tables_are_read_in_a_way_that_works_behind_a_pooler():
    """See ``workflows/core/chunks.py``."""
    texts = {path: path.read_text(encoding="utf-8") for app in APPS for path in sources(app)}
    assert [str(path) for path, text in texts.items() if ".iterator(" in text] == [
        str(ROOT / "workflows/core/chunks.py")  # which says why not
    ]


def test_imports_inside_functions_are_left_to_ready():
    inside = {
        f"{path.relative_to(ROOT)}: {function.name}"
        for app in APPS
        for path in sources(app)
        for function in ast.walk(parsed(path))
        if isinstance(function, ast.FunctionDef)
        and any(isinstance(node, ast.Import | ast.ImportFrom) for node in ast.walk(function))
    }
    assert inside == {"affiliates/apps.py: ready", "workflows/apps.py: ready"}


def test_only_transitions_writes_an_applications_state():
    writers = {
        path.relative_to(ROOT).as_posix()
        for path in sources("affiliates")
        if list(states_written(parsed(path)))
    }
    assert writers == {THE_WRITER}


@pytest.mark.parametrize("app", APPS)
def test_locks_leave_room_for_rows_that_refer_to_the_locked_one(app):
    """On PostgreSQL, a lock without ``no_key`` lets a new application wait for each import and each
    start of a review in its program, or fails one of them by a deadlock.
    """
    wrong = [
        f"{path.relative_to(ROOT)}:{node.lineno}"
        for path in sources(app)
        for node in ast.walk(parsed(path))
        if isinstance(node, ast.Call)
        and getattr(node.func, "attr", "") == "select_for_update"
        and not any(word.arg == "no_key" for word in node.keywords)
    ]
    assert wrong == []


@pytest.mark.parametrize("app", APPS)
def test_thin_layers_write_no_state_and_queue_no_mail(app):
    wrong = [
        path.relative_to(ROOT).as_posix()
        for path in sources(app)
        if THIN & set(path.relative_to(ROOT / app).with_suffix("").parts)
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

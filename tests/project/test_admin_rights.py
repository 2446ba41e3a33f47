"""What one program's people see and change of another's in the admin: every view is walked.

A redirect proves nothing, so what counts is what an answer says and what is written.
"""

import csv
import html
import io
import re
from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from django.contrib.auth import get_user_model
from django.db import connection, transaction
from django.urls import URLResolver, get_resolver, reverse
from wagtail.admin.views.bulk_action.registry import bulk_action_registry

from tests.factories.two_programs import PERSONS, TREES, two_programs
from tests.project.admin_views import VIEWS
from tests.project.walks import PUBLISHERS, READERS, SITE_STAFF, Walk
from tests.standing import stands
from workflows.core.spreadsheets import starts_a_formula

OURS = ("affiliates", "workflows")
OUR_LABELS = ("affiliates", "affiliate_workflows")
WRITES = re.compile(r"(INSERT .*INTO|UPDATE|DELETE FROM) \"(?!django_session|wagtailadmin_editing)")


@stands()
def trees():
    return two_programs()


LONG = ("willow", "publisher", "manager")
"""In the long tests only: these have the rights of the others, or more of them."""


@pytest.fixture(
    params=[
        pytest.param(each, marks=pytest.mark.long) if each in LONG else each for each in PERSONS
    ]
)
def person(request, client, trees):
    client.force_login(get_user_model().objects.get(username=request.param))
    return request.param


def views_of_ours() -> Iterator[str]:
    """The names of all views in the admin that are our code, or about one of our models."""
    for name, callback in _below(get_resolver(), ""):
        view = getattr(callback, "view_class", callback)
        given = getattr(callback, "view_initkwargs", {})
        model = given.get("model") or getattr(view, "model", None)
        label = getattr(getattr(model, "_meta", None), "app_label", "")
        if view.__module__.split(".")[0] in OURS or label in OUR_LABELS:
            yield name


def _below(resolver, path, names=()):
    for pattern in resolver.url_patterns:
        here = f"{path}{pattern.pattern}"
        if isinstance(pattern, URLResolver):
            inner = (*names, pattern.namespace) if pattern.namespace else names
            yield from _below(pattern, here, inner)
        elif f"/{here}".startswith(reverse("wagtailadmin_home")):
            yield ":".join((*names, pattern.name or here)), pattern.callback


def test_every_view_of_ours_is_walked(db):
    assert sorted(set(views_of_ours())) == sorted(VIEWS)


def words_of(response) -> str:
    content = response.getvalue() if response.streaming else response.content
    return html.unescape(content.decode("utf-8", "replace")).lower()


def trees_in(words: str) -> set[str]:
    return {name for name in TREES if name in words}


def phrase(row: str, tree: str) -> str:
    return f"{row}{tree}" if row.endswith("@") else f"{tree} {row}"


def found_wrong(walk: Walk, person: str, words: str, seen: set[str]) -> Iterator[str]:
    """What ``words`` say although they must not, or do not although they should."""
    if not trees_in(words) <= seen:
        yield f"shows {trees_in(words)}"
    for name in seen:
        hidden = walk.hidden if name not in READERS.get(person, ()) else ()
        for row in walk.rows:
            if row not in hidden and phrase(row, name) not in words:
                yield f"shows no {phrase(row, name)}"
        for row in hidden:
            if phrase(row, name) in words:
                yield f"shows {phrase(row, name)}"


@contextmanager
def undone():
    with transaction.atomic():
        yield
        transaction.set_rollback(True)


@contextmanager
def noted_writes():
    written: list[str] = []

    def note(execute, sql, params, many, context):
        if WRITES.match(sql):
            written.append(sql)
        return execute(sql, params, many, context)

    with connection.execute_wrapper(note):
        yield written


def address(name: str, walk: Walk, tree) -> str:
    if tree is None:
        return reverse(name)
    return reverse(name, args=walk.args(tree)) + walk.query(tree)


def test_everybody_sees_their_own_and_nothing_else(client, trees, person):
    wrong = []
    for name, walk in all_walks():
        seen = set(walk.sees.get(person, ()))
        for tree in trees.values() if walk.args else [None]:
            with undone():
                if tree:
                    walk.prepare(tree)
                response = client.get(address(name, walk, tree))
            expected = seen & {tree.name} if tree else seen
            wrong += [
                (name, tree and tree.name, response.status_code, what)
                for what in found_wrong(walk, person, words_of(response), expected)
            ]
    assert not wrong, "\n".join(map(str, wrong))


def test_everybody_changes_their_own_and_nothing_else(client, trees, person):
    wrong = []
    for name, walk in all_walks():
        for tree in trees.values():
            with undone():
                walk.prepare(tree)
                url = address(name, walk, tree if walk.args else None)
                with noted_writes() as written:
                    response = client.post(url, walk.data(tree))
            acts = tree.name in (walk.acts or {}).get(person, ())
            if bool(written) != acts:
                wrong.append((name, tree.name, response.status_code, written[:1]))
            client.cookies.pop("messages", None)
            seen = {*walk.sees.get(person, ()), *(walk.acts or {}).get(person, ())}
            if not trees_in(words_of(response)) <= (seen & {tree.name} if walk.args else seen):
                wrong.append((name, tree.name, "shows", trees_in(words_of(response))))
    assert not wrong, "\n".join(map(str, wrong))


def all_walks() -> Iterator[tuple[str, Walk]]:
    for name, walks in VIEWS.items():
        for walk in walks:
            yield name, walk


WAGTAILS = (
    *("wagtailadmin_reports:site_history", "wagtailadmin_reports:aging_pages"),
    *("wagtailadmin_reports:workflow", "wagtailadmin_reports:workflow_tasks"),
    "wagtailadmin_reports:locked_pages",
)
"""Wagtail's reports on the whole site, which name our pages and updates."""

WAGTAIL_SEES = {**PUBLISHERS, **SITE_STAFF}


def cells(response) -> list[str]:
    text = response.getvalue().decode("utf-8-sig") if response.streaming else ""
    return [cell for row in csv.reader(io.StringIO(text, newline="")) for cell in row]


def test_exports_show_the_same_rows_and_no_formula(client, trees, person):
    wrong = []
    ours = {name: walk.sees for name, walk in all_walks() if walk.exports}
    for name, sees in (ours | dict.fromkeys(WAGTAILS, WAGTAIL_SEES)).items():
        found = cells(client.get(reverse(name), {"export": "csv"}))
        wrong += [(name, cell) for cell in found if starts_a_formula(cell)]
        if not trees_in(" ".join(found).lower()) <= set(sees.get(person, ())):
            wrong.append((name, found))
    assert not wrong, "\n".join(map(str, wrong))


OTHER_PAGES = (
    "wagtailadmin_home",
    "wagtailadmin_explore_root",
    "wagtailadmin_pages:search",
    "wagtailadmin_api:pages:listing",
    *WAGTAILS,
)


def test_pages_of_wagtail_show_nothing_of_other_programs(client, trees, person):
    wrong = []
    for name in OTHER_PAGES:
        words = words_of(client.get(reverse(name), {"q": "group"}))
        if not trees_in(words) <= set(WAGTAIL_SEES.get(person, ())):
            wrong.append((name, trees_in(words)))
    for tree in trees.values():
        if tree.name in WAGTAIL_SEES.get(person, ()):
            continue
        for page in (tree.group.page, tree.application.affiliate):
            for view in ("edit", "history", "workflow_history", "view_draft", "usage", "copy"):
                words = words_of(client.get(reverse(f"wagtailadmin_pages:{view}", args=[page.pk])))
                wrong += [(view, found) for found in trees_in(words)]
    assert not wrong, "\n".join(map(str, wrong))


def test_choosing_a_page_names_no_group_whose_application_is_open(client, trees, person):
    """Wagtail lets everybody choose any page for a link, also a draft."""
    for tree in trees.values():
        search = client.get(reverse("wagtailadmin_choose_page_search"), {"q": "application"})
        below = client.get(reverse("wagtailadmin_choose_page_child", args=[tree.program.pk]))
        sees = tree.name in PUBLISHERS.get(person, ())
        for response in (search, below):
            assert (phrase("application", tree.name) in words_of(response)) is sees


def bulk_actions() -> Iterator[tuple[str, str, str]]:
    bulk_action_registry._scan_for_bulk_actions()
    for label in OUR_LABELS:
        for model, actions in bulk_action_registry.actions.get(label, {}).items():
            yield from ((label, model, action) for action in actions)


BULK = {
    ("affiliates", "application", "assign"): {**PUBLISHERS, "reader": TREES},
    ("affiliates", "application", "decline_spam"): {**PUBLISHERS, "reader": TREES},
    ("affiliates", "application", "export"): {**PUBLISHERS, "reader": TREES},
    ("affiliates", "contactupdate", "delete"): {},
}
"""Bulk actions on our models, with whose records they show to whom; the PUBLISHERS may use them."""


def test_bulk_actions_are_for_ones_own(client, trees, person):
    assert set(bulk_actions()) == set(BULK)
    wrong = []
    for (label, model, action), sees in BULK.items():
        is_update = model == "contactupdate"
        keys = [(tree.waiting if is_update else tree.application).pk for tree in trees.values()]
        url = reverse("wagtail_bulk_action", args=[label, model, action])
        shown = trees_in(words_of(client.get(url, {"id": keys})))
        if shown != set(sees.get(person, ())):
            wrong.append((action, shown))
        for tree, key in zip(trees.values(), keys, strict=True):
            with undone(), noted_writes() as written:
                data = {"chosen": key, "assignee": "", "file_format": "csv"}
                response = client.post(f"{url}?id={key}", data)
            may = action == "decline_spam" and tree.name in PUBLISHERS.get(person, ())
            if bool(written) != may:
                wrong.append((action, tree.name, written))
            if not trees_in(words_of(response)) <= {tree.name} & set(sees.get(person, ())):
                wrong.append((action, tree.name, "shows"))
    assert not wrong, "\n".join(map(str, wrong))

"""How to walk a view of the admin, and who may see and change whose records there."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from tests.factories.two_programs import TREES, Tree

CEDAR, WILLOW, BOTH = TREES[:1], TREES[1:], TREES

NOBODY: dict[str, tuple[str, ...]] = {}
REVIEWERS = {"cedar": CEDAR, "willow": WILLOW}
WORKERS = {**REVIEWERS, "manager": BOTH}
READERS = {**WORKERS, "reader": BOTH}
PUBLISHERS = {**WORKERS, "publisher": CEDAR}
SITE_STAFF = {"manager": BOTH, "reader": BOTH}
MANAGER = {"manager": BOTH}


@dataclass(frozen=True)
class Walk:
    """``sees`` and ``acts`` map persons to the trees whose records they see by GET and change by
    POST. ``rows`` are the records that a page shows, ``hidden`` what it shows to nobody but
    READERS. ``args`` is None for a list, ``query`` follows the address; ``prepare`` makes possible
    what ``data`` wants.
    """

    sees: dict[str, tuple[str, ...]]
    acts: dict[str, tuple[str, ...]] | None = None
    args: Callable[[Tree], list] | None = None
    rows: tuple[str, ...] = ()
    hidden: tuple[str, ...] = ()
    data: Callable[[Tree], dict[str, Any]] = lambda tree: {}
    prepare: Callable[[Tree], Any] = lambda tree: None
    exports: bool = False
    query: Callable[[Tree], str] = lambda tree: ""

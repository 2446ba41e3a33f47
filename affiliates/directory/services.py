"""The folded texts for searching and sorting the directory."""

from affiliates.core.text import fold
from affiliates.models import AffiliatePage

BATCH = 500
FOLDED = ("directory_name", "directory_words")


def rebuild_directory() -> int:
    """Fold the texts of all affiliates anew after bulk updates; return how many changed.

    Effects: writes only folded texts, so it can be repeated, and run while editors work.
    """
    stale = 0
    batch: list[AffiliatePage] = []
    for page in AffiliatePage.objects.order_by("pk").iterator(BATCH):
        if _fold_anew(page):
            batch.append(page)
            stale += 1
        if len(batch) == BATCH:
            _write(batch)
            batch = []
    _write(batch)
    return stale


def _fold_anew(page: AffiliatePage) -> bool:
    before = page.directory_name, page.directory_words
    page.directory_name = fold(page.get_directory_name())
    page.directory_words = fold(page.get_directory_words())
    return before != (page.directory_name, page.directory_words)


def _write(pages: list[AffiliatePage]) -> None:
    AffiliatePage.objects.bulk_update(pages, FOLDED)

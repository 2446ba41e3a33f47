"""The folded texts by which the directory is searched and sorted."""

from affiliates.core.text import fold
from affiliates.models import AffiliatePage

BATCH = 500
FOLDED = ("directory_name", "directory_words")


def rebuild_directory() -> int:
    """Fold the texts of all affiliates anew; return how many were not as they should be.

    For what goes past ``save()``: rows that were loaded, or updated in bulk. Running it twice, or
    while editors work, does no harm: it writes nothing but the folded texts.
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
    """Whether that changed anything."""
    before = page.directory_name, page.directory_words
    page.directory_name = fold(page.get_directory_name())
    page.directory_words = fold(page.get_directory_words())
    return before != (page.directory_name, page.directory_words)


def _write(pages: list[AffiliatePage]) -> None:
    AffiliatePage.objects.bulk_update(pages, FOLDED)

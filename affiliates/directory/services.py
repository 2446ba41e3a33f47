"""The folded texts for searching and sorting the directory."""

from affiliates.core.text import fold
from affiliates.models import AffiliatePage
from workflows.core.chunks import in_chunks

FOLDED = ("directory_name", "directory_words")


def rebuild_directory() -> int:
    """Fold the texts of all affiliates anew after bulk updates; return how many changed.

    Effects: writes only folded texts, so it can be repeated, and run while editors work.
    """
    changed = 0
    for pages in in_chunks(AffiliatePage.objects.order_by("pk")):
        stale = [page for page in pages if _fold_anew(page)]
        AffiliatePage.objects.bulk_update(stale, FOLDED)
        changed += len(stale)
    return changed


def _fold_anew(page: AffiliatePage) -> bool:
    before = page.directory_name, page.directory_words
    page.directory_name = fold(page.get_directory_name())
    page.directory_words = fold(page.get_directory_words())
    return before != (page.directory_name, page.directory_words)

"""What every table comes to, whatever its file was: rows of texts."""

from affiliates.core.exceptions import AffiliatesError

MAXIMUM_COLUMNS = 100


Cells = list[str]


class TableUnreadable(AffiliatesError):
    """This file is not a table that can be read."""

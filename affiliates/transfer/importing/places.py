"""Where a group works, as a row says it in the columns of the region, the country and the scope."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from affiliates.core.regions import country_of
from affiliates.core.regions.coverage import Coverage
from affiliates.core.regions.reading import read_country, read_region
from affiliates.core.states import Scope
from affiliates.core.text import clean_line, fold
from workflows.core.spreadsheets import csv_original

COLUMNS = ("region", "country")

WITHOUT_REGION = {
    **dict.fromkeys(("national", "nationwide", "countrywide", "all states"), Scope.NATIONAL),
    **dict.fromkeys(("online", "online only", "virtual", "internet"), Scope.ONLINE),
}
"""Words in a region's place that say that there is none."""


def read_place(fields: dict[str, str], cells: Mapping[str, str], coverage: Coverage) -> None:
    """Set ``region``, and ``scope`` if the region's place says it. Raises ``ValidationError`` by
    column.
    """
    said, country = (_cleaned(cells, column) for column in COLUMNS)
    scope = WITHOUT_REGION.get(fold(said))
    if scope:
        fields["scope"], said = scope, ""
    with _at("country"):
        around = read_country(country, coverage) if country else ""
    with _at("region"):
        region = _region(said, around, country, coverage) if said else around
        if fields.get("scope") == Scope.NATIONAL:
            region = country_of(region) or _only_country(coverage)
        if not region and fields.get("scope") != Scope.ONLINE:
            raise ValidationError(_("This cell is empty."))
    fields["region"] = region


def _cleaned(cells: Mapping[str, str], column: str) -> str:
    with _at(column):
        return clean_line(csv_original(cells.get(column, "")))


@contextmanager
def _at(column: str) -> Iterator[None]:
    try:
        yield
    except ValidationError as refusal:
        raise ValidationError({column: refusal}) from None


def _region(said: str, around: str, country: str, coverage: Coverage) -> str:
    if not around:
        return read_region(said, coverage)
    try:
        return read_region(said, coverage.only(around))
    except ValidationError:
        # Says what is wrong with both together.
        return read_region(f"{said}, {country}", coverage)


def _only_country(coverage: Coverage) -> str:
    countries = coverage.countries
    return countries[0][0] if len(countries) == 1 else ""

"""Numbers as text for Prometheus and its like (OpenMetrics 1.0)."""

from collections.abc import Iterable, Iterator

from django.utils import translation

from workflows.monitoring.numbers import COUNTER, Number

CONTENT_TYPE = "application/openmetrics-text; version=1.0.0; charset=utf-8"


def as_text(numbers: Iterable[Number]) -> str:
    with translation.override("en"):
        return "\n".join([*(line for number in numbers for line in _lines(number)), "# EOF", ""])


def _lines(number: Number) -> Iterator[str]:
    yield f"# TYPE {number.name} {number.kind}"
    yield f"# HELP {number.name} {_escaped(str(number.label))}"
    suffix = "_total" if number.kind == COUNTER else ""
    for value, amount in number.values.items():
        labels = f'{{{number.by}="{_escaped(value)}"}}' if number.by else ""
        yield f"{number.name}{suffix}{labels} {amount}"


def _escaped(text: str) -> str:
    return text.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n")

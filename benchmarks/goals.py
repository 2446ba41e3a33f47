"""What a benchmark measured, beside what was meant to be reached: the last lines of each."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Goal:
    """Meant to be ``at_least`` or ``at_most`` that much."""

    name: str
    ratio: float
    at_least: float | None = None
    at_most: float | None = None

    def __str__(self) -> str:
        goal = f">={self.at_least:g}" if self.at_least is not None else f"<={self.at_most:g}"
        return f"{self.name} ratio={self.ratio:.3g} goal{goal}"


def lines(*goals: Goal) -> list[str]:
    """As a block of Markdown."""
    return ["```text", *map(str, goals), "```"]

"""Measures all and writes the report, or only what is named: ``python -m benchmarks sweeping``."""

import sys
from pathlib import Path

from benchmarks import browsing, headless, importing, managing, submitting, sweeping

REPORT = Path(__file__).resolve().parents[1] / "docs" / "benchmarks.md"
HEAD = "# Benchmarks\n\n`make bench` measures and writes this page.\n"

BENCHMARKS = {
    "submitting": submitting.run,
    "sweeping": sweeping.run,
    "importing": importing.run,
    "browsing": browsing.run,
    "headless": headless.run,
    "managing": managing.run,
}


def main(wanted: list[str]) -> None:
    sections = [BENCHMARKS[name]() for name in wanted or BENCHMARKS]
    report = "\n".join([HEAD, *sections])
    sys.stdout.write(report)
    if not wanted:
        REPORT.write_text(report)


if __name__ == "__main__":
    main(sys.argv[1:])

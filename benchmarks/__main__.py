"""Measures all and writes the report, or only what is named: ``python -m benchmarks admin``."""

import subprocess
import sys
from importlib import import_module
from pathlib import Path

REPORT = Path(__file__).resolve().parents[1] / "docs" / "benchmarks.md"
HEAD = "# Benchmarks\n\n`make bench` measures and writes this page.\n"
BENCHMARKS = (
    "mail",
    "pages",
    "form",
    "headless",
    "submit",
    "reviews",
    "sweep",
    "year",
    "importing",
    "admin",
    "requirements",
    "scale",
    "start",
)


def main(wanted: list[str]) -> None:
    if wanted:
        sys.stdout.write("\n".join(import_module(f"benchmarks.{name}").run() for name in wanted))
    else:
        REPORT.write_text("\n".join([HEAD, *map(section, BENCHMARKS)]))


def section(name: str) -> str:
    """In a process of its own, since each may set up Django in its own way."""
    command = [sys.executable, "-m", "benchmarks", name]
    text = subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True).stdout
    sys.stdout.write(text)
    return text


if __name__ == "__main__":
    main(sys.argv[1:])

"""Writes docs/settings.md from the typed settings themselves, so that the two never differ.

python scripts/settings_reference.py            # writes it
python scripts/settings_reference.py --check    # exit status 1 if it has to be written anew
"""

import ast
import sys
from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
PAGE = ROOT / "docs" / "settings.md"

SECTIONS = {
    "AFFILIATES": ("affiliates/core/conf.py", "Programs, applications, updates and the API."),
    "AFFILIATE_WORKFLOWS": ("workflows/core/conf.py", "Mail, deadlines, webhooks."),
}

HEAD = """\
# Settings

Each app has one dictionary in your Django settings. Set only what should differ from the default:

```python
AFFILIATES = {"STATUS_LINK_DAYS": 365}
AFFILIATE_WORKFLOWS = {"BATCH_SIZE": 100}
```

They are read each time they are used. `make docs` makes this page from the settings themselves.
Celery's settings, with reasons, are in [reliability.md](reliability.md).
"""


def main(arguments: list[str]) -> int:
    text = reference()
    if "--check" in arguments:
        return int(not PAGE.exists() or PAGE.read_text(encoding="utf-8") != text)
    PAGE.write_text(text, encoding="utf-8")
    return 0


def reference() -> str:
    return "\n".join([HEAD, *(section(name, *of) for name, of in SECTIONS.items())])


def section(dictionary: str, path: str, about: str) -> str:
    rows = "\n".join(
        f"| `{name}` | `{default}` | {text} |" for name, default, text in entries(path)
    )
    head = "| setting | default | what it is |\n|---|---|---|"
    return f"## `{dictionary}`\n\n{about}\n\n{head}\n{rows}\n"


def entries(path: str) -> Iterator[tuple[str, str, str]]:
    """Each setting's name, its default as written, and its docstring on one line."""
    tree = ast.parse((ROOT / path).read_text(encoding="utf-8"))
    for node in ast.walk(tree):
        if isinstance(node, ast.ClassDef):
            for setting, text in pairwise(node.body):
                if is_setting(setting):
                    yield (
                        setting.target.id,
                        ast.unparse(setting.value).replace("|", "\\|"),
                        " ".join(ast.literal_eval(text.value).split()).replace("``", "`"),
                    )


def is_setting(node: ast.stmt) -> bool:
    return (
        isinstance(node, ast.AnnAssign)
        and isinstance(node.target, ast.Name)
        and node.target.id.isupper()
        and node.value is not None
    )


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

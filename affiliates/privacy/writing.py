"""A person's data as a file: JSON for machines, plain text for the person."""

import json
from datetime import datetime
from typing import Any

from django.utils.translation import gettext as _

from affiliates.privacy.search import Found, readable_values, records_of


def as_json(found: Found, *, now: datetime) -> str:
    return json.dumps(_data(found, now), ensure_ascii=False, indent=2) + "\n"


def as_text(found: Found, *, now: datetime) -> str:
    data = _data(found, now)
    title = _("What is stored about %(address)s") % {"address": found.person.address}
    lines = [title, now.strftime("%Y-%m-%d %H:%M %Z"), ""]
    if not data["records"]:
        lines.append(_("Nothing."))
    for record in data["records"]:
        lines += [f"{record['title'].capitalize()} {record['id']}", *_values(record), ""]
    return "\n".join(lines).rstrip() + "\n"


def _data(found: Found, now: datetime) -> dict[str, Any]:
    return {
        "address": found.person.address,
        "names": sorted(found.person.names),
        "exported_at": now.isoformat(),
        "has_account": found.has_account,
        "records": records_of(found),
    }


def _values(record: dict[str, Any]) -> list[str]:
    return [f"  {name}: {_line(value)}" for name, value in readable_values(record).items()]


def _line(value: Any) -> str:
    text = value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
    return text.replace("\n", "\n    ")

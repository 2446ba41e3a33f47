"""What a complete application says, however it came in: by the form or by the API."""

import hashlib
import json
from dataclasses import asdict, dataclass
from typing import Any

from affiliates.core.people import ContactDetails
from affiliates.core.states import StatementKind
from affiliates.models.fields import Statement


@dataclass(frozen=True)
class ApplicationContent:
    """Cleaned and complete. ``group`` maps fields of the application's row to their values."""

    group: dict[str, str]
    links: list[dict[str, str]]
    contacts: tuple[ContactDetails, ...]
    accepted: tuple[tuple[StatementKind, Statement], ...]
    answers: list[dict[str, Any]]
    language: str

    @property
    def primary(self) -> ContactDetails:
        return self.contacts[0]

    @property
    def hash(self) -> str:
        """SHA-256 in hexadecimal digits; the same for the same content sent again."""
        canonical = json.dumps(asdict(self), sort_keys=True, ensure_ascii=False)
        return hashlib.sha256(canonical.encode()).hexdigest()

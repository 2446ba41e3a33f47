"""What a complete application says, however it came in: by the form or by the API."""

from dataclasses import dataclass

from affiliates.core.states import ContactRole


@dataclass(frozen=True)
class ContactDetails:
    role: ContactRole
    name: str
    email: str
    phone: str


@dataclass(frozen=True)
class Person:
    """How to reach someone. Cleaned."""

    name: str
    email: str
    phone: str = ""

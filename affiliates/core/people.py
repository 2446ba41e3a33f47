"""A complete application, from the form or from the API."""

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
    name: str
    email: str
    phone: str = ""

"""Keys in addresses and forms. More than 64 bits are nobody's, and SQLite breaks by them."""

from typing import Any

import django_filters
from django import forms

BIGGEST = 2**63 - 1
NOBODYS = "0"


def possible(key: int) -> int:
    return min(key, BIGGEST)


def _possible_text(value: Any) -> Any:
    return NOBODYS if isinstance(value, str) and len(value) >= len(str(BIGGEST)) else value


class ModelChoiceField(forms.ModelChoiceField):
    def to_python(self, value: Any) -> Any:
        return super().to_python(_possible_text(value))


class _FilterField(django_filters.fields.ModelChoiceField):
    def to_python(self, value: Any) -> Any:
        return super().to_python(_possible_text(value))


class _SeveralField(django_filters.fields.ModelMultipleChoiceField):
    def _check_values(self, value: Any) -> Any:
        return super()._check_values(list(map(_possible_text, value)))


class ModelChoiceFilter(django_filters.ModelChoiceFilter):
    field_class = _FilterField


class ModelMultipleChoiceFilter(django_filters.ModelMultipleChoiceFilter):
    field_class = _SeveralField

from typing import Any

from django.contrib.contenttypes.fields import GenericForeignKey


class SubjectKey(GenericForeignKey):
    """The record that a row is about. Once set or read it is returned as it is: Django looks up at
    each reading whether its type and key are still those of the row, and nothing changes them.
    """

    def __get__(self, instance: Any, cls: Any = None) -> Any:
        held = None if instance is None else self.get_cached_value(instance, default=None)
        return held or super().__get__(instance, cls)

from typing import Any

from django.contrib.contenttypes.fields import GenericForeignKey


class SubjectKey(GenericForeignKey):
    """The record that a row is about, the same for as long as the row is there. So once set or read
    it is returned as it is, while Django would compare its type and key again at each reading.
    """

    def __get__(self, instance: Any, cls: Any = None) -> Any:
        held = None if instance is None else self.get_cached_value(instance, default=None)
        return held or super().__get__(instance, cls)

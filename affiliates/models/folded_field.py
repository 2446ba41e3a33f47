from django.db import models

from affiliates.core.folding import fold


class FoldedField(models.TextField):
    """The folded text of what the model's method ``source`` gives, made anew with every save.

    It is written by the same statement as what it is made of, so it cannot lag behind; only
    ``QuerySet.update()`` and ``loaddata`` go past it (see ``services.directory``). It is no part of
    revisions, and migrations see a plain text field.
    """

    def __init__(self, *args, source: str = "", **kwargs):
        self.source = source
        super().__init__(*args, **kwargs | {"editable": False, "serialize": False, "default": ""})

    def deconstruct(self):
        name, _path, args, kwargs = super().deconstruct()
        return name, "django.db.models.TextField", args, kwargs

    def pre_save(self, model_instance, add):
        value = fold(getattr(model_instance, self.source)())
        setattr(model_instance, self.attname, value)
        return value

import uuid

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _


class ImportUpload(models.Model):
    """A table between its upload and the button that loads it, then what came of it; for a day.

    Of one person and for one program. A table may name people, so its content goes as soon as it
    was loaded or turned out to be no good; ``report`` is what an ``ImportReport`` says of it.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    program = models.ForeignKey(
        "affiliates.AffiliateProgramPage", on_delete=models.CASCADE, related_name="+"
    )
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    filename = models.CharField(_("file"), max_length=255)
    content = models.BinaryField(default=bytes)
    report = models.JSONField(default=dict)
    created_at = models.DateTimeField(_("uploaded"), db_index=True)
    done_at = models.DateTimeField(_("loaded"), null=True, blank=True)

    class Meta:
        verbose_name = _("uploaded table")
        verbose_name_plural = _("uploaded tables")

    def __str__(self) -> str:
        return self.filename

from django.db import models
from django.utils.translation import gettext_lazy as _

from affiliates.core.states import StatementKind


class Acceptance(models.Model):
    """A belief or obligation that an applicant accepted: which one, its exact text, and when."""

    application = models.ForeignKey(
        "affiliates.Application", on_delete=models.CASCADE, related_name="acceptances"
    )
    kind = models.CharField(_("kind"), max_length=16, choices=StatementKind.choices)
    statement_id = models.CharField(max_length=64)
    text = models.TextField(_("text"))
    text_hash = models.CharField(
        max_length=64, help_text=_("SHA-256 of the text in Unicode NFC, in hexadecimal digits.")
    )
    accepted_at = models.DateTimeField(_("accepted"))

    class Meta:
        verbose_name = _("acceptance")
        verbose_name_plural = _("acceptances")
        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["application", "statement_id"], name="statement_accepted_once"
            )
        ]

    def __str__(self) -> str:
        return self.text

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _


class MailWording(models.Model):
    """An editor's own subject and text for one kind of mail in one language.

    No row means the default wording, which is a file that ships with the app.
    """

    kind = models.CharField(_("kind of mail"), max_length=64)
    language = models.CharField(_("language"), max_length=16)
    subject = models.CharField(_("subject"), max_length=200)
    text = models.TextField(_("text"))
    updated_at = models.DateTimeField(_("changed"), auto_now=True)
    updated_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.SET_NULL,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("changed by"),
    )

    class Meta:
        verbose_name = _("mail wording")
        verbose_name_plural = _("mail wordings")
        ordering = ["kind", "language"]
        constraints = [
            models.UniqueConstraint(fields=["kind", "language"], name="one_wording_per_kind")
        ]

    def __str__(self) -> str:
        return f"{self.kind} ({self.language})"

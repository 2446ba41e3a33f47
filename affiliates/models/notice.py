from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from affiliates.core.states import NoticeKind


class Notice(models.Model):
    """Something about an affiliate that staff have to hear of.

    It waits until somebody ticks it off. Its deadline is of the kind "notice".
    """

    affiliation = models.ForeignKey(
        "affiliates.Affiliation", on_delete=models.CASCADE, related_name="notices"
    )
    kind = models.CharField(_("kind"), max_length=24, choices=NoticeKind.choices)
    text = models.TextField(_("what happened"))
    noted_at = models.DateTimeField(_("noted"))
    seen_at = models.DateTimeField(_("seen"), null=True, blank=True)
    seen_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.SET_NULL,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("seen by"),
    )

    class Meta:
        verbose_name = _("notice")
        verbose_name_plural = _("notices")
        ordering = ["-noted_at", "-pk"]

    def __str__(self) -> str:
        return f"{self.get_kind_display()}: {self.affiliation.name}"

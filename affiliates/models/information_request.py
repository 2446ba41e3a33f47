from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _


class InformationRequest(models.Model):
    """A reviewer's question to a group, and its answer. Private, like the application."""

    application = models.ForeignKey(
        "affiliates.Application", on_delete=models.CASCADE, related_name="information_requests"
    )
    question = models.TextField(_("question"), blank=True)
    asked_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.SET_NULL,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("asked by"),
    )
    asked_at = models.DateTimeField(_("asked"))
    answer = models.TextField(_("answer"), blank=True)
    answered_at = models.DateTimeField(_("answered"), null=True, blank=True)
    dropped_at = models.DateTimeField(
        _("no longer asked"),
        null=True,
        blank=True,
        help_text=_("The review went on, or ended, without an answer."),
    )

    class Meta:
        verbose_name = _("question to a group")
        verbose_name_plural = _("questions to groups")
        ordering = ["asked_at", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["application"],
                condition=models.Q(answered_at=None, dropped_at=None),
                name="one_open_question",
            )
        ]

    def __str__(self) -> str:
        return self.question

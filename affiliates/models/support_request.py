from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from affiliates.core.states import SupportState
from affiliates.models.application import new_reference


class SupportRequest(models.Model):
    """An affiliate's call for help, which we owe an answer. Its deadline is of the kind "support".

    ``needs`` is a list of ``{"id", "text"}``: which of the program's benefits it asks for. Private.
    """

    affiliation = models.ForeignKey(
        "affiliates.Affiliation", on_delete=models.CASCADE, related_name="support_requests"
    )
    update = models.OneToOneField(
        "affiliates.ContactUpdate",
        on_delete=models.SET_NULL,
        null=True,
        blank=True,
        related_name="support_request",
        verbose_name=_("update"),
    )
    reference = models.CharField(max_length=16, unique=True, default=new_reference, editable=False)
    text = models.TextField(_("what the group wrote"), blank=True)
    needs = models.JSONField(_("needs"), default=list, blank=True)
    state = models.CharField(
        _("state"),
        max_length=16,
        choices=SupportState.choices,
        default=SupportState.OPEN,
        db_index=True,
        editable=False,
    )
    assigned_to = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.SET_NULL,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("taken by"),
    )
    opened_at = models.DateTimeField(_("opened"))
    due_on = models.DateField(_("answer due"))
    answer = models.TextField(_("answer"), blank=True)
    answered_at = models.DateTimeField(_("answered"), null=True, blank=True)
    answered_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.SET_NULL,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("answered by"),
    )
    updated_at = models.DateTimeField(_("changed"), auto_now=True)

    class Meta:
        verbose_name = _("call for help")
        verbose_name_plural = _("calls for help")
        ordering = ["-opened_at", "-pk"]

    def __str__(self) -> str:
        return f"{self.affiliation.name} ({self.reference})"

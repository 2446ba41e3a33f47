from django.db import models
from django.utils.translation import gettext_lazy as _


class ProfileChange(models.Model):
    """What a contact would like to change on the group's public page, and what became of it.

    ``changes`` maps fields to ``{"before", "after"}``. The proposal itself is a revision of the
    page, under review in Wagtail.
    """

    affiliation = models.ForeignKey(
        "affiliates.Affiliation", on_delete=models.CASCADE, related_name="profile_changes"
    )
    contact = models.ForeignKey(
        "affiliates.Contact", on_delete=models.SET_NULL, null=True, blank=True, related_name="+"
    )
    changes = models.JSONField(_("changes"), default=dict)
    sent_at = models.DateTimeField(_("sent"))
    accepted_at = models.DateTimeField(_("accepted"), null=True, blank=True)
    declined_at = models.DateTimeField(_("declined"), null=True, blank=True)
    reason = models.TextField(_("reason"), blank=True)

    class Meta:
        verbose_name = _("proposed change")
        verbose_name_plural = _("proposed changes")
        ordering = ["-sent_at", "-pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["affiliation"],
                condition=models.Q(accepted_at=None, declined_at=None),
                name="one_open_profile_change",
            )
        ]

    def __str__(self) -> str:
        return str(self.affiliation)

from django.db import models
from django.utils.translation import gettext_lazy as _


class ProfileChange(models.Model):
    """What a contact would like to change on the group's public page, and what became of it.

    ``changes`` maps fields (see ``portal.profile``) to ``{"before", "after"}``. A worker puts
    them on a draft of the page, which is then under review in Wagtail: ``applied`` is what it put
    there, by field, ``revision`` the draft. ``put_at`` is empty until it has put the present
    version, which a contact may change as long as nothing is decided.
    """

    affiliation = models.ForeignKey(
        "affiliates.Affiliation", on_delete=models.CASCADE, related_name="profile_changes"
    )
    contact = models.ForeignKey(
        "affiliates.Contact", on_delete=models.SET_NULL, null=True, blank=True, related_name="+"
    )
    changes = models.JSONField(_("changes"), default=dict)
    version = models.PositiveIntegerField(default=1)
    sent_at = models.DateTimeField(_("sent"))
    applied = models.JSONField(default=dict)
    revision = models.ForeignKey(
        "wagtailcore.Revision", on_delete=models.SET_NULL, null=True, blank=True, related_name="+"
    )
    put_at = models.DateTimeField(_("under review since"), null=True, blank=True)
    question = models.TextField(_("what the reviewer would like to know"), blank=True)
    asked_at = models.DateTimeField(_("asked"), null=True, blank=True)
    stuck_at = models.DateTimeField(
        _("waits for staff since"),
        null=True,
        blank=True,
        help_text=_("It cannot go on by itself, and staff were told why."),
    )
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

    @property
    def is_open(self) -> bool:
        return self.accepted_at is None and self.declined_at is None

    @property
    def is_asked(self) -> bool:
        """A reviewer wants it changed, and the group has not sent it anew."""
        return self.is_open and bool(self.asked_at and self.put_at)

    @property
    def wanted(self) -> dict[str, str]:
        """What the page would say, by field."""
        return {name: values["after"] for name, values in self.changes.items()}

"""What a worker has seen of the badges of groups."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from affiliates.core.networks.links import LINK_LENGTH
from affiliates.core.states import BadgeFinding


class BadgeLook(models.Model):
    """What came of looking for a group's badge, and when to look again.

    ``link`` is where the group says that it is shown, ``host`` that of its website without
    ``www.``; no two leases are on one host. ``address``: where the finding was made. ``missed_on``
    is the day of the first look that missed it since it was last seen, ``missing_on`` that of the
    one that confirmed it, ``loaded_on`` the last on which the website showed it to a visitor.
    """

    commitment = models.OneToOneField(
        "affiliates.Commitment", on_delete=models.CASCADE, related_name="badge_look"
    )
    link = models.CharField(_("where it is shown"), max_length=LINK_LENGTH, blank=True)
    host = models.CharField(max_length=253, blank=True, db_index=True)
    next_at = models.DateTimeField(_("next look"), db_index=True)
    leased_until = models.DateTimeField(null=True)
    looked_at = models.DateTimeField(_("last look"), null=True)
    finding = models.CharField(
        _("finding"), max_length=16, choices=BadgeFinding.choices, blank=True
    )
    address = models.CharField(_("address"), max_length=2000, blank=True)
    seen_on = models.DateField(_("seen"), null=True)
    missed_on = models.DateField(_("not seen"), null=True)
    missing_on = models.DateField(_("not seen again"), null=True)
    loaded_on = models.DateField(_("shown to a visitor"), null=True)

    class Meta:
        verbose_name = _("look for a badge")
        verbose_name_plural = _("looks for badges")
        constraints = [
            models.UniqueConstraint(
                fields=["host"],
                condition=models.Q(leased_until__isnull=False) & ~models.Q(host=""),
                name="one_look_at_a_host",
            )
        ]

    def __str__(self) -> str:
        return f"{self.commitment}: {self.get_finding_display()}"

    @property
    def says_something(self) -> bool:
        """Whether it was looked at, or there is a website to look at."""
        return self.finding != "" or self.commitment.unknown_on is not None

import uuid

from django.db import models
from django.utils.translation import gettext_lazy as _

from affiliates.core.states import AffiliationState, ContactRole
from affiliates.models.application import new_reference


class Affiliation(models.Model):
    """What a group and the program owe each other. Private; its page is what the public sees.

    One row per group. The translations of its page share it by ``group_key``, their translation
    key. It outlives the page. How well it is kept is worked out from facts (``standing.py``).
    """

    program = models.ForeignKey(
        "affiliates.AffiliateProgramPage",
        on_delete=models.PROTECT,
        related_name="affiliations",
        verbose_name=_("program"),
    )
    page = models.OneToOneField(
        "affiliates.AffiliatePage",
        on_delete=models.SET_NULL,
        null=True,
        blank=True,
        related_name="affiliation",
        verbose_name=_("affiliate page"),
    )
    group_key = models.UUIDField(unique=True, default=uuid.uuid4, editable=False)
    name = models.CharField(_("name of the group"), max_length=255)
    reference = models.CharField(
        _("reference"), max_length=16, unique=True, default=new_reference, editable=False
    )
    state = models.CharField(
        _("state"),
        max_length=16,
        choices=AffiliationState.choices,
        default=AffiliationState.ACTIVE,
        db_index=True,
        editable=False,
    )
    since = models.DateField(_("affiliated since"))
    interval_months = models.PositiveSmallIntegerField(
        _("update interval"), help_text=_("Months between two updates, as they count today.")
    )
    asks_from = models.DateField(
        _("asked from"),
        help_text=_("No update is asked for before this day: a new or resumed affiliate has time."),
    )
    next_ask_on = models.DateField(
        _("next update asked on"),
        null=True,
        blank=True,
        db_index=True,
        help_text=_("The day on which the next request opens. Empty while none is owed."),
    )
    language = models.CharField(
        _("language"), max_length=16, blank=True, help_text=_("Of the mails to its contacts.")
    )
    reminders_paused_until = models.DateField(_("reminders paused until"), null=True, blank=True)
    created_at = models.DateTimeField(_("created"), auto_now_add=True)
    updated_at = models.DateTimeField(_("changed"), auto_now=True)

    class Meta:
        verbose_name = _("affiliation")
        verbose_name_plural = _("affiliations")
        ordering = ["name", "pk"]

    def __str__(self) -> str:
        return self.name

    def contact(self, role: ContactRole):
        """The contact with this role, or None. Costs no query if the contacts are prefetched."""
        return next((one for one in self.contacts.all() if one.role == role), None)

    @property
    def primary_contact(self):
        return self.contact(ContactRole.PRIMARY)

    @property
    def alternate_contact(self):
        return self.contact(ContactRole.ALTERNATE)

from django.db import models
from django.utils.translation import gettext_lazy as _

from affiliates.states import ContactRole


class Contact(models.Model):
    """A person to write to, from the application on, later for the affiliate. Never public."""

    application = models.ForeignKey(
        "affiliates.Application",
        on_delete=models.SET_NULL,
        null=True,
        blank=True,
        related_name="contacts",
    )
    affiliate = models.ForeignKey(
        "affiliates.AffiliatePage",
        on_delete=models.CASCADE,
        null=True,
        blank=True,
        related_name="contacts",
    )
    role = models.CharField(_("role"), max_length=16, choices=ContactRole.choices)
    name = models.CharField(_("name"), max_length=255)
    email = models.EmailField(_("e-mail"), max_length=254, db_index=True)
    email_key = models.CharField(
        max_length=254,
        db_index=True,
        editable=False,
        help_text=_("The address as it is compared: lower case, without +tag."),
    )
    phone = models.CharField(_("phone"), max_length=40, blank=True)
    confirmed_at = models.DateTimeField(_("confirmed"), null=True, blank=True)
    bounced_at = models.DateTimeField(_("bounced"), null=True, blank=True)

    class Meta:
        verbose_name = _("contact")
        verbose_name_plural = _("contacts")
        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["application", "role"],
                condition=models.Q(affiliate__isnull=True),
                name="one_contact_per_role",
            )
        ]

    def __str__(self) -> str:
        return f"{self.name} <{self.email}>"

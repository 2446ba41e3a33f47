from django.db import models
from django.utils.translation import gettext_lazy as _

from affiliates.core.states import ContactRole
from affiliates.models.application import new_link_nonce


class Contact(models.Model):
    """A person to write to, from the application on, later for the affiliate. Never public."""

    application = models.ForeignKey(
        "affiliates.Application",
        on_delete=models.SET_NULL,
        null=True,
        blank=True,
        related_name="contacts",
    )
    affiliation = models.ForeignKey(
        "affiliates.Affiliation",
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
    link_nonce = models.CharField(
        max_length=16,
        default=new_link_nonce,
        editable=False,
        help_text=_("Part of each link to an affiliate's contact; a new one makes older ones die."),
    )

    class Meta:
        verbose_name = _("contact")
        verbose_name_plural = _("contacts")
        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["application", "role"],
                condition=models.Q(affiliation__isnull=True),
                name="one_contact_per_role",
            ),
            models.UniqueConstraint(
                fields=["affiliation", "role"],
                condition=models.Q(affiliation__isnull=False),
                name="one_affiliate_contact_per_role",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.name} <{self.email}>"

import uuid

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from affiliates.core.people import NAME_LENGTH
from affiliates.core.states import AffiliationState, ContactRole, NoticeKind
from affiliates.models.application import new_link_nonce, reference_field
from affiliates.models.fields import known, optional_relation, part_of, state_field


class Affiliation(models.Model):
    """A group's membership in a program, one row per group. Private; it outlives the page.

    The translations of the page share it by ``group_key``, their translation key.
    """

    program = models.ForeignKey(
        "affiliates.AffiliateProgramPage",
        on_delete=models.PROTECT,
        related_name="affiliations",
        verbose_name=_("program"),
    )
    page = optional_relation(
        "affiliates.AffiliatePage",
        _("affiliate page"),
        field=models.OneToOneField,
        related_name="affiliation",
    )
    group_key = models.UUIDField(unique=True, default=uuid.uuid4, editable=False)
    name = models.CharField(_("name of the group"), max_length=255)
    region = models.CharField(
        _("state or province"),
        max_length=6,
        blank=True,
        help_text=_("As on its page, also if the page is gone."),
    )
    reference = reference_field(_("reference"))
    state = state_field(AffiliationState, AffiliationState.ACTIVE)
    since = models.DateField(_("affiliated since"))
    interval_months = models.PositiveSmallIntegerField(
        _("update interval"), help_text=_("Months between two updates, as they count today.")
    )
    asks_from = models.DateField(
        _("asked from"),
        help_text=_("No update is requested before this day: new affiliates have time."),
    )
    next_ask_on = models.DateField(
        _("next update asked on"),
        null=True,
        blank=True,
        db_index=True,
        help_text=_("The day the next request opens. Empty while none is due."),
    )
    language = models.CharField(
        _("language"), max_length=16, blank=True, help_text=_("Of the emails to its contacts.")
    )
    reminders_paused_until = models.DateField(_("reminders paused until"), null=True, blank=True)
    owner = optional_relation(settings.AUTH_USER_MODEL, _("owner"))
    backup = optional_relation(settings.AUTH_USER_MODEL, _("back-up"))
    welcomed_at = models.DateTimeField(
        _("welcomed"),
        null=True,
        blank=True,
        help_text=_("When staff sent the welcome to a group that joined without applying here."),
    )
    created_at = models.DateTimeField(_("created"), auto_now_add=True)
    updated_at = models.DateTimeField(_("changed"), auto_now=True)

    class Meta:
        verbose_name = _("affiliation")
        verbose_name_plural = _("affiliations")
        ordering = ["name", "pk"]

    def __str__(self) -> str:
        return self.name

    def contact(self, role: ContactRole):
        """Needs no query if the contacts are prefetched."""
        return next((one for one in known(self, "contacts") if one.role == role), None)

    @property
    def primary_contact(self):
        return self.contact(ContactRole.PRIMARY)

    @property
    def alternate_contact(self):
        return self.contact(ContactRole.ALTERNATE)

    @property
    def contact_for_news(self):
        """Whom staff ask about the group's news."""
        return self.contact(ContactRole.PRESS) or self.primary_contact or self.alternate_contact


class Contact(models.Model):
    """A person to write to about an application, and later the affiliate. Never public."""

    application = optional_relation("affiliates.Application", related_name="contacts")
    affiliation = part_of("affiliates.Affiliation", "contacts", null=True, blank=True)
    role = models.CharField(_("role"), max_length=16, choices=ContactRole.choices)
    name = models.CharField(_("name"), max_length=NAME_LENGTH)
    email = models.EmailField(_("email"), max_length=254, db_index=True)
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
        help_text=_("Part of each link to this contact; a new one makes older links stop working."),
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


class StaffNote(models.Model):
    """What staff want to remember about an affiliate. Neither the group nor the public sees it."""

    affiliation = part_of("affiliates.Affiliation", "notes")
    text = models.TextField(_("note"))
    written_at = models.DateTimeField(_("written"))
    written_by = optional_relation(settings.AUTH_USER_MODEL, _("written by"))

    class Meta:
        verbose_name = _("internal note")
        verbose_name_plural = _("internal notes")
        ordering = ["-written_at", "-pk"]

    def __str__(self) -> str:
        return f"{self.affiliation.name}: {self.text}"


class Notice(models.Model):
    """Something about an affiliate for staff to check off. Its deadline has the kind "notice"."""

    affiliation = part_of("affiliates.Affiliation", "notices")
    kind = models.CharField(_("kind"), max_length=24, choices=NoticeKind.choices)
    text = models.TextField(_("what happened"))
    noted_at = models.DateTimeField(_("noted"))
    seen_at = models.DateTimeField(_("seen"), null=True, blank=True)
    seen_by = optional_relation(settings.AUTH_USER_MODEL, _("seen by"))

    class Meta:
        verbose_name = _("notice")
        verbose_name_plural = _("notices")
        ordering = ["-noted_at", "-pk"]

    def __str__(self) -> str:
        return f"{self.get_kind_display()}: {self.affiliation.name}"


class ProfileChange(models.Model):
    """A contact's proposal to change the group's public page, and its outcome.

    ``changes`` maps fields (see ``portal.profile``) to ``{"before", "after"}``. A worker saves
    them as a draft under review in Wagtail (``revision``, with ``applied`` by field) and sets
    ``put_at``, which is empty for a new version. The contact may change it until it is decided.
    """

    affiliation = part_of("affiliates.Affiliation", "profile_changes")
    contact = optional_relation("affiliates.Contact")
    changes = models.JSONField(_("changes"), default=dict)
    version = models.PositiveIntegerField(default=1)
    sent_at = models.DateTimeField(_("sent"))
    applied = models.JSONField(default=dict)
    revision = optional_relation("wagtailcore.Revision")
    put_at = models.DateTimeField(_("under review since"), null=True, blank=True)
    question = models.TextField(_("what the reviewer would like to know"), blank=True)
    asked_at = models.DateTimeField(_("asked"), null=True, blank=True)
    stuck_at = models.DateTimeField(
        _("waiting for staff since"),
        null=True,
        blank=True,
        help_text=_("It cannot continue by itself, and staff were told why."),
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
        """Whether a reviewer asked for a change that the group has not sent yet."""
        return self.is_open and bool(self.asked_at and self.put_at)

    @property
    def wanted(self) -> dict[str, str]:
        return {name: values["after"] for name, values in self.changes.items()}

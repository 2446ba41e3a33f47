import uuid
from typing import TYPE_CHECKING

from django.conf import settings
from django.db import models
from django.utils.crypto import get_random_string
from django.utils.translation import gettext_lazy as _

from affiliates.core.regions import region_name
from affiliates.core.states import OPEN, ApplicationState, ContactRole, Scope, StatementKind
from affiliates.models.coverage import region_field
from affiliates.models.fields import known, optional_relation, part_of, state_field

if TYPE_CHECKING:
    from affiliates.models.affiliation import Contact


_OPEN = sorted(state.value for state in OPEN)
WORK_FIRST = (
    models.Case(
        models.When(state__in=_OPEN, then=models.Value(0)),
        default=models.Value(1),
        output_field=models.IntegerField(),
    ),
    models.Case(
        models.When(state__in=_OPEN, then=models.F("submitted_at")),
        output_field=models.DateTimeField(),
    ),
    models.F("submitted_at").desc(),
    models.F("id").desc(),
)
"""Open applications first, longest waiting first; then the others, newest first."""

REFERENCE_ALPHABET = "23456789ABCDEFGHJKMNPQRTUVWXYZ"
"""Without letters and digits that sound or look like another."""


def new_reference() -> str:
    """Such as ``K7M-4QX``, to be said on the phone."""
    letters = get_random_string(6, REFERENCE_ALPHABET)
    return f"{letters[:3]}-{letters[3:]}"


def reference_like(word: str) -> models.Q:
    """Whose ``reference`` begins with the word, or has it as one half: “k7m-4”, “K7M4QX”, “4qx”.

    Shorter words, and those with other characters, tell nothing about references.
    """
    letters = word.upper().replace("-", "")
    if not 3 <= len(letters) <= 6 or not set(REFERENCE_ALPHABET).issuperset(letters):
        return models.Q(pk__in=[])
    begins = models.Q(reference__startswith=f"{letters[:3]}-{letters[3:]}")
    return begins if letters[3:] else begins | models.Q(reference__endswith=f"-{letters}")


def reference_field(label=None):
    return models.CharField(
        label, max_length=16, unique=True, default=new_reference, editable=False
    )


def new_link_nonce() -> str:
    """Part of every link to an application; a new one invalidates the older links."""
    return get_random_string(8)


class Application(models.Model):
    """A group's application, from the first draft to the decision. Private, even when approved.

    ``links``: ``{"network", "url"}`` each. ``answers``: ``{"name", "label", "value"}`` each, in the
    order asked. ``form_data``: what was typed, while it is a draft.
    """

    program = models.ForeignKey(
        "affiliates.AffiliateProgramPage",
        on_delete=models.PROTECT,
        related_name="applications",
        verbose_name=_("program"),
    )
    reference = reference_field(_("reference"))
    state = state_field(ApplicationState, ApplicationState.DRAFT, max_length=24)
    submission_key = models.UUIDField(
        unique=True,
        default=uuid.uuid4,
        editable=False,
        help_text=_("Sent with the form, so that sending it twice leaves one application."),
    )
    content_hash = models.CharField(max_length=64, blank=True, editable=False)

    name = models.CharField(_("name of the group"), max_length=255, blank=True)
    region = region_field()
    scope = models.CharField(_("scope"), max_length=16, choices=Scope.choices, blank=True)
    locality = models.CharField(_("town or county"), max_length=255, blank=True)
    summary = models.TextField(_("about the group"), blank=True)
    links = models.JSONField(_("links"), default=list, blank=True)
    answers = models.JSONField(_("answers"), default=list, blank=True)
    language = models.CharField(_("language"), max_length=16, blank=True)
    form_data = models.JSONField(_("draft"), default=dict, blank=True, editable=False)
    draft_email = models.EmailField(_("draft saved for"), max_length=254, blank=True)
    address_key = models.CharField(
        max_length=254,
        blank=True,
        db_index=True,
        editable=False,
        help_text=_("The address that emails about this go to, as it is compared, for the quota."),
    )

    link_nonce = models.CharField(max_length=16, default=new_link_nonce, editable=False)
    network_hash = models.CharField(
        max_length=64,
        blank=True,
        editable=False,
        help_text=_("A keyed hash of the sender's network, for the quota only."),
    )
    created_at = models.DateTimeField(_("started"), auto_now_add=True)
    updated_at = models.DateTimeField(_("changed"), auto_now=True)
    submitted_at = models.DateTimeField(_("submitted"), null=True, blank=True, editable=False)
    decision_due_on = models.DateField(
        _("decision due"),
        null=True,
        blank=True,
        editable=False,
        help_text=_("The day that the group was told. It moves when the group is asked something."),
    )
    affiliate = optional_relation(
        "affiliates.AffiliatePage",
        _("affiliate page"),
        field=models.OneToOneField,
        editable=False,
        related_name="application",
    )
    review_stopped_at = models.DateTimeField(
        _("review stopped"),
        null=True,
        blank=True,
        editable=False,
        help_text=_("Someone ended its review without a decision. Only a person restarts it."),
    )

    class Meta:
        verbose_name = _("application")
        verbose_name_plural = _("applications")
        ordering = ["-submitted_at", "-pk"]
        indexes = [
            models.Index(fields=["network_hash", "created_at"], name="application_network"),
            models.Index(*WORK_FIRST, name="application_work_first"),
        ]

    def __str__(self) -> str:
        return f"{self.name or _('Draft')} ({self.reference})"

    def get_region_display(self) -> str:
        return region_name(self.region)

    @property
    def open_question(self) -> "InformationRequest | None":
        asked = known(self, "information_requests")  # A few at most.
        return next((one for one in asked if not (one.answered_at or one.dropped_at)), None)

    @property
    def primary_contact(self) -> "Contact | None":
        """None in drafts, and if personal data were deleted."""
        contacts = known(self, "contacts")  # Two at most.
        return next((one for one in contacts if one.role == ContactRole.PRIMARY), None)


class InformationRequest(models.Model):
    """A reviewer's question to a group, and its answer. Private."""

    application = part_of("affiliates.Application", "information_requests")
    question = models.TextField(_("question"), blank=True)
    asked_by = optional_relation(settings.AUTH_USER_MODEL, _("asked by"))
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


class Acceptance(models.Model):
    """A belief or obligation that a group accepted, when it applied or as a ``proof`` later: its
    exact text, and when.
    """

    application = part_of("affiliates.Application", "acceptances", null=True, blank=True)
    proof = part_of("affiliates.Proof", "acceptances", null=True, blank=True)
    kind = models.CharField(_("kind"), max_length=16, choices=StatementKind.choices)
    statement_id = models.CharField(max_length=64)
    text = models.TextField(_("text"))
    text_hash = models.CharField(
        max_length=64, help_text=_("SHA-256 of the text in Unicode NFC, in hexadecimal digits.")
    )
    accepted_at = models.DateTimeField(_("accepted"))

    class Meta:
        verbose_name = _("acceptance")
        verbose_name_plural = _("acceptances")
        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["application", "statement_id"], name="statement_accepted_once"
            ),
            models.UniqueConstraint(
                fields=["proof", "statement_id"], name="statement_accepted_once_as_proof"
            ),
        ]

    def __str__(self) -> str:
        return self.text


class Fingerprint(models.Model):
    """An indexed address, name and region, or link, to find look-alikes of an application."""

    application = part_of("affiliates.Application", "fingerprints")
    value = models.CharField(max_length=600, db_index=True)

    def __str__(self) -> str:
        return self.value

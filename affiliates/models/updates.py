import re
import textwrap
import uuid

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import models
from django.utils.translation import gettext_lazy as _
from wagtail.models import DraftStateMixin, RevisionMixin, WorkflowMixin
from wagtail.search import index

from affiliates.core.periods import Period
from affiliates.core.states import SupportState, UpdateKind, UpdateRequestState
from affiliates.core.text import clean_line, clean_text
from affiliates.models.application import reference_field
from affiliates.models.fields import optional_relation, part_of, state_field

TITLE_LENGTH = 80
SHORTEST_TITLE = 12
_BETWEEN_SENTENCES = re.compile(r"(?<=[.!?])\s")


def first_words(text: str) -> str:
    """The first sentence of a text, cut between words if it is long."""
    line = text.strip().partition("\n")[0]
    sentence = _BETWEEN_SENTENCES.split(line, maxsplit=1)[0]
    if len(sentence) < SHORTEST_TITLE:  # "Dr." is seldom a sentence of its own.
        sentence = line
    if len(sentence) <= TITLE_LENGTH:
        return sentence
    return textwrap.shorten(sentence, TITLE_LENGTH - 1, placeholder="").rstrip(".,;:!?") + "…"


class ContactUpdate(WorkflowMixin, DraftStateMixin, RevisionMixin, index.Indexed, models.Model):
    """What a contact told us, asked or not. Published ones appear on the affiliate's page.

    ``needs`` is as in ``SupportRequest``, ``version`` counts edits, ``warnings`` are for reviewers.
    """

    CONTENT = frozenset({"headline", "text", "go_live_at", "expire_at"})
    """What editors decide. An older revision restores only this."""

    affiliation = part_of("affiliates.Affiliation", "updates", verbose_name=_("affiliate"))
    request = optional_relation("affiliates.UpdateRequest", editable=False, related_name="updates")
    contact = optional_relation("affiliates.Contact", editable=False)
    entered_by = optional_relation(
        settings.AUTH_USER_MODEL,
        _("entered by"),
        editable=False,
        help_text=_("The member of staff who heard it from the group, such as by phone."),
    )
    key = models.UUIDField(
        unique=True,
        default=uuid.uuid4,
        editable=False,
        help_text=_("Sent with the form, so that sending it twice leaves one update."),
    )
    kind = models.CharField(_("kind"), max_length=16, choices=UpdateKind.choices, editable=False)
    headline = models.CharField(
        _("headline"),
        max_length=120,
        blank=True,
        help_text=_("Empty: the first words of the text."),
    )
    text = models.TextField(_("text"), blank=True)
    needs = models.JSONField(_("needs"), default=list, blank=True, editable=False)
    may_publish = models.BooleanField(_("may be published"), default=False, editable=False)
    version = models.PositiveIntegerField(default=1, editable=False)
    sent_at = models.DateTimeField(_("sent"), editable=False)
    warnings = models.JSONField(default=list, blank=True, editable=False)
    checked_at = models.DateTimeField(null=True, blank=True, editable=False)
    asked_changes = models.TextField(
        blank=True, editable=False, help_text=_("What a reviewer asked the group to change.")
    )
    declined_at = models.DateTimeField(null=True, blank=True, editable=False)
    decline_reason = models.TextField(blank=True, editable=False)
    moderation_stopped_at = models.DateTimeField(
        null=True,
        blank=True,
        editable=False,
        help_text=_("Someone ended its review without a decision. Only a person restarts it."),
    )

    search_fields = [index.SearchField("headline"), index.SearchField("text")]

    class Meta:
        verbose_name = _("update")
        verbose_name_plural = _("updates")
        ordering = ["-sent_at", "-pk"]

    def __str__(self) -> str:
        is_news = self.kind == UpdateKind.NEWS
        words = (is_news and self.title) or self.get_kind_display()
        return f"{self.affiliation.name}: {words}"

    @property
    def title(self) -> str:
        return self.headline or first_words(self.text)

    @property
    def is_for_the_public(self) -> bool:
        """News with a text that the group lets us publish. Nothing else is ever published."""
        return self.may_be_public and bool(self.text)

    @property
    def may_be_public(self) -> bool:
        return self.may_publish and self.kind == UpdateKind.NEWS

    def clean(self):
        super().clean()
        self.headline, self.text = clean_line(self.headline), clean_text(self.text)
        if self.may_be_public and not self.text:
            raise ValidationError({"text": _("There has to be a text, or else decline it.")})

    @classmethod
    def get_indexed_objects(cls):
        return (
            super().get_indexed_objects().filter(live=True, may_publish=True, kind=UpdateKind.NEWS)
        )

    def get_indexed_instance(self):
        return self if self.live and self.may_be_public else None

    def get_workflow(self):
        """The snippet type's workflow, else the program's; none for what is never public."""
        if not self.may_be_public:
            return None
        return self.get_default_workflow() or self.affiliation.program.get_workflow()

    def with_content_json(self, content):
        """Restore only ``CONTENT``; keep the present values of all else."""
        restored = super().with_content_json(content)
        for field in self._meta.concrete_fields:
            if field.name not in self.CONTENT:
                setattr(restored, field.attname, getattr(self, field.attname))
        # Keep related objects that were prefetched for many updates at once.
        restored._state.fields_cache.update(self._state.fields_cache)
        return restored


class UpdateRequest(models.Model):
    """The update that an affiliate owes for one period. Its deadline has the kind "update"."""

    affiliation = part_of("affiliates.Affiliation", "update_requests")
    reference = reference_field()
    period_start = models.DateField(_("first day of the period"))
    period_end = models.DateField(_("last day of the period"))
    due_on = models.DateField(_("due"))
    state = state_field(UpdateRequestState, UpdateRequestState.OPEN, db_index=False)
    opened_at = models.DateTimeField(_("opened"))
    put_off_at = models.DateTimeField(
        _("put off"),
        null=True,
        editable=False,
        help_text=_("When staff gave the group this due day. Emails from before are not sent."),
    )
    updated_at = models.DateTimeField(_("changed"), auto_now=True)

    class Meta:
        verbose_name = _("request for an update")
        verbose_name_plural = _("requests for updates")
        ordering = ["period_start", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["affiliation", "period_start"], name="one_request_per_period"
            )
        ]
        indexes = [
            models.Index(
                fields=["affiliation", "due_on"],
                name="update_request_open",
                condition=models.Q(state=UpdateRequestState.OPEN),
            )
        ]

    def __str__(self) -> str:
        return f"{self.affiliation.name}, {self.period.label}"

    @property
    def period(self) -> Period:
        return Period(self.period_start, self.period_end)


class SupportRequest(models.Model):
    """An affiliate's call for help, which we owe an answer. Its deadline has the kind "support".

    ``needs`` lists ``{"id", "text"}`` of the program's benefits that it asks for. Private.
    """

    affiliation = part_of("affiliates.Affiliation", "support_requests")
    update = optional_relation(
        "affiliates.ContactUpdate",
        _("update"),
        field=models.OneToOneField,
        related_name="support_request",
    )
    reference = reference_field()
    text = models.TextField(_("what the group wrote"), blank=True)
    needs = models.JSONField(_("needs"), default=list, blank=True)
    state = state_field(SupportState, SupportState.OPEN)
    assigned_to = optional_relation(settings.AUTH_USER_MODEL, _("assigned to"))
    opened_at = models.DateTimeField(_("opened"))
    due_on = models.DateField(_("answer due"))
    answer = models.TextField(_("answer"), blank=True)
    answered_at = models.DateTimeField(_("answered"), null=True, blank=True)
    answered_by = optional_relation(settings.AUTH_USER_MODEL, _("answered by"))
    updated_at = models.DateTimeField(_("changed"), auto_now=True)

    class Meta:
        verbose_name = _("call for help")
        verbose_name_plural = _("calls for help")
        ordering = ["-opened_at", "-pk"]

    def __str__(self) -> str:
        return f"{self.affiliation.name} ({self.reference})"

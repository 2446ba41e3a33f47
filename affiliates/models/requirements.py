"""What a program asks of its affiliates, and how each of them keeps it."""

from itertools import pairwise
from typing import Any

from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.utils.translation import gettext_lazy as _
from modelcluster.fields import ParentalKey
from modelcluster.models import ClusterableModel
from wagtail.contrib.forms.models import AbstractFormField

from affiliates.core.states import Actor, ChangeMeaning, StatementKind
from affiliates.core.text import clean_line, clean_text
from affiliates.models.fields import optional_relation, part_of
from affiliates.models.program_page import days

UPDATE = "update"
"""The kind that is proved by the regular update; its numbers are those of the Policy tab."""

LADDER_FIELDS = (
    *("ask_days", "reminder_days", "alternate_days", "attention_days", "call_days", "pause_days"),
)
"""In the order in which they follow one another; all but the first count after the due day."""

DAY_FIELDS = ("grace_days", *LADDER_FIELDS)


def months(label, help_text, **kwargs):
    return models.PositiveSmallIntegerField(
        label,
        null=True,
        blank=True,
        help_text=help_text,
        validators=[MinValueValidator(1), MaxValueValidator(60)],
        **kwargs,
    )


class Requirement(ClusterableModel):
    """What a program asks of each affiliate. ``kind`` names how it is proved, see
    ``affiliates.requirements.kinds``. ``statement_id``: the obligation that it belongs to.
    """

    program = part_of("affiliates.AffiliateProgramPage", "requirements", verbose_name=_("program"))
    kind = models.CharField(_("kind"), max_length=32)
    name = models.CharField(_("name"), max_length=80)
    sentence = models.TextField(
        _("what groups are told"),
        max_length=600,
        blank=True,
        help_text=_("One or two sentences: what you ask for, and why."),
    )
    statement_id = models.CharField(_("obligation"), max_length=36, blank=True)
    interval_months = months(
        _("how often"), _("Months until it is asked for again. Empty: once is enough."), default=12
    )
    first_days = days(_("time for the first one"), 30, _("Days that a group has at first."))
    grace_days = days(_("grace"), 0, _("Days after the due day before it counts as late."))
    ask_days = days(_("ask this many days before"), 14)
    reminder_days = days(_("remind after"), 7)
    alternate_days = days(_("write to the second contact, too, after"), 21)
    attention_days = days(_("mark as “needs attention” after"), 30)
    call_days = days(_("ask staff to call after"), 60)
    pause_days = days(_("offer staff to pause the listing after"), 90)
    sort_order = models.PositiveSmallIntegerField(_("place in the list"), default=0)
    retired_at = models.DateTimeField(_("no longer asked for since"), null=True, editable=False)

    class Meta:
        verbose_name = _("requirement")
        verbose_name_plural = _("requirements")
        ordering = ["sort_order", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["program"],
                condition=models.Q(kind=UPDATE),
                name="one_requirement_of_updates",
            )
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def is_of_updates(self) -> bool:
        return self.kind == UPDATE

    @property
    def own_numbers(self) -> tuple[str, ...]:
        """What staff may set for one group. How often it sends updates is said on its page."""
        return LADDER_FIELDS if self.is_of_updates else ("interval_months", *DAY_FIELDS)

    def days_of(self, name: str) -> int:
        """``name``: one of ``DAY_FIELDS``; updates have those of the Policy tab, without grace."""
        return (
            getattr(self.program, f"update_{name}") if self.is_of_updates else getattr(self, name)
        )

    def clean(self) -> None:
        """Raises ``ValidationError`` where a step of the ladder comes before an earlier one."""
        super().clean()
        self.name, self.sentence = clean_line(self.name), clean_text(self.sentence)
        for earlier, later in pairwise(LADDER_FIELDS[1:]):
            values = getattr(self, earlier), getattr(self, later)
            if None not in values and values[0] > values[1]:
                label = self._meta.get_field(earlier).verbose_name
                text = _("This has to be at least as many days as “%(earlier)s”.")
                raise ValidationError({later: text % {"earlier": label}})


class RequirementQuestion(AbstractFormField):
    requirement = ParentalKey(Requirement, on_delete=models.CASCADE, related_name="questions")

    class Meta(AbstractFormField.Meta):
        abstract = False
        verbose_name = _("question")
        verbose_name_plural = _("questions")


class Commitment(models.Model):
    """One affiliate's side of a requirement: proved when, due when, waived until when.

    The five days follow from ``due_on`` and the numbers, see ``affiliates.requirements.clocks``.
    Without ``due_on`` nothing is owed. ``offsets`` replaces days of the requirement's ladder by
    name, ``interval_months`` its interval. ``unknown_on``: since when nobody can tell whether it
    is kept. ``reason`` says why it is waived, put off or unknown.

    Of updates there is one only where staff decided something. What is owed is said by requests, so
    the only day is ``due_on``: that to which the next request was put off, until it opens.
    """

    requirement = part_of("affiliates.Requirement", "commitments")
    affiliation = part_of("affiliates.Affiliation", "commitments")
    proved_on = models.DateField(_("proved"), null=True, blank=True)
    due_on = models.DateField(_("due"), null=True, blank=True)
    ask_on = models.DateField(null=True, editable=False)
    late_on = models.DateField(null=True, editable=False)
    attention_on = models.DateField(null=True, editable=False)
    lapsed_on = models.DateField(null=True, editable=False)
    waived_on = models.DateField(_("waived"), null=True, blank=True)
    waived_until = models.DateField(_("waived until"), null=True, blank=True)
    unknown_on = models.DateField(_("unknown since"), null=True, blank=True)
    reason = models.TextField(_("reason"), blank=True)
    interval_months = months(_("own interval"), _("Empty: as the requirement says."))
    offsets = models.JSONField(_("own days"), default=dict, blank=True)

    class Meta:
        verbose_name = _("commitment")
        verbose_name_plural = _("commitments")
        ordering = ["requirement__sort_order", "requirement", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["affiliation", "requirement"], name="one_commitment_per_requirement"
            )
        ]
        indexes = [
            models.Index(
                fields=["requirement", "due_on"],
                name="commitment_due",
                condition=models.Q(due_on__isnull=False),
            ),
            models.Index(
                fields=["requirement"],
                name="commitment_own_days",
                condition=~models.Q(offsets={}),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.affiliation.name}: {self.requirement.name}"

    def days_of(self, name: str) -> int:
        """``name``: a field of the requirement's ladder."""
        own = self.offsets.get(name)
        return self.requirement.days_of(name) if own is None else int(own)


class Proof(models.Model):
    """What showed on a day that a commitment is kept: by whom, and what they gave. Rows are never
    changed. ``data`` is of the requirement's kind.
    """

    commitment = part_of("affiliates.Commitment", "proofs")
    proved_on = models.DateField(_("proved"))
    actor = models.CharField(_("who"), max_length=16, choices=Actor.choices)
    user = optional_relation(settings.AUTH_USER_MODEL, _("user"))
    contact = optional_relation("affiliates.Contact", _("contact"))
    note = models.TextField(_("note"), blank=True)
    data: Any = models.JSONField(default=dict, blank=True)
    at = models.DateTimeField(_("when"))

    class Meta:
        verbose_name = _("proof")
        verbose_name_plural = _("proofs")
        ordering = ["-at", "-pk"]

    def __str__(self) -> str:
        return f"{self.commitment}, {self.proved_on}"


class Document(models.Model):
    """A file that a group gave as proof. In the database, so that no address leads to it, and a
    backup has it; in a table of its own, so that no list loads it.
    """

    proof = models.OneToOneField(Proof, on_delete=models.CASCADE, related_name="document")
    name = models.CharField(_("name"), max_length=255)
    content_type = models.CharField(max_length=100)
    size = models.PositiveIntegerField(_("size in bytes"))
    content = models.BinaryField()

    class Meta:
        verbose_name = _("document")
        verbose_name_plural = _("documents")

    def __str__(self) -> str:
        return self.name


class PublishedStatement(models.Model):
    """The words of a belief or obligation as they were last published."""

    program = part_of("affiliates.AffiliateProgramPage", "published_statements")
    kind = models.CharField(max_length=16, choices=StatementKind.choices)
    statement_id = models.CharField(max_length=64)
    text = models.TextField()
    text_hash = models.CharField(max_length=64)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["program", "statement_id"], name="one_published_statement"
            )
        ]

    def __str__(self) -> str:
        return self.text


class StatementChange(models.Model):
    """A belief or obligation whose words editors changed or added (without ``before``), and what
    that means for affiliates. Undecided counts as at the next renewal.
    """

    program = part_of("affiliates.AffiliateProgramPage", "statement_changes")
    kind = models.CharField(max_length=16, choices=StatementKind.choices)
    statement_id = models.CharField(max_length=64)
    before = models.TextField(_("before"), blank=True)
    before_hash = models.CharField(max_length=64, blank=True)
    after = models.TextField(_("after"))
    after_hash = models.CharField(max_length=64)
    changed_at = models.DateTimeField(_("changed"))
    meaning = models.CharField(
        _("what groups do"), max_length=16, choices=ChangeMeaning.choices, blank=True
    )
    decided_at = models.DateTimeField(_("decided"), null=True, blank=True)
    decided_by = optional_relation(settings.AUTH_USER_MODEL, _("decided by"))

    class Meta:
        verbose_name = _("changed statement")
        verbose_name_plural = _("changed statements")
        ordering = ["changed_at", "pk"]

    def __str__(self) -> str:
        return self.after

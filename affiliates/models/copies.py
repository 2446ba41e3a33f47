"""What a page of an affiliate stands for, so that no copy becomes a second affiliate by accident.

Wagtail gives each copy a new translation key, however it is made, and copies all our fields.
"""

from typing import Any

from django.core.exceptions import ValidationError
from django.db import models
from django.utils.translation import gettext_lazy as _

from affiliates.core.states import CopyMeaning
from affiliates.models.fields import OwnKeyField

UNDECIDED = _("This page is a copy. Please say what it is meant to be before you publish it.")


class PageOfGroup(models.Model):
    """``own_key`` is the page's translation key when it was made or its meaning was chosen; in a
    copy they differ until then. ``group_key`` is that of the group's ``Affiliation``.
    """

    own_key = OwnKeyField(null=True, editable=False)
    group_key = OwnKeyField(null=True, editable=False, db_index=True)

    class Meta:
        abstract = True

    def save(self, *args: Any, **kwargs: Any) -> None:
        """A copy starts as a draft, even if it was to be published with its original."""
        page: Any = self
        if self.is_undecided and (page.pk is None or not page.live):
            page.live, page.has_unpublished_changes = False, True
            page.live_revision = page.first_published_at = page.last_published_at = None
        super().save(*args, **kwargs)

    def clean(self) -> None:
        super().clean()
        if self.is_undecided and getattr(self, "live", False):
            raise ValidationError(UNDECIDED)

    @property
    def is_undecided(self) -> bool:
        """Whether it is a copy, and nobody has said yet what it is meant to be."""
        return self._differs(self.own_key) and not self._is_alias

    @property
    def is_affiliate(self) -> bool:
        """Whether publishing it makes its group an affiliate, if it is none yet."""
        return not (self._is_alias or self.is_undecided or self._differs(self.group_key))

    @property
    def is_about_another(self) -> bool:
        """Whether it is one more page about the group of another page."""
        return self._differs(self.group_key) and not self._is_alias

    def decide(self, meaning: str) -> None:
        """Set what a copy is meant to be, without saving."""
        page: Any = self
        self.own_key = page.translation_key
        if meaning == CopyMeaning.GROUP:
            self.group_key = page.translation_key

    @property
    def _is_alias(self) -> bool:
        return getattr(self, "alias_of_id", None) is not None

    def _differs(self, key: Any) -> bool:
        page: Any = self
        return key not in (None, page.translation_key)

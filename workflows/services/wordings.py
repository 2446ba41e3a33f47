"""Changing what mails say."""

from typing import Any

from django.db import transaction
from wagtail.log_actions import log

from workflows.models import MailWording


@transaction.atomic
def save_wording(*, kind: str, language: str, subject: str, text: str, by: Any) -> MailWording:
    """Make this the wording of all mails of ``kind`` that are written from now on.

    Effects: the own wording is stored and Wagtail's log says by whom. Mails that were written
    already stay as they are. The caller has held the text against the kind's placeholders.
    """
    wording, is_new = MailWording.objects.update_or_create(
        kind=kind,
        language=language,
        defaults={"subject": subject, "text": text, "updated_by": by},
    )
    log(wording, "wagtail.create" if is_new else "wagtail.edit", user=by, content_changed=True)
    return wording


@transaction.atomic
def reset_wording(*, kind: str, language: str, by: Any) -> None:
    """Go back to the default wording. Does nothing if it is in use already.

    Effects: the own wording is deleted; Wagtail's log keeps what it said and who did this.
    """
    for wording in MailWording.objects.filter(kind=kind, language=language):
        was = {"subject": wording.subject, "text": wording.text}
        log(wording, "wagtail.delete", user=by, deleted=True, data=was)
        wording.delete()

"""Saving an application to finish it later, and forgetting what nobody finished."""

import uuid
from dataclasses import replace
from datetime import datetime, timedelta

from django.db import transaction

from affiliates.applications.mails.queueing import draft_saved, within_quota
from affiliates.applications.services.submission import claim_application, refuse_older_version
from affiliates.core.addresses import address_key
from affiliates.core.conf import settings
from affiliates.core.exceptions import KeyReused
from affiliates.core.states import ApplicationState
from affiliates.models import AffiliateProgramPage, Application
from affiliates.models.application import new_link_nonce
from affiliates.spam.form_tokens import FormToken
from workflows.mail.outbox import queue

DAYS_OF_GRACE = 7
"""How long a draft stays after its link has expired, for whoever asks for a new link."""


def save_draft(
    *,
    program: AffiliateProgramPage,
    key: uuid.UUID,
    form_token: FormToken,
    email: str,
    typed: dict[str, list[str]],
    language: str,
    now: datetime,
    network_hash: str = "",
) -> Application:
    """Keep what was typed, as it is, and mail the link to go on with it to ``email``.

    Effects, in one transaction: the draft with this key, new or changed; one mail, unless the link
    went to this address before. If the address changes, links to the older one die.
    Raises KeyReused if it was sent as an application already, and DraftChanged if it was saved from
    another window since this form was shown.
    """
    with transaction.atomic():
        draft = claim_application(program=program, key=key, network_hash=network_hash)
        if draft.state != ApplicationState.DRAFT:
            raise KeyReused(reference=draft.reference)
        refuse_older_version(draft, form_token)
        if draft.draft_email not in ("", email):
            draft.link_nonce = new_link_nonce()
        draft.form_data = {**typed, "form_token": form_token.text}
        draft.draft_email = email
        draft.address_key = address_key(email)
        draft.language = language
        draft.save()
        mail = replace(draft_saved(draft), occurrence=f"saved-{draft.link_nonce}")
        queue(within_quota(mail, draft, now=now), now=now)
    return draft


def delete_stale_drafts(*, now: datetime) -> int:
    """Delete drafts that were not touched since before their link expired; return how many.

    Effects: the rows are gone; mails about them stay, as mails do, without the text.
    """
    oldest = now - timedelta(days=settings.DRAFT_LINK_DAYS + DAYS_OF_GRACE)
    stale = Application.objects.filter(state=ApplicationState.DRAFT, updated_at__lt=oldest)
    return stale.delete()[1].get(Application._meta.label, 0)

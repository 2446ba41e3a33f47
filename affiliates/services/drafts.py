"""Saving an application to finish it later, and forgetting what nobody finished."""

import uuid
from dataclasses import replace
from datetime import datetime, timedelta

from django.db import transaction

from affiliates import mails
from affiliates.addresses import address_key
from affiliates.conf import settings
from affiliates.exceptions import KeyReused
from affiliates.models import AffiliateProgramPage, Application
from affiliates.models.application import new_link_nonce
from affiliates.services.applications import claim_application, refuse_older_window
from affiliates.spam.quotas import within_address_quota
from affiliates.spam.tickets import Ticket
from affiliates.states import ApplicationState
from workflows.services.outbox import queue

DAYS_OF_GRACE = 7
"""How long a draft stays after its link has expired, for whoever asks for a new link."""


def save_draft(
    *,
    program: AffiliateProgramPage,
    key: uuid.UUID,
    ticket: Ticket,
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
        refuse_older_window(draft, ticket)
        if draft.draft_email not in ("", email):
            draft.link_nonce = new_link_nonce()
        draft.form_data = {**typed, "form_token": ticket.text}
        draft.draft_email = email
        draft.address_key = address_key(email)
        draft.language = language
        draft.save()
        mail = replace(mails.draft_saved(draft), occurrence=f"saved-{draft.link_nonce}")
        queue(within_address_quota(mail, address_key=draft.address_key, now=now), now=now)
    return draft


def delete_stale_drafts(*, now: datetime) -> int:
    """Delete drafts that were not touched since before their link expired; return how many.

    Effects: the rows are gone; mails about them stay, as mails do, without the text.
    """
    oldest = now - timedelta(days=settings.DRAFT_LINK_DAYS + DAYS_OF_GRACE)
    stale = Application.objects.filter(state=ApplicationState.DRAFT, updated_at__lt=oldest)
    return stale.delete()[1].get(Application._meta.label, 0)

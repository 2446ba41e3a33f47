"""Calls for help, as an update of the group opens them."""

from uuid import uuid4

from affiliates.core.states import UpdateKind
from affiliates.updates.services.sending import UpdateContent, send_update


def call_for_help(group, *, now, text="We need a speaker in March.", needs=(), contact=None):
    update = send_update(
        affiliation=group,
        contact=contact or group.primary_contact,
        content=UpdateContent(UpdateKind.HELP, text=text, needs=list(needs)),
        key=uuid4(),
        now=now,
    )
    return update.support_request

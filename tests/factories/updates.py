"""Updates as contacts send them, and as they are once somebody has published them."""

from uuid import uuid4

from django.utils import timezone

from affiliates.core.states import UpdateKind
from affiliates.updates.services.sending import UpdateContent, send_update

NEWS = "We met the school board on Tuesday. It will write a new policy."


def sent(affiliation, text=NEWS, *, kind=UpdateKind.NEWS, may_publish=True, now=None, **kwargs):
    """An update that came in, as the service takes it."""
    return send_update(
        affiliation=affiliation,
        contact=kwargs.pop("contact", affiliation.primary_contact),
        content=UpdateContent(kind=kind, text=text, may_publish=may_publish, **kwargs),
        key=uuid4(),
        now=now or timezone.now(),
    )


def published(affiliation, text=NEWS, *, headline="", **kwargs):
    """One that is public, as if an editor had published it in Wagtail."""
    update = sent(affiliation, text, **kwargs)
    update.headline = headline
    update.save_revision().publish()
    update.refresh_from_db()
    return update

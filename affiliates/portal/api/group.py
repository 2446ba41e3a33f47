"""The API of a group's own page, by the token of its link. Private, never cached."""

import uuid
from datetime import datetime
from typing import Any

from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from ninja import Router

from affiliates.affiliations.services.reminders import longest_pause
from affiliates.api.problems import PAGE_NOT_PUBLIC, Mistake, Problem
from affiliates.api.schemas import Problem as ProblemOut
from affiliates.applications.api.flat import FlatLinks
from affiliates.core.exceptions import PageNotPublic
from affiliates.links.api import active_session_at, session_at
from affiliates.links.sessions import LinkSession
from affiliates.links.tokens import Purpose, sign
from affiliates.models import Affiliation, Contact, ProfileChange, UpdateRequest
from affiliates.portal import queries
from affiliates.portal.api import schemas
from affiliates.portal.api.contacts import check, own_contact, refusing
from affiliates.portal.api.schemas import LOOKING, SENDING
from affiliates.portal.forms import ProfileForm
from affiliates.portal.profile import BODY, Profile, labels
from affiliates.portal.services.profile_changes import propose_change
from affiliates.programs.promised_days import today_at
from affiliates.updates.api.requests import offers_of, own_update, take_update
from affiliates.updates.queries import when_asked_again
from affiliates.updates.services.sending import Shown

router = Router(tags=["Your group"])

FORMATTED = _(
    "This text has headings, lists or links, which would be lost. Leave it out, and write to our"
    " team what should be different."
)


@router.get(
    "affiliations/{token}/",
    response={200: schemas.OwnGroup, **LOOKING},
    summary="How the group stands, what it owes and is owed",
)
def get_group(request: HttpRequest, token: str) -> dict[str, Any]:
    """All that the group's own page shows. Looking changes nothing."""
    session, now = session_at(token, Purpose.AFFILIATE), timezone.now()
    affiliation, contact = session.affiliation, session.contact
    found = queries.own_details(affiliation, now)
    return {
        **found,
        "reference": affiliation.reference,
        "program": session.program.slug,
        "affiliate": affiliation.name,
        "state": affiliation.state,
        "open_requests": [_open(one, contact) for one in found["owed"]],
        "past_requests": found["periods"],
        "contacts": [own_contact(one, contact) for one in found["contacts"]],
        "reminders": {
            "paused_until": found["paused_until"],
            "longest_pause": longest_pause(affiliation, now),
        },
        "offers": offers_of(session.program),
        "version": str(uuid.uuid4()),
        **when_asked_again(affiliation),
        "url": found["page"].full_url if found["page"] else None,
    }


@router.post(
    "affiliations/{token}/updates/",
    response={200: schemas.ToldUpdate, 409: ProblemOut, **SENDING},
    summary="Tell something unasked, or change it",
)
def tell_update(request: HttpRequest, token: str, body: schemas.UnaskedUpdateIn) -> dict[str, Any]:
    """By the rules of the form on the page. It answers what is asked at the moment, too."""
    now = timezone.now()
    update = take_update(active_session_at(token, Purpose.AFFILIATE), body, now)
    session = session_at(token, Purpose.AFFILIATE)
    shown = own_update(session, update, now)
    return {
        "update": shown,
        "version": str(Shown.beside(update, can_change=shown["can_change"])),
        **when_asked_again(session.affiliation),
    }


@router.get(
    "affiliations/{token}/profile/",
    response={200: schemas.OwnProfile, **LOOKING},
    summary="What the public page says, and what is proposed",
)
def get_profile(request: HttpRequest, token: str) -> dict[str, Any]:
    """To make a form of it. Looking changes nothing."""
    return _own_profile(session_at(token, Purpose.AFFILIATE), timezone.now())


@router.put(
    "affiliations/{token}/profile/",
    response={200: schemas.OwnProfile, 409: ProblemOut, **SENDING},
    summary="Propose how the public page should be",
)
def propose_profile(request: HttpRequest, token: str, body: schemas.ProfileIn) -> dict[str, Any]:
    """A person reads it first; until then the page stays as it is. The same twice is no mistake."""
    session, now = active_session_at(token, Purpose.AFFILIATE), timezone.now()
    affiliation = session.affiliation
    try:
        with refusing(session):
            propose_change(
                affiliation=affiliation,
                contact=session.contact,
                values=_profile_in(affiliation, body),
                version=body.version,
                now=now,
            )
    except PageNotPublic:
        raise Problem(PAGE_NOT_PUBLIC) from None
    return _own_profile(session, now)


def _open(asked: UpdateRequest, contact: Contact) -> dict[str, Any]:
    return {
        "reference": asked.reference,
        "period": asked.period.label,
        "due_on": asked.due_on,
        "is_late": asked.is_late,  # type: ignore[attr-defined]
        "token": sign(asked.reference, contact.link_nonce, Purpose.UPDATE),
    }


def _own_profile(session: LinkSession, now: datetime) -> dict[str, Any]:
    affiliation = session.affiliation
    change = queries.open_change(affiliation)
    newest = queries.newest_change(affiliation, today_at(session.program, now))
    return {
        **_profiles(affiliation, change),
        "proposal": _proposal(newest) if newest else None,
        "version": change.version if change else 0,
    }


def _profiles(affiliation: Affiliation, change: ProfileChange | None) -> dict[str, Any]:
    try:
        public = queries.public_profile(affiliation)
    except PageNotPublic:
        return {"public": None, "wanted": None}
    return {"public": _shown(public), "wanted": _shown(queries.wanted_profile(affiliation, change))}


def _profile_in(affiliation: Affiliation, body: schemas.ProfileIn) -> Profile:
    wanted = queries.wanted_profile(affiliation, queries.open_change(affiliation))
    links = FlatLinks(body.links, affiliation.program.network_names)
    typed = {"title": body.name, "locality": body.locality, "summary": body.summary}
    text = wanted.get(BODY, "") if body.body is None else body.body
    form = ProfileForm(
        queries.public_page(affiliation), {**typed, BODY: text, **links.data}, wanted=wanted
    )
    is_formatted = body.body is not None and BODY not in wanted
    formatted = [Mistake((BODY,), str(FORMATTED), "formatted")] if is_formatted else []
    check(form, *links.mistakes, *formatted, **{**links.places, "title": ("name",)})
    return form.values()


def _shown(profile: Profile) -> dict[str, Any]:
    links = {
        name.removeprefix("link_"): url for name, url in profile.items() if name.startswith("link_")
    }
    return {
        **profile,
        "name": profile["title"],
        "body": profile.get(BODY),
        "links": [{"network": name, "url": url} for name, url in links.items() if url],
    }


def _proposal(newest: queries.ProposedChange) -> dict[str, Any]:
    change, known = newest.change, labels()
    state = ("asked" if change.is_asked else "open") if change.is_open else ""
    return {
        "state": state or ("accepted" if change.accepted_at else "declined"),
        "facts": [
            {"name": "name" if name == "title" else name, "label": str(known[name]), "text": text}
            for name, text in newest.wanted.items()
        ],
        "sent_at": change.sent_at,
        "read_by": newest.read_by,
        "question": change.question if change.is_asked else "",
        "reason": change.reason,
        "decided_at": change.accepted_at or change.declined_at,
    }

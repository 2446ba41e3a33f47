"""A change of the group's public page, proposed by the token of its own link."""

from collections.abc import Iterator
from datetime import datetime
from typing import Any

from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext_lazy
from ninja import Router

from affiliates.api.problems import PAGE_NOT_PUBLIC, PROPOSAL_CHANGED, Mistake, Problem, invalid
from affiliates.api.schemas import Problem as ProblemOut
from affiliates.applications.api.flat import FlatLinks
from affiliates.core.exceptions import ChangeRevised, NothingToChange, PageNotPublic
from affiliates.core.states import Network
from affiliates.links.api import active_session_at, session_at
from affiliates.links.sessions import LinkSession
from affiliates.links.tokens import Purpose
from affiliates.models import Affiliation, ProfileChange
from affiliates.portal.api.schemas import OwnProfile, ProfileIn
from affiliates.portal.details import ProposedChange, newest_change
from affiliates.portal.forms.profile import NOTHING_NEW, ProfileForm
from affiliates.portal.profile import BODY, LABELS, Profile, profile_of
from affiliates.portal.services.profile_changes import (
    open_change,
    propose_change,
    public_page,
    wanted_profile,
)
from affiliates.programs.promised_days import today_at

router = Router(tags=["Your group"])

FORMATTED = gettext_lazy(
    "This text has headings, lists or links, which would be lost. Leave it out, and write to our"
    " team what should be different."
)
LINK = "link_"


@router.get(
    "affiliations/{token}/profile/",
    response={200: OwnProfile, **dict.fromkeys((404, 410, 429), ProblemOut)},
    operation_id="getProfile",
    summary="What the public page says, and what is proposed",
)
def get_profile(request: HttpRequest, token: str) -> dict[str, Any]:
    """To make a form of it. Looking changes nothing."""
    return own_profile(session_at(token, Purpose.AFFILIATE), timezone.now())


@router.put(
    "affiliations/{token}/profile/",
    response={
        200: OwnProfile,
        **dict.fromkeys((400, 404, 409, 410, 413, 415, 422, 429), ProblemOut),
    },
    operation_id="proposeProfile",
    summary="Propose how the public page should be",
)
def propose_profile(request: HttpRequest, token: str, body: ProfileIn) -> dict[str, Any]:
    """A person reads it first; until then the page stays as it is. The same twice is no mistake."""
    session, now = active_session_at(token, Purpose.AFFILIATE), timezone.now()
    try:
        _propose(session, body, now)
    except PageNotPublic:
        raise Problem(PAGE_NOT_PUBLIC) from None
    except ChangeRevised:
        raise Problem(PROPOSAL_CHANGED) from None
    except NothingToChange:
        raise invalid(Mistake((), str(NOTHING_NEW), "unchanged")) from None
    return own_profile(session, now)


def own_profile(session: LinkSession, now: datetime) -> dict[str, Any]:
    affiliation = session.affiliation
    change = open_change(affiliation)
    newest = newest_change(affiliation, today_at(session.program, now))
    return {
        **_profiles(affiliation, change),
        "proposal": _proposal(newest) if newest else None,
        "version": change.version if change else 0,
    }


def _profiles(affiliation: Affiliation, change: ProfileChange | None) -> dict[str, Any]:
    try:
        public = profile_of(public_page(affiliation))
    except PageNotPublic:
        return {"public": None, "wanted": None}
    wanted = wanted_profile(affiliation, change)
    return {"public": _shown(public), "wanted": _shown(wanted)}


def _propose(session: LinkSession, body: ProfileIn, now: datetime) -> None:
    affiliation = session.affiliation
    page = public_page(affiliation)
    wanted = wanted_profile(affiliation, open_change(affiliation))
    links = FlatLinks(body.links)
    typed = {"title": body.name, "locality": body.locality, "summary": body.summary}
    text = wanted.get(BODY, "") if body.body is None else body.body
    form = ProfileForm(page, {**typed, BODY: text, **links.data}, wanted=wanted)
    mistakes = [*links.mistakes, *_mistakes(form, links)]
    if body.body is not None and BODY not in wanted:
        mistakes.append(Mistake((BODY,), str(FORMATTED), "formatted"))
    if mistakes:
        raise invalid(*mistakes)
    propose_change(
        affiliation=affiliation,
        contact=session.contact,
        values=form.values(),
        version=body.version,
        now=now,
    )


def _mistakes(form: ProfileForm, links: FlatLinks) -> Iterator[Mistake]:
    for name, errors in form.errors.get_json_data().items():
        place = links.places.get(name, ("name" if name == "title" else name,))
        for error in errors:
            yield Mistake(place, error["message"], error["code"] or "invalid")


def _shown(profile: Profile) -> dict[str, Any]:
    links = {network: profile[f"{LINK}{network}"] for network in Network}
    return {
        "name": profile["title"],
        "locality": profile["locality"],
        "summary": profile["summary"],
        "body": profile.get(BODY),
        "links": [{"network": name, "url": url} for name, url in links.items() if url],
    }


def _proposal(newest: ProposedChange) -> dict[str, Any]:
    change = newest.change
    return {
        "state": _state(newest),
        "facts": [
            {"name": "name" if name == "title" else name, "label": str(LABELS[name]), "text": text}
            for name, text in newest.wanted.items()
        ],
        "sent_at": change.sent_at,
        "read_by": newest.read_by,
        "question": change.question if change.is_asked else "",
        "reason": change.reason,
        "decided_at": change.accepted_at or change.declined_at,
    }


def _state(newest: ProposedChange) -> str:
    change = newest.change
    if change.is_open:
        return "asked" if change.is_asked else "open"
    return "accepted" if change.accepted_at else "declined"

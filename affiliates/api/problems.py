"""Errors as problem details (RFC 9457): each kind has a permanent name and a status."""

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import partial
from itertools import islice
from typing import Any

from django.http import HttpResponse
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

MEDIA_TYPE = "application/problem+json"
NAMESPACE = "urn:wagtail-affiliates:problem:"

MOST_MISTAKES = 50
LONGEST_NAME = 255
"""So much of the names that were sent stands in an answer. Ours are not longer."""


@dataclass(frozen=True)
class ProblemType:
    """A kind of error. ``detail``: default advice; ``calls``: the operations with it (else all)."""

    status: int
    name: str
    title: str | Promise
    detail: str | Promise
    calls: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        TYPES.append(self)

    @property
    def uri(self) -> str:
        return NAMESPACE + self.name


TYPES: list[ProblemType] = []

conflict = partial(ProblemType, 409)
gone = partial(ProblemType, 410)


@dataclass(frozen=True)
class Mistake:
    """An error at one place of the request; ``id`` is the statement that it is about."""

    location: tuple[str | int, ...]
    message: str
    code: str = "invalid"
    id: str = ""

    def as_json(self) -> dict[str, Any]:
        about = {"id": self.id} if self.id else {}
        place = [one[:LONGEST_NAME] if isinstance(one, str) else one for one in self.location]
        return {"location": place, "message": self.message, "code": self.code, **about}


UNREADABLE = ProblemType(
    400,
    "unreadable",
    _("The body cannot be read"),
    _("Send one JSON object in UTF-8, in which no name appears twice."),
)
TOKEN_NEEDED = ProblemType(
    401,
    "token-needed",
    _("The token of a link is needed"),
    _(
        "Send the token of a mailed link as “Authorization: Bearer …”. There was none, or it opens"
        " nothing here."
    ),
)
NOT_FOUND = ProblemType(
    404,
    "not-found",
    _("Not found"),
    _("There is nothing at this address. Every address of this API ends with a slash."),
)
METHOD = ProblemType(
    405,
    "method-not-allowed",
    _("Method not allowed"),
    _("The header Allow names the methods that work here."),
)
CLOSED = conflict(
    "program-closed",
    _("The program is closed"),
    _("The program does not take applications at the moment. Nothing was sent."),
    ("sendApplication",),
)
DRAFT_CHANGED = conflict(
    "draft-changed",
    _("The draft was saved elsewhere"),
    _(
        "This application was saved from another window since you opened it there. Nothing was"
        " changed now. To replace it with yours, send yours again with this “version”."
    ),
    ("sendApplication", "saveDraft"),
)
DECIDED = conflict(
    "already-decided",
    _("Already decided"),
    _("This application has been decided already. Nothing was changed."),
    ("withdrawApplication",),
)
QUESTION_CLOSED = conflict(
    "question-closed",
    _("No longer asked"),
    _("This question is no longer open: it was answered, or the review went on without an answer."),
    ("answerQuestion",),
)
QUESTION_CHANGED = conflict(
    "question-changed",
    _("Another question is open"),
    _("Something else was asked in the meantime. Read the new question before you answer it."),
    ("answerQuestion",),
)
UPDATE_CHANGED = conflict(
    "update-changed",
    _("Another update came in"),
    _(
        "Another update came in since you read this one, perhaps from someone else in your group."
        " Yours is not sent yet. To replace the other one, read it first and send yours with its"
        " “version”."
    ),
    ("sendUpdate", "tellUpdate"),
)
UPDATE_MODERATED = conflict(
    "update-moderated",
    _("The update was read"),
    _(
        "Your earlier update was read by our team in the meantime, so it can no longer be"
        " changed. To send yours as a new update, read again and send yours with the “version” that"
        " you get."
    ),
    ("sendUpdate", "tellUpdate"),
)
PROPOSAL_CHANGED = conflict(
    "proposal-changed",
    _("Something else was proposed"),
    _(
        "Something else was proposed since you read the profile, or our team decided about it."
        " Yours is not sent yet. Read the profile again, and send yours with its “version”."
    ),
    ("proposeProfile",),
)
PAGE_NOT_PUBLIC = conflict(
    "page-not-public",
    _("No public page"),
    _("Your group has no public page with us at the moment. Nothing was sent."),
    ("proposeProfile",),
)
AFFILIATION_ENDED = gone(
    "affiliation-ended",
    _("No longer an affiliate"),
    _("This group is no longer an affiliate. Nothing was sent."),
    (
        *("getUpdateRequest", "sendUpdate", "tellUpdate", "proposeProfile", "pauseReminders"),
        *("changeContact", "handOver", "nameSecondContact", "removeSecondContact"),
    ),
)
DRAFT_SENT = gone(
    "draft-sent",
    _("It was sent"),
    _("This application was sent or withdrawn. “status_url” shows its status."),
    ("getDraft",),
)
LINK_EXPIRED = gone(
    "link-expired",
    _("The link has expired"),
    _("Ask for a new link at “renew_url”. It is emailed to the address on record."),
)
LENGTH = ProblemType(
    411,
    "length-required",
    _("The length is missing"),
    _("Send the body in one piece, with the header Content-Length."),
)
TOO_LARGE = ProblemType(
    413, "too-large", _("The body is too large"), _("A complete application has about 10 kB.")
)
MEDIA = ProblemType(
    415,
    "unsupported-media-type",
    _("Not JSON"),
    _("Send the body as JSON, with the header “Content-Type: application/json”."),
)
INVALID = ProblemType(
    422,
    "invalid",
    _("Something is not right yet"),
    _("Nothing was stored. “errors” says what to change, and where it is in the request."),
)
KEY_REUSED = ProblemType(
    422,
    "key-reused",
    _("This key was used before"),
    _(
        "An application with other content came with this Idempotency-Key before. Send a new key"
        " with a new application."
    ),
    ("sendApplication", "saveDraft"),
)
TOO_MANY = ProblemType(
    429,
    "too-many-requests",
    _("Too many requests"),
    _("The header Retry-After says after how many seconds the next one is answered."),
)


class Problem(Exception):
    """The request cannot be answered as it is; see ``type``."""

    def __init__(
        self,
        kind: ProblemType,
        *,
        detail: str = "",
        mistakes: Iterable[Mistake] = (),
        headers: Mapping[str, str] | None = None,
        **members: str,
    ):
        super().__init__(kind.name)
        self.kind, self.detail = kind, detail
        self.mistakes = tuple(islice(mistakes, MOST_MISTAKES))
        self.headers, self.members = dict(headers or {}), members

    def as_json(self) -> dict[str, Any]:
        return {
            "type": self.kind.uri,
            "title": str(self.kind.title),
            "status": self.kind.status,
            "detail": self.detail or str(self.kind.detail),
            **({"errors": [one.as_json() for one in self.mistakes]} if self.mistakes else {}),
            **self.members,
        }

    def response(self) -> HttpResponse:
        return HttpResponse(
            json.dumps(self.as_json()),
            status=self.kind.status,
            content_type=MEDIA_TYPE,
            headers=self.headers,
        )


def invalid(*mistakes: Mistake) -> Problem:
    return Problem(INVALID, mistakes=mistakes)

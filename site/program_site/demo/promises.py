"""What the demo's program asks of its affiliates, and how made-up groups keep it: each kind of
requirement has a group in each state.
"""

from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any

from django.contrib.auth import get_user_model

from affiliates.core.states import Actor
from affiliates.models import (
    AffiliateProgramPage,
    Affiliation,
    Commitment,
    Requirement,
    RequirementQuestion,
)
from affiliates.models.requirements import UPDATE
from affiliates.programs.promised_days import today_at
from affiliates.requirements.documents import NewDocument
from affiliates.requirements.queries import active_affiliations, commitments_of
from affiliates.requirements.services.committing import save_requirement
from affiliates.requirements.services.deciding import decisions_on
from affiliates.requirements.services.proving import cannot_tell, prove, put_off, waive
from program_site.demo import neighbors, people
from program_site.demo.clock import set_back

INTRODUCED = timedelta(days=38)
FIRST_DAYS = 30
"""Whoever did nothing since then is eight days late."""

PROVED = timedelta(days=20)
AHEAD = timedelta(days=10)

NOT_REACHED = "Its website did not answer."
WORDS = "We link to the Alliance for its positions, and say that ours are our own."
BYLAWS = (
    b"%PDF-1.4\n1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj\n"
    b"2 0 obj<</Type/Pages/Kids[3 0 R]/Count 1>>endobj\n"
    b"3 0 obj<</Type/Page/Parent 2 0 R/MediaBox[0 0 300 200]>>endobj\n"
    b"trailer<</Root 1 0 R>>\n%%EOF\n"
)
"""A PDF of one empty page."""


@dataclass(frozen=True)
class Asked:
    """``obligation``: its number on the program page, from 0. ``proof``: what a group gives."""

    kind: str
    name: str
    sentence: str
    obligation: int | None = None
    interval_months: int | None = 12
    proof: dict[str, Any] = field(default_factory=dict)


ASKED = (
    Asked(
        "reaffirm",
        "Beliefs and promises affirmed",
        "Once a year we ask each group whether it still shares our beliefs and keeps our promises.",
        obligation=0,
    ),
    Asked(
        "contact",
        "A contact who answers",
        "We want to be sure that we still write to the right person.",
        obligation=1,
    ),
    Asked(
        "badge",
        "The badge is shown",
        "Show our badge on your website or social media, so that people find both of us.",
        obligation=2,
        proof={"data": {"link": "https://www.example.org/about-us"}},
    ),
    Asked(
        "declared",
        "Sends people to us for our positions",
        "Your group speaks for itself. Tell us how you point people to the Alliance for ours.",
        obligation=3,
        proof={"note": WORDS},
    ),
    Asked(
        "document",
        "Bylaws or charter on file",
        "Please send us the newest version of your bylaws, your charter, or what you have instead.",
        interval_months=None,
        proof={"document": NewDocument("bylaws.pdf", "application/pdf", BYLAWS)},
    ),
    Asked(
        "questions",
        "Your group in numbers",
        "Two short questions, so that we can say how many of us there are.",
        proof={
            "data": {
                "answers": [
                    {
                        "name": "how_many_people_take_part",
                        "label": "How many people take part?",
                        "value": "35",
                    }
                ]
            }
        },
    ),
)

QUESTIONS = (
    {"label": "How many people take part?", "field_type": "number", "required": True},
    {
        "label": "Who leads your group? Names and offices",
        "field_type": "multiline",
        "required": False,
    },
)

LATE = (neighbors.LATE, neighbors.SILENT)
DUE = neighbors.DUE
UNKNOWN = neighbors.NEWS
"""Its website cannot be reached; the rest it has proved."""
WAIVED = neighbors.HELP
"""All others have proved everything."""


def relive(program: AffiliateProgramPage, *, now: datetime) -> None:
    with set_back(now - INTRODUCED):
        for number, asked in enumerate(ASKED, start=1):
            introduce(program, asked, number, now - INTRODUCED)
    with set_back(now - PROVED):
        for group in active_affiliations(program).select_related("program"):
            for commitment in group.commitments.select_related("requirement"):
                act(commitment, group, now)
        let_off_updates(program, now)


def let_off_updates(program: AffiliateProgramPage, now: datetime) -> None:
    """Of updates there is no commitment before our team decides something."""
    updates = program.requirements.get(kind=UPDATE)
    found = commitments_of(updates, active_affiliations(program).filter(name=WAIVED))
    decisions_on(updates).waive(commitments=found, **waiver(program, now))


def waiver(program: AffiliateProgramPage, now: datetime) -> dict[str, Any]:
    return {
        "until": date(today_at(program, now).year + 1, 1, 31),
        "reason": "They have their hands full with the school board.",
        "user": get_user_model().objects.get(username=people.ADMIN.username),
        "now": now - PROVED,
    }


def introduce(program: AffiliateProgramPage, asked: Asked, number: int, at: datetime) -> None:
    obligations = program.statements("obligations")
    requirement = Requirement(
        program=program,
        kind=asked.kind,
        name=asked.name,
        sentence=asked.sentence,
        statement_id="" if asked.obligation is None else obligations[asked.obligation].id,
        interval_months=asked.interval_months,
        first_days=FIRST_DAYS,
        sort_order=number,
    )
    if asked.kind == "questions":
        requirement.questions = [
            RequirementQuestion(sort_order=place, **question)
            for place, question in enumerate(QUESTIONS)
        ]
    save_requirement(requirement=requirement, now=at)


def act(commitment: Commitment, group: Affiliation, now: datetime) -> None:
    """What the group or our team did about it."""
    commitment.affiliation = group
    by = get_user_model().objects.get(username=people.ADMIN.username)
    said: dict[str, Any] = {"commitments": [commitment], "user": by, "now": now - PROVED}
    if group.name in LATE:
        return
    if group.name == DUE:
        put_off(until=ahead(group, now), reason="They asked for a little more time.", **said)
    elif group.name == UNKNOWN and commitment.requirement.kind == "badge":
        cannot_tell(commitment=commitment, reason=NOT_REACHED, now=now - PROVED)
    elif group.name == WAIVED:
        waive(commitments=[commitment], **waiver(group.program, now))
    else:
        [asked] = [one for one in ASKED if one.kind == commitment.requirement.kind]
        proof = dict(asked.proof)
        if asked.kind == "reaffirm":
            proof["accepted"] = group.program.statements_to_accept()
        contact = group.primary_contact
        who = {"actor": Actor.CONTACT, "contact": contact} if contact else staff(by)
        prove(commitment=commitment, now=now - PROVED, **who, **proof)


def staff(by: Any) -> dict[str, Any]:
    return {"actor": Actor.STAFF, "user": by}


def ahead(group: Affiliation, now: datetime) -> date:
    return today_at(group.program, now) + AHEAD

"""The groups that apply in the demo, what they write, and what became of it so far.

Days are business days before the demo's first start. All of it is made up.
"""

from dataclasses import dataclass
from enum import StrEnum


class Deed(StrEnum):
    """What somebody does about an application. Staff act in Wagtail, by these names."""

    SUBMIT = "submit"
    START = "start"
    ASK = "reject"
    ANSWER = "answer"
    APPROVE = "approve"
    DECLINE = "decline"


@dataclass(frozen=True)
class Event:
    """``days_ago`` business days, at ``hour`` where the program is."""

    days_ago: int
    deed: Deed
    text: str = ""
    by: str = "reviewer"
    """The username, where staff act."""

    hour: int = 10


@dataclass(frozen=True)
class ApplyingGroup:
    """``fields`` are those of the application form. ``story`` is in the order of time."""

    fields: dict[str, str]
    story: tuple[Event, ...]
    answers: tuple[str, ...]
    """To the program's extra questions, in their order."""


def applied(days_ago: int, *later: Event) -> tuple[Event, ...]:
    """The worker that starts a review is never far behind."""
    return (Event(days_ago, Deed.SUBMIT), Event(days_ago, Deed.START), *later)


# Eight days for a promise of five: on its first start, the demo tells the escalation group.
OVERDUE = ApplyingGroup(
    {
        "name": "Gentle Schools Ohio",
        "region": "US-OH",
        "scope": "state",
        "summary": (
            "Parents and retired teachers who visit school boards across Ohio and show them how "
            "calm rooms, time and trust work better than holds and locked doors."
        ),
        "link_website": "https://gentle-schools.example.org/",
        "contact_name": "Maria Santos",
        "contact_email": "maria@gentle-schools.example.org",
        "contact_phone": "614 555 0142",
        "alternate_name": "Jo Whitfield",
        "alternate_email": "jo@gentle-schools.example.org",
    },
    applied(8),
    ("A bill that makes schools report every restraint.", "51 to 200", "At a hearing"),
)

IN_REVIEW = ApplyingGroup(
    {
        "name": "Quiet Corner Parents",
        "region": "US-WA",
        "scope": "local",
        "locality": "Spokane",
        "summary": "Families in Spokane who sit beside each other at school meetings.",
        "link_facebook": "https://www.facebook.com/quietcornerparents",
        "contact_name": "Dev Patel",
        "contact_email": "dev@quiet-corner.example.org",
        "contact_phone": "509 555 0117",
    },
    applied(2),
    ("", "1 to 10", "From a friend"),
)

ASKED = ApplyingGroup(
    {
        "name": "Ontario Voices for Calm Classrooms",
        "region": "CA-ON",
        "scope": "provincial",
        "summary": "We collect what children say about seclusion, and bring it to the ministry.",
        "link_website": "https://calm-classrooms.example.org/",
        "contact_name": "Noor Haddad",
        "contact_email": "noor@calm-classrooms.example.org",
        "contact_phone": "416 555 0191",
    },
    applied(
        5,
        Event(
            3,
            Deed.ASK,
            "Do you speak for your own group only, or for the school boards that you work with, "
            "too?",
        ),
    ),
    ("Listening days in twelve schools.", "11 to 50", ""),
)

ANSWERED = ApplyingGroup(
    {
        "name": "Open Doors Oregon",
        "region": "US-OR",
        "scope": "state",
        "summary": "People who were secluded as children, now working so that nobody else is.",
        "link_instagram": "https://www.instagram.com/opendoorsoregon",
        "contact_name": "Sky Turner",
        "contact_email": "sky@open-doors.example.org",
        "contact_phone": "503 555 0128",
    },
    applied(
        6,
        Event(5, Deed.ASK, "Where can people find your group online, besides Instagram?"),
        Event(
            1,
            Deed.ANSWER,
            "Our website is nearly ready. Until then: hello@open-doors.example.org.",
        ),
    ),
    ("", "11 to 50", "On Instagram"),
)

APPROVED = ApplyingGroup(
    {
        "name": "Safe Hands Pennsylvania",
        "region": "US-PA",
        "scope": "state",
        "summary": "Trains school staff in Pennsylvania to help children calm down without force.",
        "link_website": "https://safe-hands.example.org/",
        "contact_name": "Grace Okafor",
        "contact_email": "grace@safe-hands.example.org",
        "contact_phone": "215 555 0164",
    },
    applied(12, Event(9, Deed.APPROVE, "Strong work, welcome!", by="colleague")),
    ("Training for bus drivers.", "51 to 200", "From another affiliate"),
)

DECLINED = ApplyingGroup(
    {
        "name": "Firm Rules Academy",
        "region": "US-TX",
        "scope": "local",
        "locality": "Waco",
        "summary": "Courses that help schools to manage behavior with rewards and penalties.",
        "link_website": "https://firm-rules.example.org/",
        "contact_name": "Chris Miller",
        "contact_email": "chris@firm-rules.example.org",
        "contact_phone": "254 555 0175",
    },
    applied(
        15,
        Event(
            13,
            Deed.DECLINE,
            "Your courses rest on rewards and penalties. Our third core belief says that we do "
            "not support approaches of that kind.",
        ),
    ),
    ("", "1 to 10", ""),
)

GROUPS = (OVERDUE, IN_REVIEW, ASKED, ANSWERED, APPROVED, DECLINED)

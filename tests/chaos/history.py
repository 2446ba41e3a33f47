"""Compares what people and the mail server saw with what the database says once all is at rest."""

from collections import Counter, defaultdict
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

NO_SUCH_PERSON, REFUSED = "no-such-person-", "refused-"
"""How addresses begin to which the mail server never takes a mail, by a 5xx."""

CONFIRMATION = "application_received"
CLOCKS = ("review: running", "review_start: started")
"""Of an application whose review runs."""
STEPS = ("ask",)
"""What is taken of the deadline of a request for an update."""


@dataclass(frozen=True)
class Acknowledged:
    """From the applicants' journal."""

    reference: str
    address: str


@dataclass(frozen=True)
class Accepted:
    """From the mail server's journal."""

    message_id: str
    recipient: str
    digest: str


@dataclass(frozen=True)
class StoredApplication:
    reference: str
    address: str
    clocks: tuple[str, ...]
    """Kind and outcome of each of its deadlines."""


@dataclass(frozen=True)
class StoredMail:
    kind: str
    recipient: str
    message_id: str
    state: str
    uncertain_attempts: int


@dataclass(frozen=True)
class StoredDeadline:
    """Of a request for an update. Its step comes due during the run, and is a mail."""

    address: str
    steps: tuple[str, ...]


@dataclass
class History:
    groups: list[str] = field(default_factory=list)
    """Addresses of those who are to be asked for an update."""
    acknowledged: list[Acknowledged] = field(default_factory=list)
    accepted: list[Accepted] = field(default_factory=list)
    applications: list[StoredApplication] = field(default_factory=list)
    mails: list[StoredMail] = field(default_factory=list)
    deadlines: list[StoredDeadline] = field(default_factory=list)

    @property
    def repeated(self) -> int:
        """Mails that were accepted more than once, counting each time after the first."""
        return len(self.accepted) - len({one.message_id for one in self.accepted})

    @property
    def flagged(self) -> int:
        """Attempts that the site itself calls uncertain."""
        return sum(mail.uncertain_attempts for mail in self.mails)


Complaints = Iterator[str]


def complaints(history: History) -> list[str]:
    """What is wrong, in words; empty if every promise was kept."""
    return [sentence for check in CHECKS for sentence in check(history)]


def applications_are_there_once(history: History) -> Complaints:
    stored = Counter((one.reference, one.address) for one in history.applications)
    acknowledged = {(one.reference, one.address) for one in history.acknowledged}
    for reference, address in sorted(acknowledged - stored.keys()):
        yield f"lost: application {reference} of {address} was acknowledged, and is not there"
    for reference, address in sorted(stored.keys() - acknowledged):
        yield f"doubled: nobody was told of application {reference} of {address}"
    for (reference, address), number in stored.items():
        if number > 1:
            yield f"doubled: application {reference} of {address} is there {number} times"


def confirmations_are_sent_once(history: History) -> Complaints:
    rows = defaultdict(list)
    for mail in history.mails:
        if mail.kind == CONFIRMATION:
            rows[mail.recipient].append(mail)
    letters = letters_to(history)
    for address in sorted({one.address for one in history.acknowledged}):
        if len(rows[address]) != 1:
            yield f"confirmation: {address} has {len(rows[address])} in the outbox"
        expected = 0 if is_undeliverable(address) else 1
        if len(letters[address]) != expected:
            yield f"confirmation: {address} got {len(letters[address])} different mails"


def mails_end_as_the_server_saw(history: History) -> Complaints:
    times = Counter(one.message_id for one in history.accepted)
    for mail in history.mails:
        taken = times[mail.message_id]
        what = f"mail {mail.kind} to {mail.recipient}"
        expected = "failed" if is_undeliverable(mail.recipient) else "sent"
        if mail.state != expected:
            yield f"state: {what} is {mail.state}, not {expected}"
        if mail.state == "sent" and not taken:
            yield f"lost: {what} is sent, and the mail server never took it"
        if taken > 1 + mail.uncertain_attempts:
            yield (
                f"repeated: {what} was taken {taken} times, "
                f"and {mail.uncertain_attempts} attempts are flagged as uncertain"
            )


def mails_are_those_of_the_outbox(history: History) -> Complaints:
    known = {(mail.message_id, mail.recipient) for mail in history.mails}
    digests = defaultdict(set)
    for one in history.accepted:
        digests[one.message_id].add(one.digest)
        if (one.message_id, one.recipient) not in known:
            yield f"unknown: {one.recipient} got {one.message_id}, which is not in the outbox"
    for message_id, different in digests.items():
        if len(different) > 1:
            yield f"changed: {message_id} was sent in {len(different)} versions"


def reviews_run_once(history: History) -> Complaints:
    for one in history.applications:
        if tuple(sorted(one.clocks)) != CLOCKS:
            yield f"review: application {one.reference} has the clocks {', '.join(one.clocks)}"


def steps_are_taken_once(history: History) -> Complaints:
    letters = letters_to(history)
    taken = defaultdict(list)
    for one in history.deadlines:
        taken[one.address].append(one.steps)
    for address in history.groups:
        if taken[address] != [STEPS]:
            yield f"deadline: the steps for {address} were {taken[address]}, not {[STEPS]}"
        if len(letters[address]) != 1:
            yield f"deadline: {address} got {len(letters[address])} different mails"


CHECKS: tuple[Callable[[History], Complaints], ...] = (
    applications_are_there_once,
    confirmations_are_sent_once,
    mails_end_as_the_server_saw,
    mails_are_those_of_the_outbox,
    reviews_run_once,
    steps_are_taken_once,
)


def letters_to(history: History) -> dict[str, set[str]]:
    """The Message-IDs that each address got."""
    letters: dict[str, set[str]] = defaultdict(set)
    for one in history.accepted:
        letters[one.recipient].add(one.message_id)
    return letters


def is_undeliverable(address: str) -> bool:
    return address.startswith((NO_SUCH_PERSON, REFUSED))

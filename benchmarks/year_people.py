"""What the people of ``year.py`` do, and workers that look, by the real services."""

from collections.abc import Iterable, Iterator
from datetime import date, datetime
from uuid import uuid4
from zoneinfo import ZoneInfo

from django.contrib.auth.models import Group, User
from wagtail.models import Site

from affiliates.affiliations.services.endings import end_affiliation
from affiliates.affiliations.services.lifecycle import pause_affiliation
from affiliates.affiliations.services.listing import resume_affiliation
from affiliates.core.states import UpdateKind, UpdateRequestState
from affiliates.models import AffiliateProgramPage, Affiliation, UpdateRequest
from affiliates.transfer.importing.tables import read_table
from affiliates.transfer.services.importing import import_affiliates
from affiliates.updates.services.asking import open_due_requests
from affiliates.updates.services.sending import UpdateContent, send_update
from benchmarks.year_oracle import Life, Promises
from workflows.deadlines.sweep import sweep
from workflows.mail.bounces import note_report
from workflows.mail.delivery import deliver_due
from workflows.models import OutgoingMail

HEADINGS = "region,name,about,contact name,contact email,second contact,second contact email"


class People:
    def __init__(self, programs: Iterable[Promises], lives: Iterable[Life]) -> None:
        self.boss = User.objects.create_superuser("boss")
        self.programs = {promises.name: _program(promises) for promises in programs}
        self.zones = {promises.name: ZoneInfo(promises.zone) for promises in programs}
        self.lives = {life.name: life for life in lives}

    def morning(self, promises: Promises, now: datetime) -> None:
        today = self._today(promises, now)
        for life in self._with(promises, resumes=today):
            resume_affiliation(affiliation=_group(life), user=self.boss, now=now)
        self._look(now)

    def evening(self, promises: Promises, now: datetime) -> None:
        today = self._today(promises, now)
        self._answer_or_bounce(promises, today, now)
        for life in self._with(promises, pauses=today):
            pause_affiliation(affiliation=_group(life), user=self.boss, reason="Rest.", now=now)
        for life in self._with(promises, ends=today):
            end_affiliation(affiliation=_group(life), user=self.boss, reason="Moved.", now=now)
        self._join(promises, today)
        self._look(now)

    def mails(self) -> Iterator[tuple[str, str, date]]:
        """All that were sent, with the days in their programs."""
        zones = {
            address: self.zones[life.program]
            for life in self.lives.values()
            for address in (life.contact, life.second)
        }
        found = OutgoingMail.objects.exclude(sent_at=None)
        for kind, address, sent_at in found.values_list("kind", "recipient", "sent_at"):
            zone = zones.get(address) or self.zones[_program_of(address)]
            yield kind, address, sent_at.astimezone(zone).date()

    def _look(self, now: datetime) -> None:
        open_due_requests(now=now)
        sweep(now=now)
        deliver_due()

    def _today(self, promises: Promises, now: datetime) -> date:
        return now.astimezone(self.zones[promises.name]).date()

    def _with(self, promises: Promises, **days: date) -> list[Life]:
        [(name, day)] = days.items()
        return [
            life
            for life in self.lives.values()
            if life.program == promises.name and getattr(life, name) == day
        ]

    def _join(self, promises: Promises, today: date) -> None:
        rows = [
            f"Ohio,{life.name},Works for safe schools.,Kim,{life.contact}"
            f",{'Lea' if life.second else ''},{life.second}"
            for life in self._with(promises, joins=today)
        ]
        if rows:
            table = read_table("\n".join([HEADINGS, *rows]).encode())
            import_affiliates(program=self.programs[promises.name], table=table, by=self.boss)

    def _answer_or_bounce(self, promises: Promises, today: date, now: datetime) -> None:
        """As the lives say. Days are counted from the one on which a group was asked."""
        program, zone = self.programs[promises.name], self.zones[promises.name]
        is_open = {"state": UpdateRequestState.OPEN, "affiliation__program": program}
        asked = UpdateRequest.objects.filter(**is_open).values_list(
            "affiliation__name", "opened_at"
        )
        days: dict[str, set[int]] = {}
        for name, opened_at in asked.values_list("affiliation__name", "opened_at"):
            days.setdefault(name, set()).add((today - opened_at.astimezone(zone).date()).days)
        for life in map(self.lives.__getitem__, days):
            if life.comes_back and 0 in days[life.name] and _comes_back(life):
                continue
            if life.answers_after in days[life.name]:
                _answer(_group(life), now)


def _answer(group: Affiliation, now: datetime) -> None:
    writers = (group.primary_contact, group.alternate_contact)
    contact = next((one for one in writers if one and not one.bounced_at), None)
    if contact:
        quiet = UpdateContent(UpdateKind.QUIET)
        send_update(affiliation=group, contact=contact, content=quiet, key=uuid4(), now=now)


def _comes_back(life: Life) -> bool:
    """Reports, once, that mail to the first contact came back (RFC 3464)."""
    mail = OutgoingMail.objects.filter(recipient=life.contact).exclude(sent_at=None).latest("pk")
    if not _group(life).primary_contact.bounced_at:
        return bool(note_report(message=REPORT.format(life.contact, mail.message_id).encode()))
    return False


REPORT = """\
Content-Type: multipart/report; report-type=delivery-status; boundary=b

--b
Content-Type: message/delivery-status

Reporting-MTA: dns; example.org

Final-Recipient: rfc822; {}
Action: failed
Status: 5.1.1

--b
Content-Type: text/rfc822-headers

Message-ID: {}

--b--
"""


def _group(life: Life) -> Affiliation:
    return Affiliation.objects.get(name=life.name)


def _program_of(address: str) -> str:
    return address.partition("@")[2].partition(".")[0].title()


def _program(promises: Promises) -> AffiliateProgramPage:
    numbers = {
        "update_interval_months": promises.interval,
        "update_ask_days": promises.ask,
        "update_reminder_days": promises.remind,
        "update_alternate_days": promises.second_contact,
        "update_attention_days": promises.attention,
        "update_call_days": promises.call,
        "update_pause_days": promises.offer_pause,
    }
    program = AffiliateProgramPage(
        title=promises.name,
        introduction="<p>Groups that want every child to be safe.</p>",
        how_to_apply="<p>Have your links at hand.</p>",
        contact_name="Ada Berg",
        contact_email="program@example.org",
        time_zone=promises.zone,
        sending_hour=promises.hour,
        review_group=_people(promises.reviewer),
        escalation_group=_people(promises.escalation),
        **numbers,
    )
    return Site.objects.get(is_default_site=True).root_page.add_child(instance=program)


def _people(address: str) -> Group:
    user = User.objects.create(username=address, email=address)
    group = Group.objects.create(name=address)
    group.user_set.add(user)
    return group

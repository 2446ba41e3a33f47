"""Made-up affiliates of the demo that have been there for a while, and how their updates stand.

One update is due, one is late, one group is silent; one group sent news, another one needs help.
"""

from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path
from uuid import NAMESPACE_URL, uuid5

from django.contrib.auth import get_user_model
from wagtail.log_actions import LogContext

from affiliates.affiliations.services.lifecycle import ask_from
from affiliates.core.periods import period_of
from affiliates.core.states import UpdateKind
from affiliates.models import AffiliateProgramPage, Affiliation
from affiliates.programs.days_off import calendar_of
from affiliates.programs.promised_days import today_at
from affiliates.transfer.importing.tables import read_table
from affiliates.transfer.services.importing import import_affiliates
from affiliates.updates.services.asking import ask_for_period
from affiliates.updates.services.moderation import start_waiting_moderations
from affiliates.updates.services.sending import UpdateContent, send_update
from program_site.demo import people
from program_site.demo.clock import set_back

TABLE = Path(__file__).with_name("neighbors.csv")

JOINED = timedelta(days=150)

DUE = "Kind Classrooms Maine"
LATE = "River City Parents"
SILENT = "Prairie Hands"
NEWS = "Listening Schools Vermont"
HELP = "Desert Families for Calm Schools"
HIDDEN = "Rainy Coast Advocates"
"""It has hidden its listing for a while, see ``looking_after``."""

DAYS_LATE = {DUE: 0, LATE: 8, SILENT: 61}
"""Since the due day. The steps of that day are taken at the demo's first look."""

CALL = (
    "A district near Tucson wants to build seclusion rooms. The board votes next month. Who of you "
    "has spoken at such a meeting, and could help us to prepare?"
)
STORY = (
    "After two years of visits, our state's board of education has agreed to count every restraint "
    "and to publish the numbers each spring. Forty families told their stories at the hearing. We "
    "thank everybody who wrote letters with us!"
)


def relive(program: AffiliateProgramPage, *, now: datetime) -> None:
    """Let the groups join five months ago, and everything happen that their stories tell."""
    with set_back(now - JOINED):
        import_affiliates(
            program=program,
            table=read_table(TABLE.read_bytes()),
            by=get_user_model().objects.get(username=people.ADMIN.username),
        )
    for name, days in DAYS_LATE.items():
        ask(group_called(name), days, now)
    for name in (NEWS, HELP, HIDDEN):  # The first two tell us something without being asked.
        ask_from(group_called(name), today_at(program, now))
    at_work(program, now, business_days=14, do=send_news)
    at_work(program, now, business_days=12, do=publish_news)
    at_work(program, now, business_days=3, do=call_for_help)


def group_called(name: str) -> Affiliation:
    return Affiliation.objects.select_related("program").get(name=name)


def ask(group: Affiliation, days_late: int, now: datetime) -> None:
    """For the last whole period, by a day that was so many days ago."""
    due_on = last_sending_day(group, now) - timedelta(days=days_late)
    period = period_of(due_on, group.interval_months)
    before = period_of(period.start - timedelta(days=1), group.interval_months)
    asked_at = now - timedelta(days=days_late + group.program.update_ask_days + 1)
    with set_back(asked_at):
        ask_for_period(affiliation=group, period=before, due_on=due_on, now=asked_at)
    ask_from(group, today_at(group.program, now))  # One thing at a time.


def last_sending_day(group: Affiliation, now: datetime):
    """Today, or yesterday as long as the hour is still ahead at which mails go out."""
    calendar = calendar_of(group.program, business_days=False)
    today = today_at(group.program, now)
    return today if calendar.moment(today) <= now else today - timedelta(days=1)


def at_work(
    program: AffiliateProgramPage,
    now: datetime,
    *,
    business_days: int,
    do: Callable[[datetime], None],
) -> None:
    calendar = calendar_of(program)
    at = calendar.moment(calendar.add(calendar.day_of(now), -business_days))
    with set_back(at):
        do(at)


def send_news(at: datetime) -> None:
    tell(NEWS, UpdateContent(UpdateKind.NEWS, STORY, may_publish=True), at)
    start_waiting_moderations(now=at)


def publish_news(at: datetime) -> None:
    """As a reviewer does in Wagtail's editor."""
    reviewer = get_user_model().objects.get(username="reviewer")
    update = group_called(NEWS).updates.get()
    with LogContext(user=reviewer):
        state = update.current_workflow_task_state.specific
        state.task.specific.on_action(state, reviewer, "approve", comment="Wonderful news!")


def call_for_help(at: datetime) -> None:
    group = group_called(HELP)
    needs = [
        {"id": benefit.id, "text": benefit.text} for benefit in group.program.statements("benefits")
    ]
    tell(HELP, UpdateContent(UpdateKind.HELP, CALL, needs=needs[:1]), at)


def tell(name: str, content: UpdateContent, at: datetime) -> None:
    group = group_called(name)
    send_update(
        affiliation=group,
        contact=group.primary_contact,
        content=content,
        key=uuid5(NAMESPACE_URL, f"update/{name}"),
        now=at,
    )

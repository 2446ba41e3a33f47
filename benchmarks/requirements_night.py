"""What workers do about the requirements in a night; run inside of a filled site."""

import json
import threading
import time
from datetime import datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

from django.conf import settings
from django.test import override_settings
from django.utils import timezone

from affiliates.core.networks.known import WEBSITE
from affiliates.core.states import AffiliationState
from affiliates.models import (
    AffiliateLink,
    AffiliateProgramPage,
    BadgeLook,
    Commitment,
    Requirement,
)
from affiliates.requirements.badge.services import look_for_badges
from affiliates.requirements.clocks import DAYS, set_due
from affiliates.requirements.deadlines import REQUIREMENT
from workflows.deadlines.sweep import sweep
from workflows.models import Deadline, TakenStep

EACH = 7
"""Days between two looks at a website: one of so many is due in a night."""

STEPS_EACH = 30
"""One of so many things that are owed has a step in a night."""


class Website(BaseHTTPRequestHandler):
    page = b""

    def do_GET(self) -> None:
        content = b"" if self.path == "/robots.txt" else self.page
        self.send_response(200)
        self.send_header("Content-Type", "text/html")
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        self.wfile.write(content)

    def log_message(self, *_args: object) -> None:
        pass


class Websites(ThreadingHTTPServer):
    """One at each loopback address, and nothing for other machines."""

    def verify_request(self, request: object, client_address: tuple[str, int]) -> bool:
        return client_address[0].startswith("127.")


def counts() -> None:
    program = AffiliateProgramPage.objects.order_by("pk").first()
    asked = Requirement.objects.filter(program=program, retired_at=None).count()
    groups = program.affiliations.filter(state=AffiliationState.ACTIVE).count()
    print(json.dumps({"affiliates": groups, "requirements": asked}))


def night() -> None:
    server = Websites(("0.0.0.0", 0), Website)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    looks = _spread(server.server_port)
    address = BadgeLook.objects.first().commitment.requirement.program.full_url
    Website.page = f'<html><a href="{address}">The program</a></html>'.encode()
    own = {"BADGE_LOOK_DAYS": EACH, "BADGE_ALLOW_PRIVATE": True, "BADGE_PAUSE_SECONDS": 0.0}
    with override_settings(AFFILIATES={**settings.AFFILIATES, **own}):
        looking, looked = _timed(lambda: look_for_badges(now=timezone.now()))
    if looked != looks:
        raise SystemExit(f"{looked} websites were looked at, not {looks}.")
    day = _let_few_come_due()
    before = TakenStep.objects.count()
    sweeping, _done = _timed(lambda: sweep(now=day))
    steps = TakenStep.objects.count() - before
    found = {"looks": looks, "looking": looking, "steps": steps, "sweeping": sweeping}
    print(json.dumps(found))


def _let_few_come_due() -> datetime:
    """One in thirty of what is owed has a step on that day, as in a program that runs."""
    own = Deadline.objects.filter(kind=REQUIREMENT, closed_at=None).exclude(next_step_at=None)
    day = own.latest("next_step_at").next_step_at
    keys = list(own.order_by("pk").values_list("pk", flat=True))
    own.exclude(pk__in=keys[::STEPS_EACH]).update(next_step_at=day + timedelta(days=1))
    return day


def _spread(port: int) -> int:
    """Give each group a website, and let one look in seven be due."""
    links = list(AffiliateLink.objects.filter(network=WEBSITE).order_by("pk"))
    for number, link in enumerate(links):
        link.url = f"http://127.1.{number // 250}.{number % 250 + 1}:{port}"
    AffiliateLink.objects.bulk_update(links, ["url"], batch_size=1000)
    _see_all_within_four_weeks()
    now = timezone.now()
    looks = list(BadgeLook.objects.order_by("pk").values_list("pk", flat=True))
    BadgeLook.objects.update(next_at=now + timedelta(days=3))
    return BadgeLook.objects.filter(pk__in=looks[::EACH]).update(next_at=now)


def _see_all_within_four_weeks() -> None:
    """As after a while: a sighting is a new proof if the last one is so old, which is every fourth
    week.
    """
    today = timezone.localdate()
    seen = list(Commitment.objects.filter(requirement__kind="badge"))
    for number, commitment in enumerate(seen):
        weeks = number % 4 + 1
        commitment.proved_on, commitment.unknown_on = today - timedelta(weeks=weeks), None
        set_due(commitment, today + timedelta(days=300))
    Commitment.objects.bulk_update(seen, ["proved_on", "unknown_on", *DAYS], batch_size=1000)


def _timed(work):
    started = time.perf_counter()
    done = work()
    return time.perf_counter() - started, done

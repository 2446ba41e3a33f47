"""Kill the site's processes while applications come in; then see whether each promise was kept."""

import argparse
import os
import random
import secrets
import shutil
import sys
import tempfile
import time
from pathlib import Path

import django

from program_site.demo.addresses import addresses, free_port
from tests.chaos.fleet import LOOK_SECONDS, Fleet, database_service
from tests.chaos.history import History, complaints
from tests.chaos.journal import Journal
from tests.chaos.mail_sink import MailSink
from tests.keeper import new_cluster
from tests.migrated import NAME, make_database

ROOT = Path(__file__).resolve().parents[2]
MOST_SHOWN = 20


def main(wanted: argparse.Namespace) -> int:
    print(f"{wanted.applications} applications, {wanted.kills} kills, seed {wanted.seed}")
    started = time.monotonic()
    directory = Path(tempfile.mkdtemp(prefix="wagtail-affiliates-chaos-"))
    directory.chmod(0o711)  # PostgreSQL's own user must be able to pass through.
    sink = MailSink(Journal(directory / "taken.jsonl"), random.Random(wanted.seed))
    with sink.running():
        history, seconds = live_through(wanted, directory, sink)
    print("SMTP faults:", *(f"{name} ({number})" for name, number in sorted(sink.faults.items())))
    wrong = complaints(history)
    if wrong:
        print(*wrong[:MOST_SHOWN], f"Journals and logs are in {directory}", sep="\n")
    else:
        shutil.rmtree(directory)
    print(
        f"{len(set(history.acknowledged))} applications acknowledged, {len(wrong)} complaints, "
        f"{history.repeated} repeats, {history.flagged} attempts flagged, all sent {seconds:.0f} s "
        f"after the last of {wanted.kills} kills, {time.monotonic() - started:.0f} s in all "
        f"(--seed {wanted.seed})"
    )
    return 1 if wrong else 0


def live_through(
    wanted: argparse.Namespace, directory: Path, sink: MailSink
) -> tuple[History, float]:
    """What came of it, and the seconds from the last kill until all was sent."""
    cluster, database_port = new_cluster(directory), free_port()
    where = addresses(
        {
            "PORT": str(free_port()),
            "DEMO_DIR": str(directory),
            "DATABASE_URL": cluster.url(database_port, NAME),
            "EMAIL_URL": f"smtp://127.0.0.1:{sink.port}",
        }
    )
    (directory / "static").mkdir()
    os.environ |= where.environment | {
        "DJANGO_SETTINGS_MODULE": "tests.chaos.settings",
        "PYTHONPATH": f"{ROOT}{os.pathsep}{ROOT / 'site'}",
    }
    with Fleet(directory, dict(os.environ)) as fleet:
        fleet.start(database_service(cluster, database_port))
        while not cluster.answers(database_port):
            fleet.look_after(LOOK_SECONDS)
        make_database(cluster.url(database_port))
        django.setup()
        from tests.chaos import run

        size = run.Size(wanted.applications, wanted.kills)
        return run.run(size, fleet, where, sink, random.Random(wanted.seed))


def arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m tests.chaos", description=__doc__)
    parser.add_argument("--applications", type=int, default=100)
    parser.add_argument("--kills", type=int, default=10)
    parser.add_argument("--seed", type=int, default=secrets.randbelow(1_000_000))
    parsed = parser.parse_args()
    if not 0 < parsed.kills <= parsed.applications:
        parser.error("There have to be kills, and at least as many applications.")
    return parsed


if __name__ == "__main__":
    sys.exit(main(arguments()))

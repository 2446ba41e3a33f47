"""Loads the demo's content into an empty site."""

from django.conf import settings
from django.core.management import call_command
from django.core.management.base import BaseCommand
from django.db import transaction
from django.utils import timezone

from program_site.demo import history, loading, looking_after, neighbors, people, promises


class Command(BaseCommand):
    help = "Load the demo's pages, people and applications. A site that has them is left as it is."

    requires_system_checks = []  # They take as long as the rest of a second start.

    def add_arguments(self, parser) -> None:
        parser.add_argument("--migrate", action="store_true", help="Make the tables first.")

    def handle(self, *args, **options) -> None:
        if options["migrate"]:
            call_command("migrate", stdout=self.stdout, skip_checks=True)
        self.load()

    @transaction.atomic  # All or nothing, so that the next start tries again what failed.
    def load(self) -> None:
        loading.stand_at(settings.WAGTAILADMIN_BASE_URL)
        if loading.is_loaded():
            self.stdout.write("The content of the last time is still there.")
            return
        program = loading.load_site()
        self.stdout.write(f"Pages and people are there. Importing {loading.AFFILIATES.name}:")
        call_command(
            "import_affiliates",
            loading.AFFILIATES,
            program=program.slug,
            user=people.ADMIN.username,
            stdout=self.stdout,
        )
        now = timezone.now()
        neighbors.relive(program, now=now)
        promises.relive(program, now=now)
        history.relive(program, now=now)
        looking_after.relive(now=now)
        self.stdout.write("Updates are there: due, late, with news, and with a call for help.")
        self.stdout.write("Requirements are there: kept, due, late, waived and unknown.")
        self.stdout.write("Applications are there, too: waiting, late, answered and decided.")

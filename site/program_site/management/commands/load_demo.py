"""Loads the demo's content into an empty site."""

from django.core.management.base import BaseCommand

from program_site.demo import loading


class Command(BaseCommand):
    help = "Load the demo's program, affiliates and people. A site that has them is left as it is."

    def handle(self, *args, **options) -> None:
        if loading.is_loaded():
            self.stdout.write("The content of the last time is still there.")
            return
        loading.load_site()
        self.stdout.write("Pages and people are there.")

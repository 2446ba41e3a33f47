import json
from typing import Any

from django.core.management.base import BaseCommand, CommandParser
from django.utils import timezone

from affiliates.affiliations.standing.queries import requirements_of
from affiliates.affiliations.standing.rules import StandingReport, standings
from affiliates.management.programs import program_called
from affiliates.models import Affiliation
from affiliates.requirements.queries import active_affiliations
from workflows.core.chunks import in_chunks


class Command(BaseCommand):
    help = "Prints which active affiliate of a program keeps which requirement, and why not."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--program", required=True, metavar="SLUG")
        parser.add_argument("--json", action="store_true", help="One object for each line.")

    def handle(self, *args: Any, **options: Any) -> None:
        program = program_called(options["program"])
        show = self._json if options["json"] else self._row
        names = [one.name for one in requirements_of([program.pk])[program.pk]]
        if not options["json"]:
            self.stdout.write("\t".join(["Reference", "Group", "Standing", *names]))
        for chunk in in_chunks(active_affiliations(program).order_by("name", "pk")):
            kept = standings(chunk, timezone.now())
            for affiliation in chunk:
                self.stdout.write(show(affiliation, kept[affiliation.pk]))

    def _row(self, affiliation: Affiliation, kept: StandingReport) -> str:
        states = [str(status.label) for status in kept.requirements]
        return "\t".join([affiliation.reference, affiliation.name, kept.label, *states])

    def _json(self, affiliation: Affiliation, kept: StandingReport) -> str:
        return json.dumps(
            {
                "reference": affiliation.reference,
                "name": affiliation.name,
                "standing": kept.level,
                "requirements": [
                    {
                        "name": status.requirement.name,
                        "kind": status.requirement.kind,
                        "state": status.state,
                        "since": status.since and status.since.isoformat(),
                        "due_on": status.due_on and status.due_on.isoformat(),
                        "why": status.why,
                        "reason": status.reason,
                    }
                    for status in kept.requirements
                ],
            },
            ensure_ascii=False,
        )

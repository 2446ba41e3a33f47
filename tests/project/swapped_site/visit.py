"""Run by a test in a process of its own, since a page model cannot be swapped in a running one."""

import django
from django.core.management import call_command

django.setup()
call_command("makemigrations", "affiliates", check=True, dry_run=True, interactive=False)
call_command("migrate", verbosity=0)

from affiliates.directory.queries import directory  # noqa: E402
from affiliates.models import AffiliatePage, AffiliateProgramPage  # noqa: E402
from affiliates.models.base_page import Page  # noqa: E402

program = AffiliateProgramPage(
    title="Program",
    introduction="Words",
    beliefs=[("statement", "A belief")],
    obligations=[("statement", "An obligation")],
    contact_email="program@example.org",
)
Page.objects.get(depth=1).add_child(instance=program)
group = AffiliatePage(title="Group", region="US-MI", summary="Words")
program.add_child(instance=group)
group.save_revision().publish()
(country,) = directory(program)
print(Page._meta.label, country.regions[0].affiliates)  # noqa: T201

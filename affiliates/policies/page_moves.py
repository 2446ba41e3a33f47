"""A page that an editor moved to another program takes its affiliation along."""

from datetime import datetime

from django.db import transaction

from affiliates.models import AffiliatePage, AffiliateProgramPage, Affiliation
from affiliates.policies.services import follow_update_policy


def follow_moved_page(*, page: AffiliatePage, now: datetime) -> None:
    """Effects, in one transaction: the affiliation belongs to the program that its page is below;
    what comes next is counted by the numbers of that one. What was promised stays due on its day.
    """
    affiliation = Affiliation.objects.filter(page=page).first()
    program = AffiliateProgramPage.objects.filter(pk=page.get_parent().pk).first()
    if affiliation is None or program is None or affiliation.program_id == program.pk:
        return
    with transaction.atomic():
        affiliation.program = program
        affiliation.save(update_fields=["program", "updated_at"])
        follow_update_policy(program=program, now=now)

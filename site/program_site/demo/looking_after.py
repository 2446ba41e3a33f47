"""Who of our team looks after which made-up affiliate, what they noted, and a group that has hidden
its listing.
"""

from datetime import datetime, timedelta

from django.contrib.auth import get_user_model

from affiliates.affiliations.services.listing import hide_listing
from affiliates.affiliations.services.notes import write_note
from affiliates.affiliations.services.notices import tick_off_all
from affiliates.affiliations.services.owners import set_owners
from program_site.demo import neighbors, people
from program_site.demo.clock import set_back

OWNERS = {
    neighbors.DUE: ("reviewer", "colleague"),
    neighbors.NEWS: ("colleague", "reviewer"),
    neighbors.HIDDEN: ("reviewer", None),
}
"""Owner and back-up. The others are everybody's."""

NOTES = (
    (neighbors.DUE, 30, "Ellen prefers to be called after four in the afternoon."),
    (neighbors.HIDDEN, 5, "I called. They are looking for a new chair and will be back in spring."),
)
HIDDEN_FOR = timedelta(days=6)


def relive(*, now: datetime) -> None:
    users = {user.username: user for user in get_user_model().objects.all()}
    with set_back(now - neighbors.JOINED):
        for name, (owner, backup) in OWNERS.items():
            set_owners(
                affiliations=[neighbors.group_called(name)],
                user=users[people.ADMIN.username],
                now=now - neighbors.JOINED,
                owner=users[owner],
                backup=users.get(backup),
            )
    with set_back(now - HIDDEN_FOR):
        group = neighbors.group_called(neighbors.HIDDEN)
        hide_listing(affiliation=group, by=group.primary_contact, now=now - HIDDEN_FOR)
    for name, days_ago, text in NOTES:
        at = now - timedelta(days=days_ago)
        with set_back(at):
            group, user = neighbors.group_called(name), users["reviewer"]
            write_note(affiliation=group, text=text, user=user, now=at)
            tick_off_all(affiliation=group, user=user, now=at)

"""Applications as the public form leaves them, without the mails."""

import factory
from django.utils import timezone
from factory.django import DjangoModelFactory

from affiliates.core.states import ApplicationState, ContactRole
from affiliates.models import Acceptance, Application, Contact
from tests.factories.pages import ProgramPageFactory


class ContactFactory(DjangoModelFactory):
    class Meta:
        model = Contact

    role = ContactRole.PRIMARY
    name = factory.Sequence(lambda number: f"Kim Contact {number}")
    email = factory.Sequence(lambda number: f"kim{number}@group.example")
    email_key = factory.LazyAttribute(lambda contact: contact.email.lower())
    phone = "+1 555 0100"


class ApplicationFactory(DjangoModelFactory):
    """A submitted application with its contact and all it accepted."""

    class Meta:
        model = Application
        skip_postgeneration_save = True

    program = factory.SubFactory(ProgramPageFactory)
    state = ApplicationState.SUBMITTED
    submitted_at = factory.LazyFunction(timezone.now)
    name = factory.Sequence(lambda number: f"Ohio Parents {number}")
    region = "US-OH"
    scope = "state"
    summary = "Parents who help each other."
    links = factory.LazyFunction(lambda: [{"network": "website", "url": "https://ohio.example/"}])
    answers = factory.LazyFunction(
        lambda: [{"name": "members", "label": "How many members?", "value": "120"}]
    )
    language = "en"

    @factory.post_generation
    def contact(self, create, extracted, **kwargs):
        if extracted is not False:
            ContactFactory(application=self, **kwargs)

    @factory.post_generation
    def acceptances(self, create, extracted, **kwargs):
        for kind, statement in self.program.statements_to_accept():
            Acceptance.objects.create(
                application=self,
                kind=kind,
                statement_id=statement.id,
                text=statement.text,
                text_hash=statement.text_hash,
                accepted_at=self.submitted_at or timezone.now(),
            )


class DraftFactory(DjangoModelFactory):
    """Saved, but not sent: what was typed stands in ``form_data`` only."""

    class Meta:
        model = Application

    program = factory.SubFactory(ProgramPageFactory)
    draft_email = "saver@group.example"
    form_data = factory.LazyFunction(lambda: {"name": "Not yet sent"})

"""What most tests start from: a program, an affiliate of it, and an editor who is logged in."""

import pytest

from tests.factories.pages import AffiliatePageFactory, ProgramPageFactory
from tests.factories.users import UserFactory


@pytest.fixture
def program(db):
    return ProgramPageFactory()


@pytest.fixture
def affiliate(program):
    return AffiliatePageFactory(parent=program, title="Michigan Parents")


@pytest.fixture
def editor(db):
    """A person who edits and publishes all pages and looks after applications."""
    return UserFactory(
        username="editor",
        groups=["Editors", "Moderators"],
        permissions=["affiliates.view_application", "affiliates.change_application"],
    )


@pytest.fixture
def editor_client(client, editor):
    client.force_login(editor)
    return client

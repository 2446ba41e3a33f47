"""What most tests start from: a program, an affiliate of it, and an editor who is logged in."""

import pytest

from program_site.settings.base import mail_settings
from tests.factories.pages import AffiliatePageFactory, ProgramPageFactory
from tests.factories.users import UserFactory
from tests.smtp_server import ScriptedServer


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


def use_mail_server(settings, url):
    """As in the site's settings: all mail goes to the outbox, and from there to ``url``."""
    for name, value in mail_settings(url).items():
        setattr(settings, name, value)
    settings.AFFILIATE_WORKFLOWS = {
        **getattr(settings, "AFFILIATE_WORKFLOWS", {}),
        "DOORBELL": False,
    }


@pytest.fixture
def smtp(settings):
    """A real mail server, and the site set up to send through it."""
    with ScriptedServer().running() as server:
        use_mail_server(settings, f"smtp://127.0.0.1:{server.port}")
        yield server

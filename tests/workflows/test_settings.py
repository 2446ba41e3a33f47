"""The call at the end of a site's settings: what it adds, and what it leaves alone."""

import django
import pytest

from workflows.settings import OUTBOX, SMTP, add_workflows

REDIS = "redis://broker:6379/1"
CONSOLE = "django.core.mail.backends.console.EmailBackend"
FILES = "django.core.mail.backends.filebased.EmailBackend"
OUTBOX_MAILER = {"BACKEND": OUTBOX}


def added(**settings):
    """A second call changes nothing, so each of these tests makes two."""
    settings.setdefault("INSTALLED_APPS", [])
    add_workflows(settings, redis_url=REDIS)
    add_workflows(settings, redis_url="redis://another")
    return settings


@pytest.fixture
def before_mailers(monkeypatch):
    monkeypatch.setattr(django, "VERSION", (5, 2, 0, "final", 0))


@pytest.fixture
def with_mailers(monkeypatch):
    monkeypatch.setattr(django, "VERSION", (6, 1, 0, "final", 0))


@pytest.mark.parametrize("name", ["workflows", "workflows.apps.WorkflowsConfig"])
def test_app_is_added_unless_it_is_there(name):
    assert added(INSTALLED_APPS=("wagtail",))["INSTALLED_APPS"] == ["wagtail", "workflows"]
    assert added(INSTALLED_APPS=[name])["INSTALLED_APPS"] == [name]


def test_list_that_other_settings_share_is_not_changed():
    base = ["wagtail"]
    added(INSTALLED_APPS=base)
    assert base == ["wagtail"]


def test_celery_has_its_settings_and_a_sites_own_win():
    settings = added(CELERY_TASK_TIME_LIMIT=300)
    assert settings["CELERY_BROKER_URL"] == REDIS
    assert settings["CELERY_BROKER_TRANSPORT_OPTIONS"]["max_retries"] == 0
    assert settings["CELERY_TASK_TIME_LIMIT"] == 300


@pytest.mark.usefixtures("before_mailers")
class TestBeforeMailers:
    @pytest.mark.parametrize("own", [{}, {"EMAIL_BACKEND": CONSOLE}])
    def test_sites_backend_sends_what_the_outbox_holds(self, own):
        settings = added(**own, EMAIL_HOST="mail")
        transport = own.get("EMAIL_BACKEND", SMTP)
        assert settings["EMAIL_BACKEND"] == OUTBOX
        assert settings["AFFILIATE_WORKFLOWS"] == {"TRANSPORT_BACKEND": transport}
        assert settings["EMAIL_HOST"] == "mail"
        assert "MAILERS" not in settings

    def test_transport_and_settings_of_the_sites_own_stay(self):
        own = {"TRANSPORT_BACKEND": CONSOLE, "BATCH_SIZE": 9}
        assert added(AFFILIATE_WORKFLOWS=own)["AFFILIATE_WORKFLOWS"] == own


@pytest.mark.usefixtures("with_mailers")
class TestWithMailers:
    def test_sites_default_sends_what_the_outbox_holds(self):
        own, other = {"OPTIONS": {"host": "mail"}}, {"BACKEND": CONSOLE}
        settings = added(MAILERS={"default": own, "other": other})
        assert settings["MAILERS"] == {"default": OUTBOX_MAILER, "transport": own, "other": other}

    @pytest.mark.parametrize("alias", ["transport", "relay"])
    def test_transport_of_the_sites_own_stays(self, alias):
        relay = {"OPTIONS": {"host": "relay"}}
        settings = added(
            AFFILIATE_WORKFLOWS={"TRANSPORT_MAILER": alias},
            MAILERS={"default": {"BACKEND": CONSOLE}, alias: relay},
        )
        assert settings["MAILERS"] == {"default": OUTBOX_MAILER, alias: relay}

    @pytest.mark.parametrize(
        ("old", "transport"),
        [
            ({}, {"BACKEND": SMTP, "OPTIONS": {"host": "localhost"}}),
            (
                {"EMAIL_HOST": "mail", "EMAIL_HOST_USER": "me", "EMAIL_USE_TLS": True},
                {"BACKEND": SMTP, "OPTIONS": {"host": "mail", "username": "me", "use_tls": True}},
            ),
            ({"EMAIL_BACKEND": CONSOLE, "EMAIL_HOST": "mail"}, {"BACKEND": CONSOLE}),
            (
                {"EMAIL_BACKEND": FILES, "EMAIL_FILE_PATH": "/mails", "EMAIL_TIMEOUT": 10},
                {"BACKEND": FILES, "OPTIONS": {"file_path": "/mails"}},
            ),
        ],
    )
    def test_old_settings_become_the_transport(self, old, transport):
        settings = added(**old)
        assert settings["MAILERS"] == {"default": OUTBOX_MAILER, "transport": transport}
        assert not [name for name in settings if name.startswith("EMAIL_")]

"""What an installation is told when a step is missing."""

import pytest
from celery import Celery

from workflows import checks
from workflows.settings import OUTBOX

CONSOLE = "django.core.mail.backends.console.EmailBackend"


@pytest.fixture
def site(smtp, settings):
    """The site's own settings, that wake workers. A call changes some for this app."""

    def change(**changes):
        settings.AFFILIATE_WORKFLOWS = settings.AFFILIATE_WORKFLOWS | changes

    change(WAKEUP=True)
    return change


def ids():
    return [message.id.removeprefix("affiliate_workflows.") for message in checks.check_mail()]


def set_mailer(settings, name, backend):
    if hasattr(settings, "MAILERS"):
        settings.MAILERS = {**settings.MAILERS, name: {"BACKEND": backend}}
    elif name == "default":
        settings.EMAIL_BACKEND = backend
    else:
        settings.AFFILIATE_WORKFLOWS = settings.AFFILIATE_WORKFLOWS | {"TRANSPORT_BACKEND": backend}


def test_check_is_content_with_the_sites_own_settings(site):
    assert ids() == []


@pytest.mark.parametrize(
    ("changes", "expected"),
    [({"LEASE_SECONDS": 60}, "E004"), ({"SENDER": "webmaster@localhost"}, "W002")],
)
def test_what_is_set_up_wrongly_is_named(site, changes, expected):
    site(**changes)
    assert ids() == [expected]


def test_mail_that_goes_past_the_outbox_is_a_warning_that_names_the_helper(site, settings):
    set_mailer(settings, "default", CONSOLE)
    (message,) = checks.check_mail()
    assert message.id == "affiliate_workflows.W001"
    assert "add_workflows" in message.hint


def test_outbox_that_would_send_to_itself_is_an_error(site, settings):
    set_mailer(settings, "transport", OUTBOX)
    assert ids() == ["E002"]


def test_missing_transport_is_an_error(site):
    site(TRANSPORT_MAILER="nobody", TRANSPORT_BACKEND="")
    assert ids() == ["E001"]


def test_missing_base_url_is_an_error(site, settings):
    settings.WAGTAILADMIN_BASE_URL = ""
    assert ids() == ["E003"]


def test_missing_settings_of_celery_are_told_with_the_helper(site, settings):
    settings.CELERY_BROKER_URL = None
    (message,) = checks.check_mail()
    assert message.id == "affiliate_workflows.I001"
    assert "add_workflows" in message.hint


def test_missing_celery_app_is_a_warning_that_names_its_file(site, monkeypatch):
    monkeypatch.setattr(checks, "current_app", Celery("default", set_as_current=False))
    (message,) = checks.check_mail()
    assert message.id == "affiliate_workflows.W004"
    assert "celery.py" in message.hint


@pytest.mark.parametrize("name", ["broker_transport_options", "task_publish_retry_policy"])
def test_celery_app_that_does_not_read_the_settings_is_a_warning(site, monkeypatch, name):
    app = Celery("mysite", set_as_current=False)
    app.set_as_current = True  # as a site's, which here would take the place of this site's
    app.config_from_object("django.conf:settings", namespace="CELERY")
    monkeypatch.setattr(checks, "current_app", app)
    assert ids() == []
    app.conf[name] = {}
    assert ids() == ["W005"]


def test_site_without_a_bell_may_do_without_celery(site, settings, monkeypatch):
    site(WAKEUP=False)
    settings.CELERY_BROKER_URL = None
    monkeypatch.setattr(checks, "current_app", Celery("default", set_as_current=False))
    assert ids() == []


@pytest.mark.parametrize(
    ("wanted", "offered", "expected"),
    [(False, False, []), (True, True, []), (True, False, ["affiliate_workflows.E005"])],
)
def test_mail_server_is_asked_whether_it_takes_international_addresses(
    site, smtp, wanted, offered, expected
):
    site(SMTPUTF8=wanted)
    smtp.script.smtputf8 = offered
    assert [message.id for message in checks.check_mail_server()] == expected


def test_mail_server_that_cannot_be_asked_is_a_warning(site, smtp):
    site(SMTPUTF8=True)
    smtp.stop()
    assert [message.id for message in checks.check_mail_server()] == ["affiliate_workflows.W006"]

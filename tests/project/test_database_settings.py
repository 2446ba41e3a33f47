"""What DATABASE_URL can say, for a database that stands behind a pooler."""

import pytest
from django.db.utils import ConnectionHandler

from program_site.settings.base import database

URL = "postgres://somebody:secret@database:6432/affiliates"


def connection_to(url):
    """Not opened."""
    return ConnectionHandler({"default": database(url)})["default"]


def test_connections_are_kept_for_a_minute_and_looked_at_before_they_are_used_again():
    settings = connection_to(URL).settings_dict
    assert (settings["CONN_MAX_AGE"], settings["CONN_HEALTH_CHECKS"]) == (60, True)
    assert "DISABLE_SERVER_SIDE_CURSORS" not in settings


@pytest.mark.parametrize(
    ("query", "name", "value"),
    [
        ("DISABLE_SERVER_SIDE_CURSORS=True", "DISABLE_SERVER_SIDE_CURSORS", True),
        ("CONN_MAX_AGE=0", "CONN_MAX_AGE", 0),
        ("CONN_HEALTH_CHECKS=False", "CONN_HEALTH_CHECKS", False),
    ],
)
def test_settings_in_the_url_win(query, name, value):
    settings = connection_to(f"{URL}?{query}").settings_dict
    assert settings[name] == value
    assert (settings["HOST"], settings["PORT"], settings["OPTIONS"]) == ("database", 6432, {})


def test_no_statement_is_prepared_on_a_connection_that_the_next_one_may_not_get():
    """PgBouncer gives each transaction another connection to the database."""
    assert connection_to(URL).get_connection_params()["prepare_threshold"] is None

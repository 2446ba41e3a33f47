"""Puts back what the migrations wrote, after a test that committed and before the next one.

Django remembers it as JSON and saves row after row, hundreds of them, for each such test. Here the
database itself remembers it, and each table takes one statement.
"""

from django.db import connection, transaction

PREFIX = "kept_by_the_tests_"


def keep_rows() -> None:
    """To be called once, when the migrations are through."""
    with connection.cursor() as cursor:
        for number, table in enumerate(tables()):
            kept = f"{PREFIX}{number}"
            cursor.execute(f"DROP TABLE IF EXISTS {kept}")
            cursor.execute(f"CREATE TABLE {kept} AS SELECT * FROM {quoted(table)}")
    connection.creation.deserialize_db_from_string = put_rows_back


def put_rows_back(_instead_of_json: str = "") -> None:
    # References are checked at the end of the transaction, so the tables may come in any order.
    with transaction.atomic(), connection.cursor() as cursor:
        for number, table in enumerate(tables()):
            # The first test finds them all still there, and triggers fill a table of SQLite's.
            empty = f"NOT EXISTS (SELECT 1 FROM {quoted(table)})"
            rows = f"SELECT * FROM {PREFIX}{number} WHERE {empty}"
            cursor.execute(f"INSERT INTO {quoted(table)} {rows}")


def tables() -> list[str]:
    return sorted(connection.introspection.django_table_names(include_views=False))


def quoted(table: str) -> str:
    return connection.ops.quote_name(table)

from django.contrib.postgres.operations import UnaccentExtension
from django.db import migrations

CREATE = """
CREATE TEXT SEARCH CONFIGURATION site_search (COPY = pg_catalog.english);
ALTER TEXT SEARCH CONFIGURATION site_search
    ALTER MAPPING FOR asciihword, asciiword, hword, hword_asciipart, hword_part, word
    WITH unaccent, english_stem;
"""
DROP = "DROP TEXT SEARCH CONFIGURATION site_search"


def on_postgresql(statements):
    """Other databases fold accents by themselves, and know nothing of configurations."""

    def execute(_apps, schema_editor):
        if schema_editor.connection.vendor == "postgresql":
            schema_editor.execute(statements)

    return execute


class Migration(migrations.Migration):
    """“Quebec” finds “Québec”: the search asks for this configuration by its name."""

    dependencies = [("program_site", "0001_home_page")]

    operations = [
        UnaccentExtension(),
        migrations.RunPython(on_postgresql(CREATE), on_postgresql(DROP)),
    ]

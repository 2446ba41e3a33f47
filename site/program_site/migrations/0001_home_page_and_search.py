import django.db.models.deletion
import wagtail.fields
from django.conf import settings
from django.contrib.postgres.operations import UnaccentExtension
from django.db import migrations, models


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

    initial = True

    dependencies = [
        ('wagtailcore', '0098_apitoken'),
    ]

    operations = [
        migrations.CreateModel(
            name='HomePage',
            fields=[
                ('page_ptr', models.OneToOneField(auto_created=True, on_delete=django.db.models.deletion.CASCADE, parent_link=True, primary_key=True, serialize=False, to=settings.WAGTAIL_PAGE_MODEL)),
                ('headline', models.CharField(blank=True, help_text="The first thing people read. Empty: the page's title.", max_length=120, verbose_name='headline')),
                ('lead', models.TextField(blank=True, help_text='One or two sentences below the headline.', max_length=400, verbose_name='lead')),
                ('body', wagtail.fields.RichTextField(blank=True, verbose_name='text')),
            ],
            options={
                'verbose_name': 'home page',
                'verbose_name_plural': 'home pages',
            },
            bases=('wagtailcore.page',),
        ),
        # “Quebec” finds “Québec”: the search asks for this configuration by its name.
        UnaccentExtension(),
        migrations.RunPython(on_postgresql(CREATE), on_postgresql(DROP)),
    ]

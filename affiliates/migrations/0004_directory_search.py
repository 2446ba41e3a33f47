from django.db import migrations, models
from wagtail.rich_text import get_text_for_indexing

from affiliates.folding import fold
from affiliates.regions import region_name


def fold_texts(apps, schema_editor):
    """What each save writes from now on, for the affiliates there are."""
    pages = apps.get_model('affiliates', 'AffiliatePage').objects
    for page in pages.only('title', 'locality', 'region', 'summary', 'body').iterator():
        about = get_text_for_indexing(page.body)
        told = (page.title, page.locality, region_name(page.region), page.summary, about)
        page.directory_name = fold(page.title)
        page.directory_words = fold(' '.join(told))
        page.save(update_fields=['directory_name', 'directory_words'])


class Migration(migrations.Migration):

    dependencies = [
        ('affiliates', '0003_contact_updates'),
    ]

    operations = [
        migrations.AddField(
            model_name='affiliatepage',
            name='directory_name',
            field=models.TextField(default='', editable=False, serialize=False),
        ),
        migrations.AddField(
            model_name='affiliatepage',
            name='directory_words',
            field=models.TextField(default='', editable=False, serialize=False),
        ),
        migrations.RunPython(fold_texts, migrations.RunPython.noop),
    ]

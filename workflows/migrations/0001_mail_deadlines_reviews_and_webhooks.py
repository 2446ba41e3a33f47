import django.core.validators
import django.db.models.deletion
import django.utils.timezone
import workflows.core.webhook_signing
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    initial = True

    dependencies = [
        ('auth', '0012_alter_user_first_name_max_length'),
        ('contenttypes', '0002_remove_content_type_name'),
        ('wagtailcore', '0098_apitoken'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='Deadline',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('kind', models.CharField(max_length=64, verbose_name='kind')),
                ('object_id', models.CharField(max_length=64)),
                ('opened_at', models.DateTimeField(verbose_name='opened')),
                ('due_at', models.DateTimeField(verbose_name='due')),
                ('time_zone', models.CharField(help_text='Where the day on which it is due was counted.', max_length=64)),
                ('next_step', models.CharField(blank=True, max_length=32, verbose_name='next step')),
                ('next_step_at', models.DateTimeField(blank=True, null=True, verbose_name='next step at')),
                ('last_step', models.CharField(blank=True, max_length=32, verbose_name='step reached')),
                ('counted_from', models.DateTimeField(help_text='Steps up to here are done or were never owed: opening, extension, last step.')),
                ('paused_at', models.DateTimeField(blank=True, null=True, verbose_name='paused')),
                ('paused_until', models.DateTimeField(blank=True, null=True, verbose_name='paused until')),
                ('closed_at', models.DateTimeField(blank=True, null=True, verbose_name='closed')),
                ('outcome', models.CharField(blank=True, max_length=32, verbose_name='outcome')),
                ('content_type', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='+', to='contenttypes.contenttype')),
            ],
            options={
                'verbose_name': 'deadline',
                'verbose_name_plural': 'deadlines',
                'ordering': ['due_at', 'pk'],
            },
        ),
        migrations.CreateModel(
            name='TaskRun',
            fields=[
                ('task', models.CharField(max_length=64, primary_key=True, serialize=False)),
                ('runs', models.PositiveBigIntegerField(default=0)),
                ('failures', models.PositiveBigIntegerField(default=0)),
                ('seconds', models.FloatField(default=0)),
                ('last_seconds', models.FloatField(default=0)),
                ('ended_at', models.DateTimeField()),
            ],
            options={
                'verbose_name': 'runs of a task',
                'verbose_name_plural': 'runs of tasks',
            },
        ),
        migrations.CreateModel(
            name='MailWording',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('kind', models.CharField(max_length=64, verbose_name='kind of email')),
                ('language', models.CharField(max_length=16, verbose_name='language')),
                ('subject', models.CharField(max_length=200, verbose_name='subject')),
                ('text', models.TextField(verbose_name='text')),
                ('updated_at', models.DateTimeField(auto_now=True, verbose_name='changed')),
                ('updated_by', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='changed by')),
            ],
            options={
                'verbose_name': 'email wording',
                'verbose_name_plural': 'email wordings',
                'ordering': ['kind', 'language'],
            },
        ),
        migrations.CreateModel(
            name='OutgoingMail',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('key', models.CharField(help_text='What it is and for whom, so that queueing it twice leaves one row.', max_length=512, unique=True, verbose_name='key')),
                ('object_id', models.CharField(blank=True, max_length=64)),
                ('attempts', models.PositiveSmallIntegerField(default=0, verbose_name='attempts')),
                ('uncertain_attempts', models.PositiveSmallIntegerField(default=0, help_text='Attempts that may have been delivered although no answer came back.', verbose_name='uncertain attempts')),
                ('next_attempt_at', models.DateTimeField(blank=True, default=django.utils.timezone.now, null=True, verbose_name='next attempt')),
                ('lease_token', models.UUIDField(blank=True, editable=False, null=True)),
                ('leased_until', models.DateTimeField(blank=True, editable=False, null=True)),
                ('transport_started_at', models.DateTimeField(blank=True, editable=False, null=True)),
                ('answer', models.TextField(blank=True, verbose_name="server's answer")),
                ('created_at', models.DateTimeField(default=django.utils.timezone.now, editable=False, verbose_name='queued at')),
                ('sent_at', models.DateTimeField(blank=True, null=True, verbose_name='sent at')),
                ('kind', models.CharField(db_index=True, max_length=64, verbose_name='kind')),
                ('recipient', models.EmailField(max_length=254, verbose_name='recipient')),
                ('recipient_key', models.CharField(editable=False, help_text='The address as it is compared: lower case, without dots and +tag.', max_length=254)),
                ('recipient_name', models.CharField(blank=True, max_length=255, verbose_name="recipient's name")),
                ('language', models.CharField(blank=True, max_length=16, verbose_name='language')),
                ('priority', models.SmallIntegerField(default=50, help_text='Lower goes first.', verbose_name='priority')),
                ('state', models.CharField(choices=[('queued', 'Queued'), ('sending', 'Being sent'), ('sent', 'Sent'), ('failed', 'Failed'), ('uncertain', 'Uncertain, will be repeated'), ('obsolete', 'No longer needed'), ('suppressed', 'Held back')], default='queued', max_length=16, verbose_name='state')),
                ('message_id', models.CharField(blank=True, max_length=255, verbose_name='Message-ID')),
                ('subject_line', models.CharField(blank=True, max_length=255, verbose_name='subject')),
                ('envelope_sender', models.EmailField(blank=True, max_length=254, verbose_name='envelope sender')),
                ('message', models.BinaryField(blank=True, null=True, verbose_name='message')),
                ('secrets_expire_at', models.DateTimeField(blank=True, editable=False, help_text='When the last private link in it expires. Then they are blotted out.', null=True)),
                ('content_type', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to='contenttypes.contenttype')),
            ],
            options={
                'verbose_name': 'email',
                'verbose_name_plural': 'emails',
                'ordering': ['-created_at', '-pk'],
                'abstract': False,
            },
        ),
        migrations.CreateModel(
            name='ReviewTask',
            fields=[
                ('task_ptr', models.OneToOneField(auto_created=True, on_delete=django.db.models.deletion.CASCADE, parent_link=True, primary_key=True, serialize=False, to='wagtailcore.task')),
                ('respond_within_days', models.PositiveSmallIntegerField(default=5, help_text='Days from the start of the review to the day it is due.', validators=[django.core.validators.MinValueValidator(1), django.core.validators.MaxValueValidator(730)], verbose_name='decide within')),
                ('business_days', models.BooleanField(default=True, help_text='Monday to Friday only.', verbose_name='count business days')),
                ('remind_after_days', models.PositiveSmallIntegerField(default=3, help_text='Days from the start. Sooner than it is due.', validators=[django.core.validators.MinValueValidator(0), django.core.validators.MaxValueValidator(730)], verbose_name='remind reviewers after')),
                ('escalate_after_days', models.PositiveSmallIntegerField(default=7, help_text='Days from the start. Later than it is due.', validators=[django.core.validators.MinValueValidator(0), django.core.validators.MaxValueValidator(730)], verbose_name='tell the escalation groups after')),
                ('escalate_again_after_days', models.PositiveSmallIntegerField(default=14, help_text='Days from the start. From then on, again every week until someone decides.', validators=[django.core.validators.MinValueValidator(0), django.core.validators.MaxValueValidator(730)], verbose_name='tell the last resort after')),
                ('time_zone', models.CharField(blank=True, help_text='Days begin and reminders go out by the clock there.', max_length=64, verbose_name='time zone')),
                ('sending_hour', models.PositiveSmallIntegerField(default=9, help_text='Reminders go out at this hour (0 to 23).', validators=[django.core.validators.MaxValueValidator(23)], verbose_name='sending hour')),
                ('escalation_groups', models.ManyToManyField(blank=True, help_text='Notified when a review is late. Their members may decide, too.', related_name='+', to='auth.group', verbose_name='escalation groups')),
                ('groups', models.ManyToManyField(help_text='Pages/snippets at this step in a workflow will be moderated or approved by these groups of users', to='auth.group', verbose_name='groups')),
                ('last_resort_groups', models.ManyToManyField(blank=True, help_text='Notified when nothing else has helped. Their members may decide, too. Empty: the escalation groups again.', related_name='+', to='auth.group', verbose_name='last resort')),
            ],
            options={
                'verbose_name': 'review with a deadline',
                'verbose_name_plural': 'reviews with a deadline',
            },
            bases=('wagtailcore.task',),
        ),
        migrations.CreateModel(
            name='ReviewTaskState',
            fields=[
                ('taskstate_ptr', models.OneToOneField(auto_created=True, on_delete=django.db.models.deletion.CASCADE, parent_link=True, primary_key=True, serialize=False, to='wagtailcore.taskstate')),
                ('assigned_to', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='assigned to')),
            ],
            options={
                'verbose_name': 'review',
                'verbose_name_plural': 'reviews',
            },
            bases=('wagtailcore.taskstate',),
        ),
        migrations.CreateModel(
            name='TakenStep',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('name', models.CharField(max_length=32, verbose_name='step')),
                ('audience', models.CharField(max_length=32, verbose_name='audience')),
                ('scheduled_for', models.DateTimeField(verbose_name='scheduled for')),
                ('taken_at', models.DateTimeField(verbose_name='taken')),
                ('deadline', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='taken_steps', to='affiliate_workflows.deadline')),
            ],
            options={
                'verbose_name': 'step taken',
                'verbose_name_plural': 'steps taken',
                'ordering': ['scheduled_for', 'pk'],
            },
        ),
        migrations.CreateModel(
            name='WebhookEndpoint',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('address', models.CharField(help_text='Where we post to, such as https://example.org/hooks.', max_length=500, verbose_name='address')),
                ('description', models.CharField(help_text='What it is for, so that others know it, such as “Newsletter”.', max_length=200, verbose_name='description')),
                ('event_types', models.JSONField(default=list, verbose_name='events')),
                ('is_active', models.BooleanField(default=True, help_text='While it is off, nothing is sent, and nothing is kept for later.', verbose_name='switched on')),
                ('secret', models.CharField(default=workflows.core.webhook_signing.new_secret, editable=False, max_length=100)),
                ('secret_shown_at', models.DateTimeField(blank=True, editable=False, null=True)),
                ('previous_secret', models.CharField(blank=True, editable=False, max_length=100)),
                ('previous_secret_until', models.DateTimeField(blank=True, editable=False, null=True)),
                ('failing_since', models.DateTimeField(blank=True, editable=False, null=True)),
                ('rest_until', models.DateTimeField(blank=True, editable=False, null=True)),
                ('switched_off_at', models.DateTimeField(blank=True, editable=False, null=True)),
                ('switched_off_why', models.TextField(blank=True, editable=False)),
                ('created_at', models.DateTimeField(default=django.utils.timezone.now, editable=False, verbose_name='added')),
                ('created_by', models.ForeignKey(blank=True, editable=False, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='added by')),
            ],
            options={
                'verbose_name': 'webhook endpoint',
                'verbose_name_plural': 'webhook endpoints',
                'ordering': ['description', 'pk'],
            },
        ),
        migrations.CreateModel(
            name='WebhookDelivery',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('key', models.CharField(help_text='What it is and for whom, so that queueing it twice leaves one row.', max_length=512, unique=True, verbose_name='key')),
                ('object_id', models.CharField(blank=True, max_length=64)),
                ('attempts', models.PositiveSmallIntegerField(default=0, verbose_name='attempts')),
                ('uncertain_attempts', models.PositiveSmallIntegerField(default=0, help_text='Attempts that may have been delivered although no answer came back.', verbose_name='uncertain attempts')),
                ('next_attempt_at', models.DateTimeField(blank=True, default=django.utils.timezone.now, null=True, verbose_name='next attempt')),
                ('lease_token', models.UUIDField(blank=True, editable=False, null=True)),
                ('leased_until', models.DateTimeField(blank=True, editable=False, null=True)),
                ('transport_started_at', models.DateTimeField(blank=True, editable=False, null=True)),
                ('answer', models.TextField(blank=True, verbose_name="server's answer")),
                ('created_at', models.DateTimeField(default=django.utils.timezone.now, editable=False, verbose_name='queued at')),
                ('sent_at', models.DateTimeField(blank=True, null=True, verbose_name='sent at')),
                ('event_type', models.CharField(max_length=64, verbose_name='event')),
                ('message_id', models.CharField(editable=False, max_length=64, verbose_name='message id')),
                ('body', models.BinaryField(verbose_name='body')),
                ('state', models.CharField(choices=[('queued', 'Waiting'), ('sending', 'Being sent'), ('sent', 'Delivered'), ('failed', 'Failed'), ('uncertain', 'Uncertain, will be repeated')], default='queued', max_length=16, verbose_name='state')),
                ('last_attempt_at', models.DateTimeField(blank=True, null=True, verbose_name='last attempt')),
                ('duration_ms', models.PositiveIntegerField(blank=True, null=True)),
                ('response_status', models.PositiveSmallIntegerField(blank=True, null=True, verbose_name='status')),
                ('response_body', models.TextField(blank=True, verbose_name='beginning of the answer')),
                ('content_type', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to='contenttypes.contenttype')),
                ('endpoint', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='deliveries', to='affiliate_workflows.webhookendpoint', verbose_name='endpoint')),
            ],
            options={
                'verbose_name': 'webhook delivery',
                'verbose_name_plural': 'webhook deliveries',
                'ordering': ['-created_at', '-pk'],
                'abstract': False,
            },
        ),
        migrations.AddIndex(
            model_name='deadline',
            index=models.Index(condition=models.Q(('next_step_at__isnull', False)), fields=['next_step_at', 'id'], name='deadline_next_step'),
        ),
        migrations.AddIndex(
            model_name='deadline',
            index=models.Index(condition=models.Q(('closed_at', None)), fields=['kind', 'due_at'], name='deadline_open'),
        ),
        migrations.AddIndex(
            model_name='deadline',
            index=models.Index(fields=['content_type', 'object_id'], name='deadline_subject'),
        ),
        migrations.AddConstraint(
            model_name='deadline',
            constraint=models.UniqueConstraint(condition=models.Q(('closed_at', None)), fields=('kind', 'content_type', 'object_id'), name='one_open_deadline'),
        ),
        migrations.AddConstraint(
            model_name='deadline',
            constraint=models.CheckConstraint(condition=models.Q(('closed_at', None), ('next_step_at', None), _connector='OR'), name='closed_deadline_rests'),
        ),
        migrations.AddConstraint(
            model_name='mailwording',
            constraint=models.UniqueConstraint(fields=('kind', 'language'), name='one_wording_per_kind'),
        ),
        migrations.AddIndex(
            model_name='outgoingmail',
            index=models.Index(condition=models.Q(('state', 'sending')), fields=['leased_until'], name='outgoingmail_leases'),
        ),
        migrations.AddIndex(
            model_name='outgoingmail',
            index=models.Index(fields=['content_type', 'object_id'], name='outgoingmail_subject'),
        ),
        migrations.AddIndex(
            model_name='outgoingmail',
            index=models.Index(condition=models.Q(('state__in', ('queued', 'uncertain'))), fields=['priority', 'next_attempt_at', 'id'], name='outbox_waiting'),
        ),
        migrations.AddIndex(
            model_name='outgoingmail',
            index=models.Index(fields=['recipient_key', '-created_at'], name='outbox_recipient'),
        ),
        migrations.AddIndex(
            model_name='outgoingmail',
            index=models.Index(condition=models.Q(('secrets_expire_at__isnull', False)), fields=['secrets_expire_at'], name='outbox_secrets'),
        ),
        migrations.AddConstraint(
            model_name='takenstep',
            constraint=models.UniqueConstraint(fields=('deadline', 'name', 'scheduled_for'), name='step_taken_once'),
        ),
        migrations.AddIndex(
            model_name='webhookdelivery',
            index=models.Index(condition=models.Q(('state', 'sending')), fields=['leased_until'], name='webhookdelivery_leases'),
        ),
        migrations.AddIndex(
            model_name='webhookdelivery',
            index=models.Index(fields=['content_type', 'object_id'], name='webhookdelivery_subject'),
        ),
        migrations.AddIndex(
            model_name='webhookdelivery',
            index=models.Index(condition=models.Q(('state__in', ('queued', 'uncertain'))), fields=['next_attempt_at', 'id'], name='webhooks_waiting'),
        ),
        migrations.AddIndex(
            model_name='webhookdelivery',
            index=models.Index(fields=['endpoint', '-created_at'], name='webhooks_endpoint'),
        ),
    ]

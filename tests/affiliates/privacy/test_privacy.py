"""Somebody asks what we have about them, and to be forgotten."""

import io
import json
import quopri
from datetime import date

import pytest
from django.contrib.contenttypes.models import ContentType
from django.core.management import CommandError, call_command
from django.db import connection, models
from django.urls import reverse
from django.utils import timezone
from wagtail.models import Comment, CommentReply, ModelLogEntry

from affiliates.core.states import ApplicationState, ContactRole, NoticeKind, UpdateKind
from affiliates.models import (
    AffiliateLink,
    AffiliatePage,
    Application,
    ApplicationQuestion,
    Closure,
    Contact,
    ContactUpdate,
    Document,
    ImportColumns,
    ImportUpload,
    InformationRequest,
    LinkRequest,
    Notice,
    ProfileChange,
    Proof,
    PublishedStatement,
    RequirementQuestion,
    SpentChallenge,
    StaffNote,
    StatementChange,
    SupportRequest,
    Transition,
)
from affiliates.privacy.data_map import NOT_OURS_TO_CHANGE, columns_of, scanned_models
from affiliates.privacy.services import erase_person
from tests.factories.affiliations import UpdateRequestFactory, affiliation
from tests.factories.applications import saved_draft, submitted
from tests.factories.requirements import commitment, requirement
from tests.factories.reviews import act, approve, under_review, with_reviewers
from tests.factories.tables import checked_upload, workbook
from tests.factories.updates import sent
from tests.factories.users import UserFactory
from tests.standing import stands
from workflows.core.states import MailState
from workflows.mail.delivery import deliver_due
from workflows.models import (
    Deadline,
    MailWording,
    OutgoingMail,
    TakenStep,
    TaskRun,
    WebhookDelivery,
    WebhookEndpoint,
)

ADDRESS = "Canary.Bird@canaries.org"
NAME = "Canary Q. Birdsong"
CANARY = f"Ask {NAME} <{ADDRESS}>."
OTHER = "Canary.Bird@canaries.org.au"
"""Another person's, which begins alike."""

IDENTIFIERS = {
    *("path", "url_path", "slug", "object_id", "kind", "language", "reference", "time_zone"),
    *("name", "message_id", "statement_id", "event_type", "action"),
}
"""Columns by which programs find their way. Nobody types anything into them."""


@stands()
def team(program):
    return with_reviewers(program, slug="safe-schools")


def erase(address=ADDRESS, **options):
    return erase_person(address=address, by=None, now=timezone.now(), **options)


def stored_texts():
    """Every value of every table of the database, as text."""
    with connection.cursor() as cursor:
        for table in connection.introspection.table_names(cursor):
            cursor.execute(f"SELECT * FROM {connection.ops.quote_name(table)}")
            for row in cursor.fetchall():
                for value in row:
                    yield table, _text(value)


def _text(value):
    if isinstance(value, bytes | memoryview):
        return quopri.decodestring(bytes(value)).decode("utf-8", "replace").lower()
    return str(value).lower()


def tables_that_say(*words):
    wanted = [word.lower() for word in words]
    return {table for table, text in stored_texts() if any(word in text for word in wanted)}


def promised(program, group, contact):
    asked, now = requirement(program), timezone.now()
    requirement(program, "badge")
    asked.questions = [RequirementQuestion(label="Q", clean_name="q", field_type="x")]
    asked.save()
    proof = Proof.objects.create(
        commitment=commitment(group, asked),
        proved_on=now.date(),
        actor="contact",
        contact=contact,
        note="x",
        at=now,
    )
    Document.objects.create(proof=proof, name="x", content_type="x", size=1, content=b"x")
    words = {"program": program, "kind": "belief", "statement_id": "x"}
    PublishedStatement.objects.create(text="x", text_hash="x", **words)
    StatementChange.objects.create(before="x", after="x", changed_at=now, **words)


def a_row_of_everything(program):
    """One record of each model at least, all about the same person."""
    decided = under_review(program, contact_name=NAME, contact_email=ADDRESS)
    page = decided.affiliate
    editor = UserFactory(username="rita", is_superuser=True)
    act(decided, editor, "reject", "A question")
    InformationRequest.objects.update(answered_at=timezone.now())
    now = timezone.now()
    Application.objects.filter(pk=decided.pk).update(state=ApplicationState.DECLINED)
    group = affiliation(program, contact=False)
    contact = Contact.objects.create(
        affiliation=group, role=ContactRole.PRIMARY, name=NAME, email=ADDRESS, email_key="x"
    )
    Contact.objects.create(
        affiliation=group, role=ContactRole.ALTERNATE, name="Lee", email=OTHER, email_key="y"
    )
    request = UpdateRequestFactory(affiliation=group)
    promised(program, group, contact)
    update = ContactUpdate.objects.create(
        affiliation=group, contact=contact, kind=UpdateKind.NEWS, text="News", sent_at=now
    )
    update.save_revision()
    SupportRequest.objects.create(affiliation=group, opened_at=now, due_on=date(2027, 1, 1))
    ProfileChange.objects.create(affiliation=group, contact=contact, sent_at=now)
    Notice.objects.create(affiliation=group, kind=NoticeKind.BOUNCED, text="x", noted_at=now)
    Closure.objects.create(program=program, first_day=now, last_day=now, reason="x")
    StaffNote.objects.create(affiliation=group, text="x", written_at=now)
    AffiliateLink.objects.create(affiliate=group.page, network="website", url="https://a.org")
    group.page.save_revision()
    ApplicationQuestion.objects.create(program=program, label="Q", clean_name="q", field_type="x")
    upload = ImportUpload.objects.create(
        program=program, user=editor, filename="a.csv", content="x", created_at=now
    )
    upload.steps.create(report={})
    ImportColumns.objects.create(program=program, headings_hash="x", used_at=now)
    LinkRequest.objects.create(email_key="canarybird@canaries.org", asked_at=now)
    SpentChallenge.objects.create(signature="x", submission_key="0" * 32, expires_at=now)
    about = {
        "content_type": ContentType.objects.get_for_model(request),
        "object_id": str(request.pk),
    }
    deadline = Deadline.objects.create(
        kind="x", opened_at=now, due_at=now, counted_from=now, closed_at=now, **about
    )
    TakenStep.objects.create(
        deadline=deadline, name="x", audience="x", scheduled_for=now, taken_at=now
    )
    MailWording.objects.create(kind="x", language="en", subject="x", text="x")
    TaskRun.objects.create(task="x", ended_at=now)
    endpoint = WebhookEndpoint.objects.create(address="https://a.org")
    WebhookDelivery.objects.create(
        key="x", endpoint=endpoint, event_type="x", message_id="x", body=b"{}"
    )
    comment = Comment.objects.create(
        page=page, user=editor, text="x", contentpath="summary", position="x"
    )
    CommentReply.objects.create(comment=comment, user=editor, text="x")
    ModelLogEntry.objects.create(
        content_type=about["content_type"],
        label="x",
        action="wagtail.edit",
        timestamp=now,
        object_id="1",
    )
    return group


def poisoned(column, value, pk):
    """The value with the person in it, of the same shape."""
    if isinstance(column, models.BinaryField):
        return quopri.encodestring(CANARY.encode()) if column.name == "message" else CANARY.encode()
    if isinstance(column, models.JSONField):
        if isinstance(value, list):
            return [{"name": "x", "label": CANARY, "value": CANARY, "url": CANARY, "id": "x"}]
        return {**(value or {}), "typed": [CANARY], CANARY: {"deep": [NAME]}}
    text = f"{pk} {CANARY}" if column.unique else CANARY
    return text if column.max_length is None or column.max_length >= len(text) else None


def place_everywhere():
    """How many cells say the person's name and address now."""
    cells = 0
    for model in scanned_models():
        if model in NOT_OURS_TO_CHANGE or model is Contact:
            continue
        rows = list(model._base_manager.values("pk", *(each.name for each in columns_of(model))))
        assert rows or model._meta.swapped, f"No row of {model.__name__}: please add one above."
        for row in rows:
            for column in columns_of(model):
                value = poisoned(column, row[column.name], row["pk"])
                if value is None or column.name in IDENTIFIERS or column.primary_key:
                    continue
                model._base_manager.filter(pk=row["pk"]).update(**{column.name: value})
                cells += 1
    return cells


def test_person_in_every_column_of_every_table_is_found_and_then_nowhere(team):
    a_row_of_everything(team)
    assert place_everywhere() > 50
    assert len(tables_that_say(NAME)) > 20
    out = io_of("export_person", ADDRESS)
    records = json.loads(out)["records"]
    said = {record["record"] for record in records if NAME in json.dumps(record)}
    missing = {
        model._meta.label
        for model in scanned_models()
        if model not in NOT_OURS_TO_CHANGE
        and any(
            column.name not in IDENTIFIERS
            and not column.primary_key
            and (column.max_length or 999) >= len(CANARY)
            for column in columns_of(model)
        )
    } - said
    assert missing == set()
    erase()
    assert tables_that_say(NAME, "birdsong") == set()
    left = {(table, text) for table, text in stored_texts() if "canary.bird@canaries.org" in text}
    assert {text for _table, text in left if OTHER.lower() not in text} == set()
    assert Contact.objects.get(name="Lee").email == OTHER


def io_of(*arguments, **options):
    out = io.StringIO()
    call_command(*arguments, stdout=out, **options)
    return out.getvalue()


def applied(program, **changes):
    return submitted(program, contact_name=NAME, contact_email=ADDRESS, **changes)


def mails_to(address):
    return list(OutgoingMail.objects.filter(recipient__iexact=address))


def test_dry_run_says_what_would_happen_and_changes_nothing(team):
    applied(team)
    before = sorted(stored_texts())
    would = erase(dry_run=True)
    assert sorted(stored_texts()) == before
    done = erase()
    assert (would.deleted, would.changed, would.promises) == (
        done.deleted,
        done.changed,
        done.promises,
    )


def test_saved_draft_is_deleted(team):
    saved_draft(team, email=ADDRESS, contact_name=NAME, summary=f"Call {NAME}")
    erase()
    assert Application.objects.count() == 0
    assert tables_that_say(ADDRESS, NAME) == set()


def test_uploaded_workbook_goes_only_if_it_names_the_person(program, editor):
    head = ("region", "name", "about", "contact_name", "contact_email")
    for address in (ADDRESS, "somebody@else.org"):
        row = ("Ohio", "Lima", "Words", "Pat", address)
        checked_upload(program, editor, workbook(head, row), f"{address[:4]}.xlsx")
    erase()
    assert ImportUpload.objects.get().filename == "some.xlsx"


def test_open_application_without_a_second_contact_is_withdrawn_and_reviewers_hear_of_it(team):
    application = under_review(team, contact_name=NAME, contact_email=ADDRESS)
    done = erase()
    application.refresh_from_db()
    assert application.state == ApplicationState.WITHDRAWN
    assert "is withdrawn, since no one is left" in done.promises[0]
    assert not Deadline.objects.filter(closed_at=None).exists()
    notices = OutgoingMail.objects.filter(kind="application_withdrawn_notice")
    assert [mail.recipient for mail in notices] == ["rob@example.org"]
    assert tables_that_say(ADDRESS, NAME) == set()


def test_second_contact_takes_over_an_open_application(team):
    application = under_review(
        team,
        contact_name=NAME,
        contact_email=ADDRESS,
        alternate_name="Lee Ost",
        alternate_email="lee@group.org",
    )
    done = erase()
    application.refresh_from_db()
    assert application.state == ApplicationState.IN_REVIEW
    assert application.primary_contact.email == "lee@group.org"
    assert "becomes its contact" in done.promises[0]
    approve(application, UserFactory(username="root", is_superuser=True))
    welcome = OutgoingMail.objects.filter(kind="affiliate_welcome")
    assert [mail.recipient for mail in welcome] == ["lee@group.org"]


def test_second_contact_takes_over_an_affiliate(team):
    group = affiliation(team, contact__email=ADDRESS, contact__name=NAME, alternate=True)
    second = group.alternate_contact
    erase()
    (contact,) = Contact.objects.filter(affiliation=group)
    assert (contact.pk, contact.role) == (second.pk, ContactRole.PRIMARY)
    assert not Notice.objects.exists()


def test_staff_are_told_of_an_affiliate_that_has_nobody_to_write_to(team):
    group = affiliation(team, contact__email=ADDRESS, contact__name=NAME)
    done = erase()
    (notice,) = Notice.objects.all()
    assert (notice.affiliation, notice.kind) == (group, NoticeKind.NO_CONTACT)
    assert mails_to("rob@example.org")
    assert "no longer has a contact. Staff are told." in done.promises[0]
    assert tables_that_say(ADDRESS, NAME) == set()


@pytest.mark.parametrize("state", [MailState.QUEUED, MailState.UNCERTAIN, MailState.FAILED])
def test_mail_that_waits_is_not_sent_any_more(team, smtp, state):
    applied(team)
    OutgoingMail.objects.update(state=state)
    key = OutgoingMail.objects.get(kind="application_received").pk
    erase()
    mail = OutgoingMail.objects.get(pk=key)
    assert mail.state == MailState.SUPPRESSED
    assert mail.recipient.endswith("@erased.invalid")


@pytest.mark.django_db(transaction=True)
def test_no_mail_goes_to_somebody_who_was_erased(program, smtp):
    application = submitted(program, contact_name=NAME, contact_email=ADDRESS)
    assert application.primary_contact
    erase()
    deliver_due()
    assert not [to for to in smtp.recipients if "canar" in to.lower() or "erased" in to]


def test_sent_mail_stays_as_a_number_without_its_text(team):
    applied(team)
    OutgoingMail.objects.update(state=MailState.SENT, message=b"To: x\n\nDear Canary", attempts=1)
    key = OutgoingMail.objects.get(kind="application_received").pk
    erase()
    mail = OutgoingMail.objects.get(pk=key)
    assert (mail.state, mail.message, mail.recipient_name) == (MailState.SENT, None, "")


def test_name_goes_from_records_about_the_person_only(team):
    application = applied(team)
    Transition.objects.update(reason="Spoke with  canary q. birdsong on the phone")
    other = submitted(team, contact_name=NAME, contact_email=OTHER, name="Others", region="US-IA")
    erase()
    reasons = Transition.objects.filter(object_id=application.pk).values_list("reason", flat=True)
    assert "Spoke with  [name removed] on the phone" in reasons
    assert other.primary_contact.name == NAME
    assert other.primary_contact.email == OTHER
    assert mails_to(OTHER)[0].recipient_name == NAME


def test_name_of_the_person_within_a_word_stays(team):
    application = submitted(team, contact_name="Ann", contact_email=ADDRESS, summary="Annual Ann")
    erase()
    application.refresh_from_db()
    assert application.summary == "Annual [name removed]"


def test_search_forgets_too(team):
    group = affiliation(team, contact__email=ADDRESS, contact__name=NAME, summary=CANARY)
    assert AffiliatePage.objects.search("Birdsong").count() == 1
    erase()
    group.page.refresh_from_db()
    assert "birdsong" not in group.page.summary + group.page.directory_words
    assert AffiliatePage.objects.search("Birdsong").count() == 0


def test_programs_own_address_stays_and_is_named(team):
    team.contact_email = ADDRESS
    team.save()
    done = erase()
    assert "mentions them" in done.kept[0]
    team.refresh_from_db()
    assert team.contact_email == ADDRESS


def test_log_says_that_it_was_done_and_not_to_whom(team):
    user = UserFactory()
    applied(team)
    erase_person(address=ADDRESS, by=user, now=timezone.now())
    entry = ModelLogEntry.objects.get(action="affiliates.erase_person")
    assert entry.user == user
    assert entry.data["deleted"]["contacts"] == 1
    assert "canar" not in json.dumps(entry.data).lower() + entry.label.lower()


def test_person_who_is_not_known_changes_nothing(team):
    assert erase("nobody@nowhere.org").is_empty
    assert "Nothing is stored" in io_of("erase_person", "nobody@nowhere.org")
    assert "Nothing." in io_of("export_person", "nobody@nowhere.org", text=True)
    assert not ModelLogEntry.objects.filter(action="affiliates.erase_person").exists()


def test_commands_hand_out_and_erase(team, tmp_path):
    applied(team, summary="We meet on Mondays.")
    file = tmp_path / "person.json"
    call_command("export_person", ADDRESS.upper(), file=file)
    data = json.loads(file.read_text())
    assert data["names"] == [NAME]
    whole = {record["record"]: record["values"] for record in data["records"] if record["whole"]}
    assert whole["affiliates.Contact"]["phone"] == "614 555 0123"
    assert whole["affiliates.Application"]["summary"] == "We meet on Mondays."
    assert "link_nonce" not in file.read_text()
    assert "about the group: We meet on Mondays." in io_of("export_person", ADDRESS, text=True)
    assert "Nothing was changed." in io_of("erase_person", ADDRESS, dry_run=True)
    assert Contact.objects.exists()
    assert "Deleted: 1 contacts" in io_of("erase_person", ADDRESS)
    assert not Contact.objects.exists()


@pytest.mark.parametrize("command", ["export_person", "erase_person"])
@pytest.mark.parametrize("text", ["", "nobody", "a@[127.0.0.1]", "a@b.org, c@d.org"])
def test_command_with_no_address_says_so(db, command, text):
    with pytest.raises(CommandError):
        call_command(command, text)


PAGE = reverse("affiliates_person")


@pytest.fixture
def manager_client(client, team):
    permissions = ("wagtailadmin.access_admin", "affiliates.change_application")
    user = UserFactory(permissions=[*permissions, "affiliates.change_affiliation"])
    client.force_login(user)
    return client


def post(client, action, **data):
    return client.post(PAGE, {"action": action, "address": ADDRESS, **data})


def words(response):
    return " ".join(response.content.decode().split())


def test_admin_shows_what_is_stored_and_what_erasing_would_do(manager_client, team):
    applied(team)
    page = words(post(manager_client, "show"))
    assert NAME in page
    assert "614 555 0123" in page
    assert "Deleted: 1 contacts" in page
    assert "is withdrawn, since no one is left" in page
    assert Contact.objects.exists()


def test_admin_shows_what_was_said_without_the_bookkeeping_of_wagtail(manager_client, team):
    group = affiliation(team, contact__name=NAME, contact__email=ADDRESS)
    sent(group, "We met the board.").save_revision()
    page = words(post(manager_client, "show"))
    assert "We met the board." in page
    assert "npublished changes" not in page
    assert "atest revision" not in page


def test_admin_erases_once_the_address_was_typed_again(manager_client, team):
    applied(team)
    wrong = post(manager_client, "erase", again="canary.bird@canaries.com")
    assert wrong.status_code == 422
    assert "This is not the same address" in words(wrong)
    assert Contact.objects.exists()
    done = words(post(manager_client, "erase", again=f" {ADDRESS.lower()} "))
    assert "It cannot be undone." in done
    assert ADDRESS not in done
    assert not Contact.objects.exists()


@pytest.mark.parametrize(("action", "start"), [("json", "{"), ("text", "What is stored about")])
def test_admin_hands_out_a_file(manager_client, team, action, start):
    applied(team)
    response = post(manager_client, action)
    assert response["Content-Disposition"].startswith("attachment")
    assert "no-store" in response["Cache-Control"]
    text = response.content.decode()
    assert text.startswith(start)
    assert NAME in text


@pytest.mark.parametrize("text", ["", "nobody", "\x00", "a@b.org, c@d.org", "x" * 400])
def test_admin_refuses_what_is_no_address(manager_client, text):
    for action in ("show", "erase", "json"):
        assert post(manager_client, action, address=text).status_code == 422


def test_who_looks_after_one_half_only_may_not_see_persons(editor_client):
    assert editor_client.get(PAGE).url == reverse("wagtailadmin_home")
    assert post(editor_client, "erase", again=ADDRESS).url == reverse("wagtailadmin_home")
    assert PAGE not in words(editor_client.get(reverse("wagtailadmin_home")))


def test_menu_offers_it_to_those_who_may(manager_client):
    assert PAGE in words(manager_client.get(reverse("wagtailadmin_home")))

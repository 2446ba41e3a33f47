import pytest

from workflows.core.exceptions import UnknownPlaceholder
from workflows.mail.grammar import misplaced_lists, unknown_placeholders
from workflows.mail.kinds import all_kinds, get_kind
from workflows.mail.wordings import default_wording, wording_for
from workflows.models import MailWording

KINDS = [pytest.param(kind, id=kind.name) for kind in all_kinds()]


def a_kind():
    return next(kind for kind in all_kinds() if kind.name == "draft_saved")


def write(folder, path, text):
    target = folder / path
    target.parent.mkdir(parents=True, exist_ok=True)
    target.write_text(text)


@pytest.fixture
def site_templates(tmp_path, settings):
    settings.TEMPLATES = [{**settings.TEMPLATES[0], "DIRS": [tmp_path]}]
    return tmp_path


@pytest.mark.parametrize("kind", KINDS)
def test_default_wording_uses_only_what_its_kind_offers(kind):
    wording = default_wording(kind, "en")
    assert wording.subject
    assert "\n" not in wording.subject
    assert unknown_placeholders(wording.subject + wording.text, kind) == []


@pytest.mark.parametrize("kind", KINDS)
def test_every_placeholder_is_explained_by_help_and_example(kind):
    assert str(kind.label)
    assert str(kind.sent_when)
    assert str(kind.why)
    for placeholder in kind.offered:
        assert str(placeholder.help)
        assert str(placeholder.example)


@pytest.mark.parametrize(
    ("text", "refused"),
    [
        ("Hello {reference}", []),
        ("{nope}", ["{nope}"]),
        ("{{ 7*7 }}", ["{{ 7*7 }}"]),
        ("{{reference}}", ["{{reference}}"]),
        ("{reference.pk}", ["{reference.pk}"]),
        ("{0.__class__}", ["{0.__class__}"]),
        ("{reference!r:>9}", ["{reference!r:>9}"]),
        ("{ reference }", ["{ reference }"]),
        ("{}", ["{}"]),
        ("a } b { c", ["}", "{ c"]),
        ("{reference", ["{reference"]),
        ("{% now %}", ["{% now %}"]),
    ],
)
def test_anything_else_in_braces_is_found(text, refused):
    assert unknown_placeholders(text, a_kind()) == refused


@pytest.mark.parametrize(
    ("subject", "text", "refused"),
    [
        ("{summary}", "Hello\n\n  {waiting} \n{name}", []),
        ("{waiting}", "{waiting}", ["{waiting}"]),
        ("", "All: {waiting}", ["{waiting}"]),
        ("", "- {waiting}\n{waiting}{waiting}", ["{waiting}"] * 3),
    ],
)
def test_list_in_the_wrong_place_is_found(subject, text, refused):
    assert misplaced_lists(subject, text, get_kind("waiting_for_you")) == refused


@pytest.mark.django_db
def test_own_wording_with_a_list_in_the_wrong_place_holds_up_no_mail():
    kind = get_kind("waiting_for_you")
    MailWording.objects.create(kind=kind.name, language="en", subject="S", text="All: {waiting}")
    assert wording_for(kind, "en") == default_wording(kind, "en")


def test_site_overrides_a_default_in_its_templates_folder(site_templates):
    write(site_templates, "affiliates/applications/mail/draft_saved_subject.txt", "Ours")
    assert default_wording(a_kind(), "en").subject == "Ours"
    assert "{draft_url}" in default_wording(a_kind(), "en").text


def test_default_is_read_and_never_run_as_a_template(site_templates):
    write(
        site_templates, "affiliates/applications/mail/draft_saved.txt", "{% now 'Y' %} {draft_url}"
    )
    with pytest.raises(UnknownPlaceholder, match="now 'Y'"):
        default_wording(a_kind(), "en")


@pytest.mark.django_db
def test_default_comes_in_the_nearest_language(site_templates, settings):
    settings.WAGTAIL_CONTENT_LANGUAGES = [("en", "English"), ("fr-ca", "French"), ("de", "German")]
    settings.LANGUAGES = settings.WAGTAIL_CONTENT_LANGUAGES
    write(site_templates, "affiliates/applications/mail/fr/draft_saved.txt", "Bonjour {draft_url}")
    write(site_templates, "affiliates/applications/mail/fr/draft_saved_subject.txt", "Bonjour")
    assert wording_for(a_kind(), "fr-ca").language == "fr"
    assert wording_for(a_kind(), "fr-ca").subject == "Bonjour"
    assert wording_for(a_kind(), "de").language == "en"
    assert wording_for(a_kind(), "xx").language == "en"


@pytest.mark.django_db
def test_own_wording_goes_before_the_default():
    MailWording.objects.create(
        kind="draft_saved", language="en", subject="Ours", text="{draft_url}"
    )
    assert wording_for(a_kind(), "en").subject == "Ours"
    assert wording_for(a_kind(), "en-gb").subject == "Ours"


@pytest.mark.django_db
def test_own_wording_with_a_placeholder_that_is_gone_holds_up_no_mail():
    MailWording.objects.create(kind="draft_saved", language="en", subject="Ours", text="{old}")
    assert wording_for(a_kind(), "en") == default_wording(a_kind(), "en")

"""Mailed links, as people and machines open them: whole, broken, old, stolen, pressed by robots."""

import logging
from datetime import UTC, datetime, timedelta
from pathlib import Path
from types import SimpleNamespace

import pytest
import time_machine
from django.conf import settings as django_settings
from django.test import Client
from django.utils import timezone
from gunicorn.config import Config

from affiliates.applications.mails.applying import APPLICATION_RECEIVED, APPLICATION_WITHDRAWN
from affiliates.core.states import ApplicationState
from affiliates.links.tokens import Purpose, draft_url, make_token, status_url
from affiliates.models import Application, Transition
from affiliates.portal.services.link_requests import answer_link_requests
from program_site.demo.services import web
from tests.factories.applications import in_state, saved_draft, submitted
from tests.standing import stands
from workflows.models import OutgoingMail

pytestmark = pytest.mark.django_db

RENEW = "/join/link/renew/"


@stands()
def application(program):
    return submitted(program)


def path_of(url):
    return url.removeprefix(django_settings.WAGTAILADMIN_BASE_URL)


def status_path(application):
    return f"/join/application/{application.reference}/"


def link_path(token):
    return f"/join/link/{token}/"


def opened(client, application):
    client.get(path_of(status_url(application)))
    return client


def renew(client, typed):
    """A worker looks for the reference, not the page that takes it."""
    client.post(RENEW, typed)
    answer_link_requests(now=timezone.now())


def everything_stored():
    return (
        list(Application.objects.values()),
        list(OutgoingMail.objects.values_list("key")),
        list(Transition.objects.values()),
    )


def test_link_leads_to_the_status_without_a_token_in_the_address(client, application):
    response = client.get(path_of(status_url(application)), follow=True)
    html = response.content.decode()
    assert response.redirect_chain == [(status_path(application), 302)]
    for text in ("Safer Schools Ohio", "rosa@saferschools.org", "614 555 0123", "Submitted"):
        assert text in html
    assert application.link_nonce not in html


def test_status_tells_the_day_of_sending_where_the_program_is(client, program):
    late_in_new_york = datetime(2026, 11, 24, 1, 30, tzinfo=UTC)
    application = submitted(program, now=late_in_new_york)
    html = opened(client, application).get(status_path(application)).content.decode()
    assert "Monday, November 23, 2026" in html


def test_status_names_networks_as_the_form_does(client, program):
    application = submitted(program, link_twitter="https://x.com/saferschools")
    html = opened(client, application).get(status_path(application)).content.decode()
    assert "<dt>X (Twitter)</dt>" in html


def test_link_works_many_times_and_in_other_browsers(application):
    for _ in range(3):
        assert opened(Client(), application).get(status_path(application)).status_code == 200


def test_cookie_is_good_for_its_own_pages_only(client, application):
    response = client.get(path_of(status_url(application)))
    (cookie,) = response.cookies.values()
    assert cookie["path"] == status_path(application)
    assert cookie["httponly"]
    assert cookie["samesite"] == "Lax"
    assert not cookie["secure"]
    secure = client.get(path_of(status_url(application)), secure=True)
    (name,) = secure.cookies
    assert name.startswith("__Secure-")
    assert secure.cookies[name]["secure"]
    client.cookies.pop(next(iter(response.cookies)))
    assert client.get(status_path(application), secure=True).status_code == 200


def test_cookie_of_one_application_shows_no_other(client, program, application):
    other = submitted(program, name="Other group")
    response = client.get(path_of(status_url(application)))
    (cookie,) = response.cookies.values()
    name = next(iter(response.cookies)).replace(application.reference, other.reference)
    thief = Client()
    thief.cookies[name] = cookie.value
    assert thief.get(status_path(other)).status_code == 403


def test_private_pages_stay_out_of_caches_and_referrers(client, application):
    link = client.get(path_of(status_url(application)))
    page = client.get(status_path(application))
    for response in (link, page):
        assert "no-store" in response["Cache-Control"]
        assert "private" in response["Cache-Control"]
        assert response["Referrer-Policy"] == "same-origin"


@pytest.mark.parametrize("method", ["get", "head", "options"])
@pytest.mark.parametrize("page", ["link", "status", "withdraw", "answer", "thanks"])
def test_looking_changes_nothing(client, application, method, page):
    opened(client, application)
    pages = {
        "link": path_of(status_url(application)),
        "status": status_path(application),
        "withdraw": status_path(application) + "withdraw/",
        "answer": status_path(application) + "answer/",
        "thanks": status_path(application) + "thanks/",
    }
    before = everything_stored()
    assert getattr(client, method)(pages[page]).status_code < 500
    assert everything_stored() == before


@pytest.mark.parametrize("method", ["post", "put", "delete", "patch"])
def test_link_itself_takes_no_orders(client, application, method):
    before = everything_stored()
    assert getattr(client, method)(path_of(status_url(application))).status_code == 405
    assert everything_stored() == before


@pytest.mark.parametrize("end", [".", ">", ")", ",", "%20", "%0A", ".%3E", "%C2%A0", "%E2%80%9D"])
def test_what_a_mail_program_stuck_to_the_end_is_taken_off(client, application, end):
    token = make_token(application, Purpose.STATUS)
    for path in (link_path(token + end), link_path(token) + end):
        response = client.get(path, follow=True)
        assert response.status_code == 200
        assert response.redirect_chain[-1][0] == status_path(application)


def test_every_single_changed_character_breaks_the_link(client, application):
    token = make_token(application, Purpose.STATUS)
    for place, character in enumerate(token):
        broken = token[:place] + ("x" if character != "x" else "y") + token[place + 1 :]
        assert client.get(link_path(broken)).status_code == 404, broken


@pytest.mark.parametrize("length", [0.1, 0.3, 0.5, 0.9, 0.99])
def test_cut_link_says_what_to_do(client, application, length):
    token = make_token(application, Purpose.STATUS)
    response = client.get(link_path(token[: int(len(token) * length)]))
    html = response.content.decode()
    assert response.status_code == 404
    assert "cut it short" in html
    assert 'name="reference"' in html
    assert application.reference not in html


@pytest.mark.parametrize(
    "junk", ["%00", "~", "status~", "~~~~", "status~a~b~c~d", "%FF", "x" * 5000]
)
def test_junk_for_a_token_is_a_friendly_page(client, junk):
    assert client.get(link_path(junk)).status_code == 404


def test_link_for_another_purpose_is_worthless(client, application):
    token = make_token(application, Purpose.DRAFT).replace("draft~", "status~", 1)
    assert client.get(link_path(token)).status_code == 404


def test_draft_link_does_not_open_the_status_of_a_draft(client, program):
    draft = saved_draft(program)
    client.get(path_of(draft_url(draft)))
    assert client.get(status_path(draft)).status_code == 403


def test_link_dies_with_the_nonce_and_so_does_its_cookie(client, application):
    link = path_of(status_url(application))
    client.get(link)
    Application.objects.update(link_nonce="replaced")
    assert client.get(link).status_code == 404
    assert client.get(status_path(application)).status_code == 403


def test_expired_link_offers_a_new_one_to_the_address_on_record(client, application):
    link = path_of(status_url(application))
    with time_machine.travel(timezone.now() + timedelta(days=181)):
        response = client.get(link)
        assert response.status_code == 410
        assert "has expired" in response.content.decode()
        assert "rosa@" not in response.content.decode()
        before = OutgoingMail.objects.count()
        renew(client, {"reference": application.reference, "email": "thief@example.org"})
    assert OutgoingMail.objects.count() == before + 1
    assert OutgoingMail.objects.latest("pk").recipient == "rosa@saferschools.org"
    assert not OutgoingMail.objects.filter(recipient="thief@example.org").exists()


def test_draft_link_expires_sooner(client, program):
    link = path_of(draft_url(saved_draft(program)))
    with time_machine.travel(timezone.now() + timedelta(days=29)):
        assert client.get(link).status_code == 302
    with time_machine.travel(timezone.now() + timedelta(days=31)):
        assert client.get(link).status_code == 410


@pytest.mark.parametrize("state", list(ApplicationState))
def test_new_link_goes_out_in_every_state(client, program, state):
    application = in_state(program, state)
    OutgoingMail.objects.all().delete()
    if state == ApplicationState.DRAFT:
        Application.objects.update(draft_email="rosa@saferschools.org")
    renew(client, {"reference": application.reference})
    assert [mail.recipient for mail in OutgoingMail.objects.all()] == ["rosa@saferschools.org"]


def test_same_answer_for_known_unknown_and_nonsense_references(client, application):
    answers = [
        client.post(RENEW, {"reference": reference}, follow=True)
        for reference in (application.reference, "ZZZ-ZZZ", "", "<script>")
    ]
    assert len({(answer.status_code, answer.content) for answer in answers}) == 1


@pytest.mark.parametrize("typed", ["{0}", " {0} ", "{1}", "{2}"])
def test_reference_may_be_typed_as_people_do(client, application, typed):
    before = OutgoingMail.objects.count()
    reference = application.reference
    written = typed.format(reference, reference.lower(), reference.replace("-", " "))
    renew(client, {"reference": written})
    assert OutgoingMail.objects.count() == before + 1


def test_asking_for_links_cannot_flood_a_mailbox(client, application):
    for minute in range(20):
        with time_machine.travel(timezone.now() + timedelta(minutes=minute)):
            renew(client, {"reference": application.reference})
    to_applicant = OutgoingMail.objects.filter(kind=APPLICATION_RECEIVED)
    assert to_applicant.exclude(state="suppressed").count() == 5


def test_status_without_cookie_is_the_same_page_as_for_nothing(client, application):
    known, unknown = (
        client.get(f"/join/application/{reference}/")
        for reference in (application.reference, "ZZZ-ZZZ")
    )
    assert known.status_code == unknown.status_code == 403
    assert (
        known.content.decode().replace(application.reference, "ZZZ-ZZZ").split("csrf")[0]
        == unknown.content.decode().split("csrf")[0]
    )


def test_thanks_page_exists_only_for_what_was_sent(client, program):
    draft = saved_draft(program)
    assert client.get(status_path(draft) + "thanks/").status_code == 404


def test_withdrawing_asks_first_and_then_does_it(client, application):
    opened(client, application)
    page = client.get(status_path(application) + "withdraw/")
    assert "Yes, withdraw it" in page.content.decode()
    assert Application.objects.get().state == ApplicationState.SUBMITTED
    response = client.post(
        status_path(application) + "withdraw/", {"reason": "We split."}, follow=True
    )
    html = response.content.decode()
    assert Application.objects.get().state == ApplicationState.WITHDRAWN
    assert "Withdrawn" in html
    assert f"/join/{application.program.slug}/" in html
    assert Transition.objects.latest("pk").reason == "We split."


def test_withdrawing_twice_is_no_mistake(client, application):
    opened(client, application)
    for _ in range(2):
        response = client.post(status_path(application) + "withdraw/", follow=True)
        assert response.status_code == 200
    assert OutgoingMail.objects.filter(kind=APPLICATION_WITHDRAWN).count() == 1


def test_withdrawing_needs_the_cookie_and_the_csrf_token(application):
    assert Client().post(status_path(application) + "withdraw/").status_code == 403
    careful = opened(Client(enforce_csrf_checks=True), application)
    assert careful.post(status_path(application) + "withdraw/").status_code == 403
    assert Application.objects.get().state == ApplicationState.SUBMITTED


def test_cookie_for_one_with_a_body_naming_another_has_no_power_over_it(client, program):
    mine, other = submitted(program), submitted(program, name="Other group")
    opened(client, mine)
    body = {"reference": other.reference, "application": other.pk}
    client.post(status_path(mine) + "withdraw/", body)
    client.post(status_path(other) + "withdraw/", body)
    other.refresh_from_db()
    assert other.state == ApplicationState.SUBMITTED


def test_bad_reason_is_refused_and_kept(client, application):
    opened(client, application)
    reason = "A" + "\u0301" * 200
    response = client.post(status_path(application) + "withdraw/", {"reason": reason})
    assert response.status_code == 422
    assert reason in response.content.decode()
    assert Application.objects.get().state == ApplicationState.SUBMITTED


def test_links_never_take_their_host_from_a_request(settings, application):
    settings.AFFILIATE_WORKFLOWS = {"BASE_URL": "https://program.example.org/"}
    assert status_url(application).startswith("https://program.example.org/join/link/status~")


def test_tokens_do_not_reach_the_log(client, application, caplog):
    token = make_token(application, Purpose.STATUS)
    draft = make_token(application, Purpose.DRAFT)
    with caplog.at_level(logging.DEBUG):
        client.get(link_path(token + "broken"))
        client.post(link_path(token))
        client.get(f"/api/affiliates/v1/drafts/{draft}x/")
        client.get("/nowhere/", {"back": link_path(token.replace("~", "%7E"))})
    assert "/link/…" in caplog.text
    assert "/drafts/…" in caplog.text
    assert application.link_nonce not in caplog.text


RESET = "d6xk1f-0123456789abcdef0123456789abcdef"


@pytest.mark.parametrize("logger", ["django.server", "celery.app.trace", "a.site.of.somebody"])
def test_every_logger_blots_tokens_out_wherever_they_stand(application, caplog, logger):
    token = make_token(application, Purpose.STATUS)
    with caplog.at_level(logging.INFO, logger=logger):
        log = logging.getLogger(logger)
        log.info('"%s" %s', f"GET /join/link/{token}/ HTTP/1.1", 302)
        log.info("%(path)s by %(who)s", {"path": f"/front#{token}", "who": ValueError(token)})
        log.info(f"/admin/password_reset/confirm/MQ/{RESET}/")
        try:
            raise ValueError(token)
        except ValueError:
            log.exception("Failed")
    assert '"GET /join/link/…/ HTTP/1.1" 302' in caplog.text
    assert "/front#… by …" in caplog.text
    assert "confirm/MQ/…/" in caplog.text
    assert "ValueError: …" in caplog.text
    assert application.link_nonce not in caplog.text


def test_web_server_keeps_tokens_out_of_its_access_log(application, capsys):
    token = make_token(application, Purpose.STATUS)
    config = Config()
    config.set("accesslog", "-")
    config.set("logger_class", "affiliates.core.gunicorn.Logger")
    environ = {
        "REQUEST_METHOD": "GET",
        "RAW_URI": link_path(token),
        "SERVER_PROTOCOL": "HTTP/1.1",
        "HTTP_REFERER": f"https://front.example.org/?t={token}",
    }
    answer = SimpleNamespace(status="302 Found", sent=0, headers=[])
    logger = config.logger_class(config)
    logger.access(answer, SimpleNamespace(headers=[]), environ, timedelta(seconds=1))
    written = capsys.readouterr().out
    assert '"GET /join/link/…/ HTTP/1.1" 302 0 "https://front.example.org/?t=…"' in written


def test_every_way_to_start_the_web_server_names_this_logger():
    root = Path(django_settings.ROOT_DIR)
    for place in ("Dockerfile", "docker-compose.yml", "docs/deployment.md"):
        commands = (root / place).read_text().split("gunicorn")[1:]
        assert any("--logger-class=affiliates.core." in command for command in commands), place
    where = SimpleNamespace(port=1)
    assert "--logger-class=affiliates.core.gunicorn.Logger" in web(where).command

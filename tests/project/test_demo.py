"""The demo: what it says when it cannot run, what it loads, and that it ends its processes."""

import os
import socket
import subprocess
import sys
from io import StringIO

import pytest
from django.contrib.auth import authenticate, get_user_model
from django.core.management import call_command
from wagtail.models import Page, Site

from program_site.demo import content, loading, people
from program_site.demo.addresses import NotPossible, addresses
from program_site.demo.services import Service, broker
from program_site.demo.supervisor import Supervisor


@pytest.fixture
def taken_port():
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        yield taken.getsockname()[1]


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return str(probe.getsockname()[1])


def test_port_in_use_is_told_with_the_command_to_run(taken_port):
    with pytest.raises(NotPossible) as told:
        addresses({"PORT": str(taken_port)})
    assert str(told.value) == f"Port {taken_port} is in use. Run PORT={taken_port + 1} make demo"


@pytest.mark.parametrize("port", ["eighty", "0", "-1", "65536", "8000 "])
def test_port_that_is_none_is_told(port):
    with pytest.raises(NotPossible, match="is no port number"):
        addresses({"PORT": port})


def test_addresses_follow_the_port(tmp_path):
    port = free_port()
    where = addresses({"PORT": port, "DEMO_DIR": str(tmp_path)})
    assert where.base_url == where.environment["BASE_URL"] == f"http://localhost:{port}"
    assert where.environment["DATABASE_URL"] == f"sqlite:///{tmp_path}/demo.sqlite3"


def test_addresses_of_the_environment_are_used(tmp_path):
    given = {
        "PORT": free_port(),
        "DATABASE_URL": "postgres://me@host/db",
        "REDIS_URL": "redis://host:1/2",
        "EMAIL_URL": "smtp://mail:25",
        "DEMO_DIR": str(tmp_path),
    }
    where = addresses(given)
    assert given.items() <= where.environment.items()
    assert where.foreign_database
    assert broker(where) is None


def test_empty_variables_count_as_missing(tmp_path):
    where = addresses({"PORT": free_port(), "REDIS_URL": "", "DEMO_DIR": str(tmp_path)})
    assert where.environment["REDIS_URL"] == f"redis://127.0.0.1:{where.broker_port}/0"


def test_reset_of_a_database_of_ones_own_is_refused_and_nothing_removed(tmp_path):
    (tmp_path / "demo.sqlite3").write_text("kept")
    finished = subprocess.run(
        [sys.executable, "-m", "program_site.demo"],
        env=os.environ
        | {
            "PYTHONPATH": os.pathsep.join(sys.path),
            "PORT": free_port(),
            "DEMO_DIR": str(tmp_path),
            "DATABASE_URL": "postgres://me@127.0.0.1:1/db",
            "RESET": "1",
        },
        capture_output=True,
        text=True,
        check=False,
    )
    assert finished.returncode == 1
    assert "names a database of yours" in finished.stderr
    assert (tmp_path / "demo.sqlite3").read_text() == "kept"


def test_supervisor_that_ends_takes_its_processes_and_theirs_along(tmp_path):
    """Its process has a child of its own, which holds the other end of a pipe open."""
    read_end, write_end = os.pipe()
    script = f"import subprocess, sys; subprocess.run(['sleep', '600'], pass_fds=[{write_end}])"
    process = subprocess.Popen(
        [
            sys.executable,
            "-c",
            "import sys; from program_site.demo.supervisor import Supervisor\n"
            "from program_site.demo.services import Service\n"
            "import os\n"
            "with Supervisor(dict(os.environ)) as supervisor:\n"
            "    supervisor.start(Service('one', (sys.executable, '-c', sys.argv[1])))\n"
            "    print('started', flush=True)\n"
            "    supervisor.watch()\n",
            script,
        ],
        env=os.environ | {"PYTHONPATH": os.pathsep.join(sys.path)},
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
    )
    os.close(write_end)
    assert process.stdout.readline() == "started\n"
    process.terminate()
    process.communicate()
    with os.fdopen(read_end) as nobody_left:
        assert nobody_left.read() == ""


def test_supervisor_gives_up_on_what_cannot_start(monkeypatch):
    monkeypatch.setattr("program_site.demo.supervisor.PAUSES", (0.0, 0.0))
    never = Service("never", (sys.executable, "-c", "raise SystemExit(3)"))
    supervisor = Supervisor(dict(os.environ))
    supervisor.start(never)
    with pytest.raises(NotPossible, match="“never” ended 3 times in a row"):
        supervisor.watch()


# Wagtail leaves the temporary file of a new rendition to the garbage collector.
@pytest.mark.filterwarnings("ignore:Exception ignored in. <function SpooledTemporaryFile")
def test_loading_makes_the_program_the_site_is_about(db, client):
    program = loading.load_site()

    assert loading.is_loaded()
    assert Site.objects.get(is_default_site=True).root_page.title == content.HOME_TITLE
    assert [item.text for item in program.statements("beliefs")] == list(content.BELIEFS)
    assert program.review_group.name == people.REVIEWERS.name
    assert client.get("/").status_code == 200
    assert client.get(program.url).status_code == 200


def test_loading_imports_the_affiliates_and_tells_what_was_left_out(db):
    told = StringIO()
    call_command("load_demo", stdout=told)
    assert "youtube" in told.getvalue()
    assert "Done: 5 new" in told.getvalue()


def test_loading_twice_changes_nothing(db):
    call_command("load_demo", stdout=StringIO())
    pages = list(Page.objects.values_list("pk", "latest_revision_created_at"))
    call_command("load_demo", stdout=StringIO())
    assert list(Page.objects.values_list("pk", "latest_revision_created_at")) == pages


def test_links_to_pages_lead_to_where_the_demo_runs_this_time(db, settings):
    for address in ("http://localhost:8000", "http://localhost:8191", "https://demo.example.org"):
        settings.WAGTAILADMIN_BASE_URL = address
        call_command("load_demo", stdout=StringIO())
        program = Page.objects.get(slug="affiliates")
        assert program.full_url == f"{address}/affiliates/"


def test_demo_answers_to_names_of_this_machine_and_to_those_it_is_told():
    """Another site could point a name of its own here, and act as whoever is logged in."""
    ask = "from program_site.settings import demo; print(*demo.ALLOWED_HOSTS)"
    for environment, expected in (
        ({}, "localhost 127.0.0.1 [::1] localhost"),
        ({"BASE_URL": "https://demo.example.org"}, "localhost 127.0.0.1 [::1] demo.example.org"),
        ({"ALLOWED_HOSTS": "a.example,b.example"}, "a.example b.example"),
    ):
        whole = {"PATH": os.environ["PATH"], "PYTHONPATH": os.pathsep.join(sys.path), **environment}
        hosts = subprocess.check_output([sys.executable, "-c", ask], env=whole, text=True)
        assert hosts.strip() == expected


def test_people_of_the_demo_can_log_in_and_see_the_applications(db, client, rf):
    loading.load_site()
    for person in people.PEOPLE:
        assert authenticate(rf.get("/"), username=person.username, password=person.password)
        client.force_login(get_user_model().objects.get(username=person.username))
        assert client.get("/admin/affiliates/applications/").status_code == 200


# Wagtail leaves the temporary file of a new rendition to the garbage collector.
@pytest.mark.filterwarnings("ignore:Exception ignored in. <function SpooledTemporaryFile")
@pytest.mark.parametrize("username", ["reviewer", "colleague", "lead", "director"])
def test_staff_of_the_demo_do_not_rule_the_site(db, client, username):
    program = loading.load_site()
    client.force_login(get_user_model().objects.get(username=username))
    assert client.get("/admin/users/").status_code == 302
    assert client.get(f"/admin/pages/{program.get_parent().pk}/edit/").status_code == 302
    assert client.get(f"/admin/pages/{program.pk}/edit/").status_code == 200


def test_reviewer_of_the_demo_may_not_change_what_mails_say_and_the_lead_may(db, client):
    loading.load_site()
    users = get_user_model().objects
    assert users.get(username="lead").has_perm("affiliate_workflows.change_mailwording")
    assert not users.get(username="reviewer").has_perm("affiliate_workflows.change_mailwording")

"""The production shape cannot run here without a Docker engine; what it says can be checked."""

import importlib.util
import re
import shlex
from pathlib import Path

import pytest
import yaml

from workflows.core.celery_settings import WORKER_FLAGS

ROOT = Path(__file__).resolve().parents[2]
OWN_SERVICES = ("migrate", "web", "worker", "beat")
SITE_IMAGE = "wagtail-affiliates-site"
PROGRAMS = {"gunicorn": "gunicorn", "celery": "celery"}


@pytest.fixture(scope="module")
def compose():
    return yaml.safe_load((ROOT / "docker-compose.yml").read_text())


@pytest.fixture(scope="module")
def example():
    """The variables of .env.example."""
    lines = (ROOT / ".env.example").read_text().splitlines()
    return dict(line.split("=", 1) for line in lines if line and not line.startswith("#"))


def test_compose_has_every_part(compose):
    assert set(compose["services"]) == {"database", "broker", *OWN_SERVICES}


@pytest.mark.parametrize("name", OWN_SERVICES)
def test_compose_commands_name_programs_that_exist(compose, name):
    words = compose["services"][name]["command"]
    if words[0] == "python":
        assert (ROOT / "site" / words[1]).is_file()
    else:
        assert importlib.util.find_spec(PROGRAMS[words[0]])


def test_compose_and_the_instructions_by_hand_run_the_same_workers(compose):
    by_hand = (ROOT / "docs" / "deployment.md").read_text()
    for name in ("worker", "beat"):
        assert shlex.join(compose["services"][name]["command"]) in by_hand


def test_compose_workers_do_not_gossip(compose):
    assert set(WORKER_FLAGS) <= set(compose["services"]["worker"]["command"])


def test_compose_broker_never_evicts_and_keeps_its_log(compose):
    command = " ".join(compose["services"]["broker"]["command"])
    assert "--maxmemory-policy noeviction" in command
    assert "--appendonly yes --appendfsync everysec" in command


@pytest.mark.parametrize("name", ["web", "worker", "beat"])
def test_compose_processes_wait_for_the_migrations(compose, name):
    wanted = compose["services"][name]["depends_on"]["migrate"]["condition"]
    assert wanted == "service_completed_successfully"


def test_compose_services_are_confined(compose):
    for service in compose["services"].values():
        assert service["read_only"] is True
        assert service["cap_drop"] == ["ALL"]
        assert service["security_opt"] == ["no-new-privileges:true"]
        assert service.get("user", "root") != "root" or service["image"] == SITE_IMAGE
        assert not service.get("privileged")
    assert re.search(r"^USER (?!root)", (ROOT / "Dockerfile").read_text(), re.MULTILINE)


def test_compose_shows_only_the_site_and_only_to_this_machine(compose):
    services = compose["services"].items()
    ports = {name: service["ports"] for name, service in services if "ports" in service}
    assert ports == {"web": ["127.0.0.1:8000:8000"]}


def test_compose_and_example_know_no_password(compose, example):
    password = compose["services"]["database"]["environment"]["POSTGRES_PASSWORD"]
    assert password.startswith("${POSTGRES_PASSWORD:?")
    assert example["POSTGRES_PASSWORD"] == example["SECRET_KEY"] == ""
    assert ":${POSTGRES_PASSWORD}@" in example["DATABASE_URL"]


def test_image_and_what_is_built_from_hold_nothing_of_version_control():
    taken = (ROOT / ".dockerignore").read_text().splitlines()
    assert taken[0] == "*"
    assert not any(".git" in line for line in taken)


def test_compose_health_check_names_an_existing_module(compose):
    words = compose["services"]["web"]["healthcheck"]["test"]
    assert importlib.util.find_spec(words[words.index("-m") + 1])


def test_example_addresses_name_services_of_compose(compose, example):
    for variable in ("DATABASE_URL", "REDIS_URL"):
        host = re.search(r"(?:@|//)([a-z]+):\d+/", example[variable])[1]
        assert host in compose["services"]


def test_example_has_all_that_production_asks_for(example):
    source = (ROOT / "site/program_site/settings/production.py").read_text()
    required = re.findall(r'env\.\w+\("(\w+)"\)', source)
    assert required
    assert set(required) <= set(example)


def test_image_copies_only_what_exists():
    copied = re.findall(r"^COPY (?!--)(.+) \S+$", (ROOT / "Dockerfile").read_text(), re.MULTILINE)
    for name in " ".join(copied).split():
        assert (ROOT / name).exists()

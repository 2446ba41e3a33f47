"""The validators, as npm installs them into a folder of the tests."""

import json
import subprocess
from pathlib import Path

import pytest

from tests.validators.nodejs import NODE, install

VALIDATORS = Path(__file__).with_name("node")


@pytest.fixture(scope="session")
def validators(tmp_path_factory):
    return install(VALIDATORS, tmp_path_factory.mktemp("npm") / "validators")


@pytest.fixture(scope="session")
def feed_mistakes(validators):
    """Ask what is wrong with a feed; the answer is empty if nothing is."""
    process = subprocess.Popen(
        [NODE, "--no-warnings", "feeds.mjs"],
        cwd=validators,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        encoding="utf-8",
    )

    def ask(feed):
        process.stdin.write(json.dumps(feed) + "\n")
        process.stdin.flush()
        return json.loads(process.stdout.readline())

    yield ask
    process.communicate()

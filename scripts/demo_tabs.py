"""A demo of its own on a free port, and a browser with a tab for each of its people.

The demo's data stand in a folder that is removed afterwards.
"""

import contextlib
import os
import shutil
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path

from playwright.sync_api import Browser, Page, sync_playwright

ROOT = Path(__file__).resolve().parents[1]

LAUNCH_ARGUMENTS = ["--headless", "--no-sandbox", "--disable-gpu", "--no-first-run"]
WINDOW = {"width": 1280, "height": 800}
PATIENCE = 120.0
"""Seconds. The demo has its mails out, and a review of news begins, within a minute or two."""

READY = "The demo is running."
FROM_THE_ENVIRONMENT = ("DATABASE_URL", "REDIS_URL", "EMAIL_URL", "BASE_URL", "RESET")
"""Would let the demo use something that is not its own."""


class Tabs:
    """One tab for each person, logged in, and one for nobody."""

    def __init__(self, browser: Browser, address: str) -> None:
        self.browser, self.address = browser, address
        self.tabs: dict[str, Page] = {}

    def of(self, who: str) -> Page:
        if who not in self.tabs:
            self.tabs[who] = self.open(who)
        return self.tabs[who]

    def open(self, who: str) -> Page:
        page = self.browser.new_context(
            base_url=self.address,
            viewport=WINDOW,
            color_scheme="light",
            reduced_motion="reduce",
            locale="en-US",
            bypass_csp=True,  # Else a page would refuse the style that hides what moves.
        ).new_page()
        if who:
            page.goto("/admin/login/")
            page.locator("input[name=username]").fill(who)
            page.locator("input[name=password]").fill("demo")
            page.locator("button[type=submit]").click()
        return page


def wait_until(happened: Callable[[], bool], what: str) -> None:
    deadline = time.monotonic() + PATIENCE
    while not happened():
        if time.monotonic() > deadline:
            raise SystemExit(f"Waited {PATIENCE:.0f} seconds in vain for: {what}")
        time.sleep(1)


@contextlib.contextmanager
def running_browser() -> Iterator[Browser]:
    executable = os.environ.get("CHROMIUM") or shutil.which("chromium")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=executable, args=LAUNCH_ARGUMENTS)
        yield browser
        browser.close()


@contextlib.contextmanager
def running_demo() -> Iterator[str]:
    """Its address. The demo ends all its processes when it is asked to end."""
    port = free_port()
    kept = {name: text for name, text in os.environ.items() if name not in FROM_THE_ENVIRONMENT}
    with tempfile.TemporaryDirectory() as directory:
        demo = subprocess.Popen(
            [sys.executable, "-m", "program_site.demo"],
            cwd=ROOT / "site",
            env=kept | {"PORT": str(port), "DEMO_DIR": directory},
            stdout=subprocess.PIPE,
            text=True,
        )
        try:
            read_until_ready(demo)
            yield f"http://localhost:{port}"
        finally:
            demo.terminate()
            demo.communicate()


def read_until_ready(demo: subprocess.Popen[str]) -> None:
    for line in demo.stdout or ():
        if READY in line:
            return
    raise SystemExit("The demo did not start; see above.")


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])

"""Looking at a page as people do: on small and on large screens, in light and in dark colours."""

import os
from pathlib import Path

from axe_playwright_python.sync_playwright import Axe

AXE = Axe()
AXE_AGAIN = Axe(axe_script="null")
"""For a page that has been looked at: loading the script takes longer than running it."""

RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
OPTIONS = {"runOnly": {"type": "tag", "values": RULES}, "resultTypes": ["violations"]}

SCREENS = ((320, "light"), (360, "dark"), (1280, "light"), (1280, "dark"))
ADMIN_SCREENS = ((360, "light"), (768, "light"), (1280, "light"))

STANDS_STILL = """() => Promise.allSettled(
    document.getAnimations()
        .filter(one => one.effect.getComputedTiming().endTime < Infinity)
        .map(one => one.finished)
).then(() => null)"""

SHOTS = os.environ.get("SHOTS")


def findings(tab, *, within: str | None = None) -> str:
    """What axe objects to, on the page or in a part of it (a selector); empty if nothing."""
    tab.wait_for_load_state()
    # A message of Wagtail's fades in; until it stands, its colours are none that anybody reads.
    tab.evaluate(STANDS_STILL)
    axe = AXE_AGAIN if tab.evaluate("'axe' in window") else AXE
    results = axe.run(tab, context=within, options=OPTIONS)
    return results.generate_report() if results.violations_count else ""


def scrolls_sideways(tab) -> bool:
    return tab.evaluate("document.documentElement.scrollWidth > innerWidth")


def look(tab, name: str = "", *, within: str | None = None, screens=SCREENS) -> None:
    """Fail if anybody would stumble over the page on one of the screens.

    The page stays as it is meanwhile, with what was typed and opened. ``SHOTS`` names a folder for
    pictures of the pages that have a ``name``.
    """
    before = tab.viewport_size
    for width, color_scheme in screens:
        # Without motion, so that no colour is still on its way to the other scheme's.
        tab.emulate_media(color_scheme=color_scheme, reduced_motion="reduce")
        tab.set_viewport_size({"width": width, "height": 900})
        if SHOTS and name:
            path = Path(SHOTS) / f"{name}-{color_scheme}-{width}.png"
            tab.screenshot(path=path, full_page=True)
        seen = (name, width, color_scheme, findings(tab, within=within), scrolls_sideways(tab))
        as_it_should_be = (name, width, color_scheme, "", False)
        assert seen == as_it_should_be, seen
    tab.set_viewport_size(before)
    tab.emulate_media(color_scheme="light")
    tab.evaluate(STANDS_STILL)


def look_at_admin(tab, name: str = "", *, within: str | None = None) -> None:
    look(tab, name, within=within, screens=ADMIN_SCREENS)

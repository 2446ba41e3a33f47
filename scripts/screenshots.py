"""Takes the pictures of the editors' guide in a demo of its own, and puts them into docs/images.

CHROMIUM=/usr/bin/chromium python -m scripts.screenshots               # all of them
CHROMIUM=/usr/bin/chromium python -m scripts.screenshots first-page    # some, by name

The demo starts on a free port, in a folder that is removed afterwards. Each picture is a function:
it opens what the reader should see, and returns the part that matters.
"""

import io
import re
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from PIL import Image
from playwright.sync_api import FloatRect, Locator, Page

from scripts.demo_tabs import WINDOW, Tabs, running_browser, running_demo, wait_until

ROOT = Path(__file__).resolve().parents[1]
IMAGES = ROOT / "docs" / "images"

COLORS = 96
MARGIN = 24

WITHOUT_NEWS_OF_WAGTAIL = ".sidebar .w-dismissible-badge { display: none; }"

IN_THIS_TAB = """button => {
    button.removeAttribute("formtarget");
    button.removeAttribute("data-policy-preview");
}"""
"""The look ahead opens a tab of its own; a picture is taken of this one."""

DUE = "Kind Classrooms Maine"
NEWS = (
    "Our first school has given up its seclusion room. Marcus, 9, and his mother told the board at"
    " Lincoln Elementary School what the room had done to him. The vote was unanimous."
)
TABLE = """\
region,name,about,scope,locality,website
Maine,Kind Classrooms Maine,Families and teachers who make classrooms kind.,state,,
Utah,Calm Corners Utah,We lend schools what a calm corner needs.,state,,https://example.org
Utah,Parents of Provo,We go to school meetings together.,town,Provo,
"""

Part = FloatRect | None
"""What a picture shows: a part of the window, or all of it."""


@dataclass(frozen=True)
class Picture:
    name: str
    who: str
    """Who has logged in: a person of the demo, or nobody."""
    show: Callable[[Page], Part]


PICTURES: list[Picture] = []


def picture(name: str, *, who: str = "") -> Callable:
    def add(show: Callable[[Page], Part]) -> Callable[[Page], Part]:
        PICTURES.append(Picture(name, who, show))
        return show

    return add


@picture("first-page", who="reviewer")
def first_page(page: Page) -> Part:
    page.goto("/admin/")
    return None


@picture("applications", who="reviewer")
def applications(page: Page) -> Part:
    page.goto("/admin/affiliates/applications/")
    return down_to(page, page.locator("table.listing"))


@picture("application", who="reviewer")
def application(page: Page) -> Part:
    open_review(page, "Gentle Schools Ohio")
    page.get_by_role("tab", name="Application").click()
    return beside_the_menu(page)


@picture("deciding", who="reviewer")
def deciding(page: Page) -> Part:
    open_review(page, "Quiet Corner Parents")
    page.get_by_role("button", name="More actions").last.click()
    return area(page, left=240, top=440, right=720)


@picture("daily-mail")
def daily_mail(page: Page) -> Part:
    return mail(page, "reviewer@example.org", "open task")


@picture("affiliates", who="reviewer")
def affiliates(page: Page) -> Part:
    page.goto("/admin/affiliates/groups/")
    return beside_the_menu(page)


@picture("affiliate", who="reviewer")
def affiliate(page: Page) -> Part:
    open_affiliate(page, "Prairie Hands")
    return beside_the_menu(page)


@picture("ending", who="reviewer")
def ending(page: Page) -> Part:
    open_affiliate(page, "Prairie Hands")
    page.get_by_role("link", name="End the affiliation").click()
    return down_to(page, page.locator("main form").last)


@picture("asking")
def asking(page: Page) -> Part:
    return mail(page, "ellen@kind-classrooms.example.org", "Your update is due")


@picture("answering")
def answering(page: Page) -> Part:
    page.goto(update_link(page, "marcus@river-city.example.org"))
    return area(page, top=76, right=860)


@picture("news", who="reviewer")
def news(page: Page) -> Part:
    def waits() -> bool:
        page.goto("/admin/")
        return page.get_by_role("link", name=re.compile(DUE)).count() > 0

    wait_until(waits, "review of the news")
    page.get_by_role("link", name=re.compile(DUE)).first.click()
    return beside_the_menu(page)


@picture("call-for-help", who="reviewer")
def call_for_help(page: Page) -> Part:
    page.goto("/admin/affiliates/help/")
    page.locator("table.listing td a").first.click()
    return down_to(page, page.get_by_role("button", name="Send the answer"))


@picture("import", who="reviewer")
def import_table(page: Page) -> Part:
    page.goto("/admin/affiliates/import/")
    table = {"name": "groups.csv", "mimeType": "text/csv", "buffer": TABLE.encode()}
    page.locator("input[type=file]").set_input_files(table)
    page.get_by_role("button", name="Go on to the columns").click()
    page.get_by_role("button", name="Check the table").click()
    return beside_the_menu(page)


@picture("person", who="reviewer")
def person(page: Page) -> Part:
    page.goto("/admin/affiliates/person/")
    page.get_by_label("email address").fill("luz@desert-families.example.org")
    page.get_by_role("button", name="Show what is stored").click()
    return beside_the_menu(page)


@picture("wording", who="lead")
def wording(page: Page) -> Part:
    page.goto("/admin/mail/wordings/update_ask/en/")
    return beside_the_menu(page)


@picture("policy", who="admin")
def policy(page: Page) -> Part:
    page.goto(f"/admin/pages/{number_of_the_program(page)}/edit/#tab-policy")
    look_ahead = page.get_by_role("button", name="See the next 90 days")
    look_ahead.evaluate(IN_THIS_TAB)
    with page.expect_navigation():
        look_ahead.click()
    return beside_the_menu(page)


def open_review(page: Page, title: str) -> None:
    page.goto("/admin/")
    page.get_by_role("link", name=title, exact=True).click()


def open_affiliate(page: Page, name: str) -> None:
    page.goto("/admin/affiliates/groups/")
    page.get_by_role("link", name=name, exact=True).click()


def number_of_the_program(page: Page) -> str | None:
    """As the import offers it."""
    page.goto("/admin/affiliates/import/")
    return page.locator("select[name=program] option").first.get_attribute("value")


def mail_of(page: Page, recipient: str, subject: str = "") -> Locator:
    page.goto("/mailbox/")
    to = page.locator("article").filter(has_text=f"To {recipient}")
    return to.filter(has=page.get_by_role("heading", name=subject)).first


def mail(page: Page, recipient: str, subject: str) -> Part:
    framed = mail_of(page, recipient, subject).locator("iframe").get_attribute("src")
    page.goto(framed or "")
    return area(page, left=320, right=960)


def update_link(page: Page, recipient: str) -> str:
    return mail_of(page, recipient).locator('a[href*="/link/update"]').first.inner_text()


def send_news(page: Page) -> None:
    """As the group does: by the link in its mail."""
    page.goto(update_link(page, "ellen@kind-classrooms.example.org"))
    page.get_by_label("We have news").check()
    page.get_by_label("In your own words").fill(NEWS)
    page.locator("input[name=may_publish]").check()
    page.locator("form").last.get_by_role("button").last.click()


def area(
    page: Page, *, left: float = 0, top: float = 0, right: float = 0, bottom: float = 0
) -> FloatRect:
    right, bottom = right or WINDOW["width"], min(bottom or WINDOW["height"], WINDOW["height"])
    return {"x": left, "y": top, "width": right - left, "height": bottom - top}


def beside_the_menu(page: Page, *, bottom: float = 0) -> FloatRect:
    main = page.locator("main").bounding_box()
    return area(page, left=main["x"] if main else 0, bottom=bottom)


def down_to(page: Page, last: Locator) -> FloatRect:
    box = last.bounding_box()
    return beside_the_menu(page, bottom=box["y"] + box["height"] + MARGIN if box else 0)


def main(names: list[str]) -> int:
    wanted = [each for each in PICTURES if not names or each.name in names]
    IMAGES.mkdir(exist_ok=True)
    with running_demo() as address, running_browser() as browser:
        tabs = Tabs(browser, address)
        wait_until(lambda: mails_are_out(tabs.of("")), "first mails")
        send_news(tabs.of(""))
        for each in wanted:
            take(each, tabs.of(each.who))
    return 0


def take(each: Picture, page: Page) -> None:
    part = each.show(page)
    page.wait_for_load_state("networkidle")
    # Playwright hides the caret by itself.
    shot = page.screenshot(animations="disabled", clip=part, style=WITHOUT_NEWS_OF_WAGTAIL)
    path = IMAGES / f"{each.name}.png"
    write_small(shot, path)
    sys.stdout.write(f"{path.relative_to(ROOT)}: {path.stat().st_size // 1024} kB\n")


def write_small(shot: bytes, path: Path) -> None:
    """Texts and areas need few colors; a palette makes the file a third as large."""
    colors = Image.open(io.BytesIO(shot)).convert("RGB")
    colors.quantize(COLORS, dither=Image.Dither.NONE).save(path, optimize=True)


def mails_are_out(page: Page) -> bool:
    told = ("reviewer@example.org", "lead@example.org", "ellen@kind-classrooms.example.org")
    return all(mail_of(page, recipient).count() for recipient in told)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

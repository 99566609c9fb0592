"""Take pictures of every public page, in both languages, light and dark, narrow and wide, to look at them.

python -m tests.browser.shots FOLDER [--address http://127.0.0.1:8000]   (a running Liulian)
"""

import argparse
from collections.abc import Iterator
from itertools import product
from pathlib import Path
from typing import Literal, NamedTuple

from playwright.sync_api import Page, expect, sync_playwright

from liulian.base.i18n import Language
from liulian.interstitials.compiled import Pages
from liulian.links.decide import GUIDE, Answer, Gone, NotAllowed, OpenApp
from liulian.visitors.model import VisitorClass, class_named
from tests.browser.chromium import ARGUMENTS, USER_AGENT, find_chromium
from tests.unit.interstitials.samples import IN_CHROME, IN_WECHAT, an_audience, an_own_part

DESTINATION = "https://www.example.com/campaign/winter-tea?from=poster&id=91"
IPHONE = "Mozilla/5.0 (iPhone; CPU iPhone OS 17_5 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko)"
VISITORS = (
    USER_AGENT,
    USER_AGENT,
    f"{IPHONE} Mobile/15E148 MicroMessenger/8.0.50(0x18003230) NetType/WIFI Language/zh_CN",
    f"{IPHONE} Version/17.5 Mobile/15E148 Safari/604.1",
    "Mozilla/5.0 (compatible; Googlebot/2.1; +http://www.google.com/bot.html)",
)
# The pages between that need a guard, an audience or an end. The audience is the one that each of them is about.
BETWEEN: dict[str, tuple[Answer, VisitorClass, str]] = {
    "guide-wechat": (GUIDE, IN_WECHAT, ""),
    "guide-computer": (GUIDE, class_named("wechat", system="Windows", form="desktop"), ""),
    "guide-way-out": (GUIDE, class_named("line", system="iOS", form="mobile"), ""),
    "guide-no-menu": (GUIDE, class_named("taobao", system="HarmonyOS", form="mobile"), ""),
    "open-app": (OpenApp("weixin://dl/chat"), IN_CHROME, ""),
    "not-allowed-device": (NotAllowed(by_container=False), IN_CHROME, ""),
    "not-allowed-guide": (NotAllowed(by_container=True), IN_WECHAT, "browser"),
    "not-allowed-app": (NotAllowed(by_container=True), IN_CHROME, "wechat qq"),
    "expired": (Gone(), IN_CHROME, ""),
    "taken-down": (Gone("phishing"), IN_CHROME, ""),
}
WIDTHS = {360: 740, 1440: 900}
SCHEMES: tuple[Literal["light", "dark"], ...] = ("light", "dark")


class Look(NamedTuple):
    """One way of looking at the site."""

    width: int
    language: str
    scheme: Literal["light", "dark"]

    @property
    def name(self) -> str:
        return f"{self.language}-{self.scheme}-{self.width}"


def looks() -> Iterator[Look]:
    for width, language, scheme in product(WIDTHS, ("zh-CN", "en"), SCHEMES):
        yield Look(width, language, scheme)


def take(page: Page, *, address: str, folder: Path, look: Look) -> None:
    """Take the home page before and after making a link, its statistics, the preview and the not-found page."""
    page.goto(f"{address}/?lang={look.language}")
    page.screenshot(path=folder / f"home-{look.name}.png", full_page=True)
    page.fill("#destination", DESTINATION)
    page.click("#submit")
    page.wait_for_selector("#result:not([hidden])")
    short_url = page.inner_text("#short-url")
    page.evaluate("document.activeElement.blur()")
    page.mouse.move(0, 0)
    expect(page.locator("#qr")).to_have_js_property("complete", value=True)
    page.screenshot(path=folder / f"result-{look.name}.png")
    page.click("#statistics-toggle")
    for agent in VISITORS:
        page.request.get(short_url, max_redirects=0, headers={"User-Agent": agent})
    expect(page.locator("#total-clicks")).to_have_text(str(len(VISITORS)), timeout=15_000)
    page.screenshot(path=folder / f"statistics-{look.name}.png", full_page=True)
    page.goto(f"{short_url}+")
    page.screenshot(path=folder / f"preview-{look.name}.png")
    page.goto(f"{short_url}x")
    page.screenshot(path=folder / f"not-found-{look.name}.png")


def take_between(page: Page, *, folder: Path, look: Look) -> None:
    """Take the pages that stand between a visitor and a destination, without a link for each."""
    pages, language = Pages(), Language(look.language)
    for name, (answer, visitor, containers) in BETWEEN.items():
        audience = an_audience(containers=containers, systems="" if containers else "iOS")
        body = pages.page(answer, visitor=visitor, language=language, own=an_own_part(audience=audience))
        page.set_content(body.decode())
        page.screenshot(path=folder / f"{name}-{look.name}.png", full_page=True)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--address", default="http://127.0.0.1:8000")
    given = parser.parse_args()
    given.folder.mkdir(parents=True, exist_ok=True)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=find_chromium(), args=list(ARGUMENTS))
        for look in looks():
            page = browser.new_page(
                viewport={"width": look.width, "height": WIDTHS[look.width]},
                locale=look.language,
                color_scheme=look.scheme,
                reduced_motion="reduce",
                device_scale_factor=2 if look.width == min(WIDTHS) else 1,
            )
            take(page, address=given.address, folder=given.folder, look=look)
            take_between(page, folder=given.folder, look=look)
            page.close()
        browser.close()


if __name__ == "__main__":
    main()

"""Take pictures of every public page, in both languages, light and dark, narrow and wide, to look at them.

python -m tests.browser.shots FOLDER [--only home] [--width 360] [--address http://127.0.0.1:8000]

Without an address it starts a Liulian of its own. Nothing is judged here: the pictures are for eyes.
"""

import argparse
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from itertools import product
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Literal, NamedTuple

from playwright.sync_api import Browser, Page, sync_playwright

from tests.browser.chromium import ARGUMENTS, USER_AGENT, find_chromium
from tests.browser.program import running_program
from tests.browser.scenes import SCENES
from tests.browser.scenes_between import BETWEEN, show_between

HEIGHTS = {360: 740, 1440: 900}
SCHEMES: tuple[Literal["light", "dark"], ...] = ("light", "dark")
IMPRINT = {"LIULIAN_ICP_NUMBER": "粤ICP备20240001号-1", "LIULIAN_POLICE_NUMBER": "粤公网安备44030002000001号"}
HEIGHT_MAX = 8000  # Twice as many device pixels: Chromium takes no picture of more than 16,384.
STILL = "document.activeElement.blur()"


class Look(NamedTuple):
    """One way of looking at the site."""

    width: int
    language: str
    scheme: Literal["light", "dark"]

    @property
    def name(self) -> str:
        return f"{self.language}-{self.scheme}-{self.width}"


def looks(widths: list[int]) -> Iterator[Look]:
    for width, language, scheme in product(widths, ("zh-CN", "en"), SCHEMES):
        yield Look(width, language, scheme)


def scenes() -> dict[str, Callable[[Page], None]]:
    """Return what is done to a fresh page, on a device that has never been here, before its picture is taken."""
    return SCENES | {name: partial(show_between, name=name) for name in BETWEEN}


def take(browser: Browser, *, address: str, folder: Path, look: Look, only: str) -> None:
    """Take each scene twice where the page is higher than the window: what is seen at once, and the whole."""
    for name, scene in scenes().items():
        if not name.startswith(only):
            continue
        page = browser.new_page(
            base_url=address,
            viewport={"width": look.width, "height": HEIGHTS[look.width]},
            locale=look.language,
            color_scheme=look.scheme,
            reduced_motion="reduce",
            user_agent=USER_AGENT,
            device_scale_factor=2 if look.width == min(HEIGHTS) else 1,
        )
        scene(page)
        page.mouse.move(0, 0)
        page.screenshot(path=folder / f"{name}-{look.name}.png")
        if HEIGHTS[look.width] < page.evaluate("document.documentElement.scrollHeight") <= HEIGHT_MAX:
            page.evaluate(STILL)
            page.screenshot(path=folder / f"{name}-whole-{look.name}.png", full_page=True)
        page.context.close()


@contextmanager
def program(address: str | None) -> Iterator[str]:
    """Give the address of the Liulian to look at: the one that was named, or a new one."""
    if address is not None:
        yield address
        return
    with TemporaryDirectory() as folder, running_program(Path(folder), **IMPRINT) as started:
        yield started


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--address", default=None)
    parser.add_argument("--only", default="", help="scenes whose name begins so")
    parser.add_argument("--width", type=int, choices=list(HEIGHTS), default=None)
    given = parser.parse_args()
    given.folder.mkdir(parents=True, exist_ok=True)
    widths = list(HEIGHTS) if given.width is None else [given.width]
    with program(given.address) as address, sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=find_chromium(), args=list(ARGUMENTS))
        for look in looks(widths):
            take(browser, address=address, folder=given.folder, look=look, only=given.only)
        browser.close()


if __name__ == "__main__":
    main()

"""A running program, a browser, and a page that may neither fail silently nor speak to another host."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, Response, ViewportSize, expect, sync_playwright

from liulian.web.pages.assets import STATIC
from tests.browser.chromium import ARGUMENTS, USER_AGENT, find_chromium
from tests.browser.program import running_program

PATIENCE_MS = 15_000  # A click needs 3 s to the statistics, the page looks every 2 s, and a busy machine is slow.
PHONE = ViewportSize(width=360, height=740)


# Per module, not per session: an open Playwright holds an event loop, which async tests of other folders would meet.
@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    if not (STATIC / ".vite/manifest.json").exists():
        pytest.skip("The front end is not built: make setup")
    with running_program(tmp_path_factory.mktemp("liulian")) as address:
        yield address


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    chromium = find_chromium()
    if chromium is None:
        pytest.skip("There is no Chromium: apt install chromium")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium, args=list(ARGUMENTS))
        yield browser
        browser.close()


@pytest.fixture
def context(browser: Browser, server: str) -> Iterator[BrowserContext]:
    """A phone with WeChat that has never been here."""
    context = browser.new_context(base_url=server, viewport=PHONE, locale="zh-CN", user_agent=USER_AGENT)
    context.set_default_timeout(PATIENCE_MS)
    expect.set_options(timeout=PATIENCE_MS)
    yield context
    context.close()


@pytest.fixture
def page(context: BrowserContext, server: str) -> Iterator[Page]:
    """A page that fails its test when a script fails, a file is missing or a request leaves for another host."""
    page, wrong = context.new_page(), Wrongs(server)
    wrong.watch(page)
    yield page
    assert wrong.found == []


class Wrongs:
    """Collects what must not happen on a page of ours."""

    def __init__(self, server: str) -> None:
        self.found: list[str] = []
        self._server = server

    def watch(self, page: Page) -> None:
        page.on("pageerror", lambda error: self.found.append(f"error: {error}"))
        page.on("console", lambda message: self._note(message.type, message.text))
        page.on("request", lambda request: self._check_host(request.url))
        page.on("response", self._check_status)

    def _note(self, kind: str, text: str) -> None:
        # The browser itself says this of every refused request; those are looked at one by one below.
        if kind in {"error", "warning"} and not text.startswith("Failed to load resource"):
            self.found.append(f"console: {text}")

    def _check_host(self, url: str) -> None:
        if not url.startswith((f"{self._server}/", f"blob:{self._server}/", "data:")):
            self.found.append(f"foreign request: {url}")

    def _check_status(self, response: Response) -> None:
        if response.status >= 400 and response.request.resource_type not in {"document", "fetch", "xhr"}:
            self.found.append(f"{response.status}: {response.url}")


@pytest.fixture(scope="session")
def axe() -> str:
    """The source of axe-core, to be run inside a page."""
    source = Path(__file__).parents[2] / "frontend/node_modules/axe-core/axe.min.js"
    if not source.exists():
        pytest.skip("axe-core is not installed: make setup")
    return source.read_text(encoding="utf-8")

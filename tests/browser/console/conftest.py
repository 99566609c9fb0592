"""A running program with a console, and people at it: each has a browser of their own that may speak to nobody else.

Passkeys need a host name, so the browser comes by `localhost`.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal, cast

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, StorageState, ViewportSize, expect, sync_playwright

from liulian.web.pages.assets import STATIC
from tests.browser.chromium import ARGUMENTS, find_chromium
from tests.browser.conftest import PATIENCE_MS, Wrongs
from tests.browser.console.steps import EMAIL, NAME, PASSWORD
from tests.browser.program import new_program

RULES = "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1, EXCLUDE localhost"
DESK = ViewportSize(width=1280, height=800)


@dataclass(frozen=True, slots=True)
class Place:
    """Where the program is, and the link that makes its first account."""

    origin: str
    setup_path: str


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Place]:
    if not (STATIC / "console/.vite/manifest.json").exists():
        pytest.skip("The front end is not built: make setup")
    with new_program(tmp_path_factory.mktemp("liulian")) as (address, setup_url):
        yield Place(address.replace("127.0.0.1", "localhost"), setup_url.removeprefix(address))


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    chromium = find_chromium()
    if chromium is None:
        pytest.skip("There is no Chromium: apt install chromium")
    with sync_playwright() as playwright:
        arguments = [each for each in ARGUMENTS if not each.startswith("--host-resolver-rules")]
        browser = playwright.chromium.launch(executable_path=chromium, args=[*arguments, RULES])
        expect.set_options(timeout=PATIENCE_MS)
        yield browser
        browser.close()


@pytest.fixture(scope="module")
def owner_state(browser: Browser, place: Place) -> StorageState:
    """The cookies of somebody who set everything up, and has seen the tour."""
    context = browser.new_context(base_url=place.origin)
    token = place.setup_path.partition("#")[2]
    wish = {"token": token, "email": EMAIL, "name": NAME, "password": PASSWORD}
    answer = context.request.post("/api/v1/setup", data=wish, headers={"Origin": place.origin})
    assert answer.status == 201, answer.text()
    state = context.storage_state()
    tour = {"name": f"liulian.tour.{answer.json()['user']['id']}", "value": "seen"}
    context.close()
    return cast("StorageState", {**state, "origins": [{"origin": place.origin, "localStorage": [tour]}]})


class People:
    """Opens browsers of people at one program, and looks whether anything went wrong in them."""

    def __init__(self, browser: Browser, place: Place) -> None:
        self._browser = browser
        self._place = place
        self._contexts: list[BrowserContext] = []
        self.wrong = Wrongs(place.origin)

    def come(
        self,
        state: StorageState | None = None,
        *,
        language: str = "zh-CN",
        scheme: Literal["light", "dark"] = "light",
        viewport: ViewportSize = DESK,
    ) -> Page:
        """Return a page of a new browser, signed in where `state` says so."""
        context = self._browser.new_context(
            base_url=self._place.origin,
            viewport=viewport,
            locale=language,
            color_scheme=scheme,
            reduced_motion="reduce",
            storage_state=state,
        )
        context.set_default_timeout(PATIENCE_MS)
        self._contexts.append(context)
        page = context.new_page()
        self.wrong.watch(page)
        return page

    def go(self) -> None:
        for context in self._contexts:
            context.close()


@pytest.fixture
def people(browser: Browser, place: Place) -> Iterator[People]:
    """Whoever comes. A script that fails, or a request to another host, fails the test."""
    people = People(browser, place)
    yield people
    people.go()
    assert people.wrong.found == []


@pytest.fixture
def owner(people: People, owner_state: StorageState) -> Page:
    """The page of the owner, signed in."""
    return people.come(owner_state)

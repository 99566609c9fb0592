"""A running program with a console, and people at it: each has a browser of their own that may speak to nobody else.

One program serves all modules that say `SHARED_PLACE = True`: their tests keep to a workspace of their own (`desk`) or
to what nobody else looks at, and leave the owner's account as it is. Any other module has a program of its own.
Passkeys need a host name, so the browser comes by `localhost`.
"""

import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Literal, cast

import httpx2
import pytest
from playwright.sync_api import Browser, BrowserContext, Page, StorageState, ViewportSize, expect, sync_playwright

from liulian.base.ids import decode_id
from liulian.web.auth import SESSION_PATH
from liulian.web.pages.assets import STATIC
from tests.browser.chromium import ARGUMENTS, find_chromium
from tests.browser.conftest import PATIENCE_MS, Wrongs
from tests.browser.console.desk import Desk
from tests.browser.console.steps import EMAIL, NAME, PASSWORD
from tests.browser.program import new_program

RULES = "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1, EXCLUDE localhost"
DESK = ViewportSize(width=1280, height=800)


@dataclass(frozen=True, slots=True)
class Place:
    """Where the program is, the link that makes its first account, and the folder of its data."""

    origin: str
    setup_path: str
    folder: Path


@contextmanager
def own_place(folder: Path) -> Iterator[Place]:
    """Give a new program in which nobody has an account."""
    if not (STATIC / "console/.vite/manifest.json").exists():
        pytest.skip("The front end is not built: make setup")
    with new_program(folder) as (address, setup_url):
        yield Place(address.replace("127.0.0.1", "localhost"), setup_url.removeprefix(address), folder)


@pytest.fixture(scope="session")
def shared_place(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Place]:
    with own_place(tmp_path_factory.mktemp("liulian")) as place:
        yield place


@pytest.fixture(scope="session")
def shared_state(shared_place: Place) -> StorageState:
    return set_up(shared_place)


@pytest.fixture(scope="module")
def place(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Place]:
    """The program of a module: its own, or the one that is shared."""
    if _is_sharing(request):
        yield request.getfixturevalue("shared_place")
    else:
        with own_place(tmp_path_factory.mktemp("liulian")) as place:
            yield place


def _is_sharing(request: pytest.FixtureRequest) -> bool:
    return getattr(request.module, "SHARED_PLACE", False)


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
def owner_state(place: Place, request: pytest.FixtureRequest) -> StorageState:
    """What the browser knows of somebody who set everything up, and has seen the tour."""
    if not _is_sharing(request):
        return set_up(place)
    shared: StorageState = request.getfixturevalue("shared_state")
    return shared


def set_up(place: Place) -> StorageState:
    """Make the first account, past the screens, and return what its browser would know."""
    wish = {"token": place.setup_path.partition("#")[2], "email": EMAIL, "name": NAME, "password": PASSWORD}
    answer = httpx2.post(f"{place.origin}/api/v1/setup", json=wish, headers={"Origin": place.origin})
    assert answer.status_code == 201, answer.text
    cookies = [_cookie(name, value) for name, value in answer.cookies.items()]
    tour = {"name": f"liulian.tour.{answer.json()['user']['id']}", "value": "seen"}
    state = {"cookies": cookies, "origins": [{"origin": place.origin, "localStorage": [tour]}]}
    return cast("StorageState", state)


def _cookie(name: str, value: str) -> dict[str, object]:
    rest = {"httpOnly": True, "secure": False, "sameSite": "Lax", "expires": -1}
    return {"name": name, "value": value, "domain": "localhost", "path": SESSION_PATH} | rest


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


@pytest.fixture
def desk(owner: Page, place: Place) -> Iterator[Desk]:
    """A new workspace of the owner, open in the owner's browser, and gone after the test: nobody may have very many."""
    answer = owner.request.post("/api/v1/workspaces", data={"name": "茶山"}, headers={"Origin": place.origin})
    assert answer.status == 201, answer.text()
    workspace_id: str = answer.json()["id"]
    owner.add_init_script(f"localStorage.setItem('liulian.workspace', '{workspace_id}')")
    yield Desk(page=owner, origin=place.origin, workspace_id=workspace_id)
    _leave(place, workspace_id)


def _leave(place: Place, workspace_id: str) -> None:
    """Let nobody belong to a workspace any more, past the screens, which would ask for the password again."""
    with closing(sqlite3.connect(place.folder / "liulian.db", timeout=10)) as database, database:
        database.execute("DELETE FROM memberships WHERE workspace_id = ?", (decode_id(workspace_id),))

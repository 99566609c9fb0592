"""A running program with two communities that live, and phones of a stranger and of a member."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect

from liulian.web.pages.assets import STATIC
from tests.browser.chromium import USER_AGENT
from tests.browser.conftest import PATIENCE_MS, PHONE, Wrongs
from tests.browser.member.planted import EN, ZH, Planted, plant
from tests.browser.program import running_program


@dataclass(frozen=True, slots=True, kw_only=True)
class Town:
    """A program, its data folder, and what grows in it, by language."""

    address: str
    folder: Path
    communities: dict[str, Planted]

    @property
    def tea(self) -> Planted:
        return self.communities["zh-CN"]


@pytest.fixture(scope="module")
def town(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Town]:
    if not (STATIC / ".vite/manifest.json").exists():
        pytest.skip("The front end is not built: make setup")
    folder = tmp_path_factory.mktemp("liulian")
    with running_program(folder) as address:
        communities = {words.language.value: plant(folder, words) for words in (ZH, EN)}
        yield Town(address=address, folder=folder, communities=communities)


@pytest.fixture(scope="module")
def server(town: Town) -> str:
    return town.address


@pytest.fixture
def context(browser: Browser, town: Town) -> Iterator[BrowserContext]:
    """A phone with WeChat and a thumb that has never been here."""
    context = browser.new_context(
        base_url=town.address, viewport=PHONE, locale="zh-CN", user_agent=USER_AGENT, has_touch=True, is_mobile=True
    )
    context.set_default_timeout(PATIENCE_MS)
    expect.set_options(timeout=PATIENCE_MS)
    yield context
    context.close()


@pytest.fixture
def member(context: BrowserContext, town: Town) -> Iterator[Page]:
    """The phone of a member with nine days behind them; nothing may fail on it unsaid."""
    be_known(context, town, "zh-CN")
    page, wrong = context.new_page(), Wrongs(town.address)
    wrong.watch(page)
    yield page
    assert wrong.found == []


def be_known(context: BrowserContext, town: Town, language: str) -> str:
    """Let a phone be the first member's; return the address of their community."""
    planted = town.communities[language]
    path = f"/c/{planted.community.slug}"
    context.add_cookies([{"name": "liulian_member", "value": planted.token, "url": f"{town.address}{path}"}])
    return path


@pytest.fixture
def browser_without_script(browser: Browser, town: Town) -> Iterator[Page]:
    """The phone of a member whose browser runs no script."""
    context = browser.new_context(base_url=town.address, viewport=PHONE, locale="zh-CN", java_script_enabled=False)
    context.set_default_timeout(PATIENCE_MS)
    be_known(context, town, "zh-CN")
    yield context.new_page()
    context.close()

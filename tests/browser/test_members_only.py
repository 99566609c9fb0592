"""Where strangers may not make links, the page offers none to make; it still reads codes, and says where links lead."""

from collections.abc import Iterator
from urllib.parse import quote

import pytest
from playwright.sync_api import BrowserContext, FilePayload, Page, expect

from liulian.web.pages.assets import STATIC
from tests.browser.program import running_program
from tests.browser.steps import overflow
from tests.browser.test_access import _violations
from tests.unit.qr.pictures import code, on_ground, saved

ADDRESS = "https://www.example.com/tea?from=poster"
OTHER = "https://www.example.com/coffee"


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    if not (STATIC / ".vite/manifest.json").exists():
        pytest.skip("The front end is not built: make setup")
    with running_program(tmp_path_factory.mktemp("liulian"), LIULIAN_ANONYMOUS_LINKS="off") as address:
        yield address


def _upload(page: Page, picture: bytes) -> None:
    page.locator("#upload-file").set_input_files(FilePayload(name="photo", mimeType="image/png", buffer=picture))


def test_page_says_who_makes_links_and_shows_no_tool_that_refuses(page: Page, axe: str) -> None:
    page.goto("/")

    expect(page.get_by_text("在本站，登录后才能做短链")).to_be_visible()
    expect(page.locator("form, textarea")).to_have_count(0)
    expect(page.get_by_role("button", name="扫码")).to_be_visible()
    expect(page.get_by_role("button", name="粘贴")).to_have_count(0)
    assert _violations(page, axe) == []
    assert overflow(page) <= 0


def test_address_of_a_code_is_shown_copied_and_followed(context: BrowserContext, page: Page, axe: str) -> None:
    context.grant_permissions(["clipboard-read", "clipboard-write"])
    page.goto("/")

    _upload(page, saved(code(ADDRESS), "PNG"))

    expect(page.locator("#found-text")).to_have_text(ADDRESS)
    assert _violations(page, axe) == []
    page.get_by_role("button", name="复制内容").click()
    expect(page.locator("#found-copy")).to_contain_text("已复制")
    assert page.evaluate("navigator.clipboard.readText()") == ADDRESS
    page.get_by_role("link", name="看它通向哪里").click()
    expect(page).to_have_url(f"{page.url.partition('/expand')[0]}/expand?url={quote(ADDRESS, safe='')}")
    expect(page.locator("#url")).to_have_value(ADDRESS)


def test_one_of_two_codes_is_chosen(page: Page) -> None:
    page.goto("/?lang=en")

    _upload(page, saved(on_ground(code(ADDRESS), code(OTHER)), "PNG"))
    page.get_by_role("button", name=OTHER).click()

    expect(page.locator("#found-text")).to_have_text(OTHER)
    expect(page.get_by_role("button", name="Use all of them")).to_have_count(0)
    expect(page.get_by_role("link", name="See where it leads")).to_be_visible()

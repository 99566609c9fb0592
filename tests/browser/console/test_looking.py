"""Every screen in both languages, by day and by night, narrow and wide: no barrier, no sideways scrolling, light."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, Literal

import pytest
from playwright.sync_api import Page, StorageState, ViewportSize, expect

from tests.browser.conftest import PHONE
from tests.browser.console.conftest import DESK, People
from tests.browser.steps import overflow

SHARED_PLACE = True
FIRST_SCREEN_BYTES_MAX = 250 * 1024
FIRST_SCREEN_FILES_MAX = 20  # A phone far away waits for each.
SCREENS = (
    "/console/links",
    "/console/communities",
    "/console/communities/new",
    "/console/communities/begin",
    "/console/domains",
    "/console/transfer/imports",
    "/console/transfer/exports",
    "/console/transfer/claim",
    "/console/settings",
    "/console/settings/members",
    "/console/settings/keys",
    "/console/settings/audit",
    "/console/account",
    "/console/nowhere",
)
ENTRIES = ("/console/sign-in", "/console/reset", "/console/forgotten", "/console/invitation#li_nothing")
SIZES = """
() => performance.getEntriesByType("resource")
  .filter((entry) => entry.name.includes("/static/"))
  .map((entry) => [entry.name.split("/").pop(), entry.encodedBodySize])
"""
Scheme = Literal["light", "dark"]
# Every two of them together, in half of the looks that there are.
LOOKS: tuple[tuple[str, Scheme, ViewportSize], ...] = (
    ("zh-CN", "light", PHONE),
    ("en", "dark", PHONE),
    ("zh-CN", "dark", DESK),
    ("en", "light", DESK),
)


@pytest.mark.parametrize(("language", "scheme", "viewport"), LOOKS, ids=["phone", "phone, en", "desk", "desk, en"])
def test_no_screen_has_barriers_or_is_wider_than_its_window(
    people: People, owner_state: StorageState, axe: str, language: str, scheme: Scheme, viewport: ViewportSize
) -> None:
    page = people.come(owner_state, language=language, scheme=scheme, viewport=viewport)
    with in_language(page, language):
        for path in SCREENS:
            assert _wrong(page, path, axe) == []
            expect(page.locator("html")).to_have_attribute("lang", language)

    stranger = people.come(language=language, scheme=scheme, viewport=viewport)
    for path in ENTRIES:
        assert _wrong(stranger, path, axe) == []


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_no_dialog_has_barriers(people: People, owner_state: StorageState, axe: str, scheme: Scheme) -> None:
    page = people.come(owner_state, scheme=scheme, viewport=PHONE)
    for path, button in (
        ("/console/settings/members", "邀请成员"),
        ("/console/settings/keys", "新建密钥"),
        ("/console/domains", "添加域名"),
        ("/console/account", "开启两步验证"),
        ("/console/account", "添加通行密钥"),
        ("/console/settings", "删除工作区"),
        ("/console/settings", "我的菜单"),
    ):
        page.goto(path)
        page.get_by_role("button", name=button, exact=True).first.click()
        expect(page.locator("[role=dialog], [role=menu]").locator("visible=true")).to_be_visible()

        assert overflow(page) <= 0
        assert barriers(page, axe) == [], f"{path} {button}"


def test_first_screen_is_light(people: People, owner_state: StorageState) -> None:
    page = people.come(owner_state)
    page.goto("/console/links", wait_until="networkidle")
    sizes: list[tuple[str, int]] = page.evaluate(SIZES)

    assert 5 < len(sizes) <= FIRST_SCREEN_FILES_MAX, sizes
    assert sum(size for _, size in sizes) <= FIRST_SCREEN_BYTES_MAX, sorted(sizes, key=lambda each: -each[1])


def test_colours_are_chosen_and_there_from_the_first_moment(people: People, owner_state: StorageState) -> None:
    page = people.come(owner_state, scheme="light")
    page.goto("/console/links")
    for wish in ("浅色", "深色"):
        page.get_by_role("button", name="我的菜单").click()
        page.get_by_role("menuitem", name="颜色").click()
        expect(page.locator("html")).to_have_attribute("data-theme", "light" if wish == "浅色" else "dark")

    answer = page.goto("/console/domains")

    assert answer is not None
    assert 'data-theme="dark"' in answer.text()
    assert page.evaluate("getComputedStyle(document.documentElement).backgroundColor") == "rgb(18, 22, 19)"


@contextmanager
def in_language(page: Page, language: str) -> Iterator[None]:
    """Let the account read in a language, and in Chinese again afterwards: whoever is signed in takes its language."""
    _speak(page, language)
    try:
        yield
    finally:
        _speak(page, "zh-CN")


def _speak(page: Page, language: str) -> None:
    page.goto("/console/account")
    answer = page.request.patch(
        "/api/v1/me", data={"language": language}, headers={"Origin": page.url[: page.url.index("/console")]}
    )
    assert answer.ok, answer.text()


def _wrong(page: Page, path: str, axe: str) -> list[str]:
    page.goto("about:blank")  # What differs only behind `#` would not be opened anew.
    page.goto(path)
    expect(page.get_by_role("heading", level=1)).to_be_attached()
    expect(page.locator(".bones")).to_have_count(0)
    wide = overflow(page)
    return [*([f"{path}: {wide} px too wide"] if wide > 0 else []), *barriers(page, axe)]


def barriers(page: Page, axe: str) -> list[str]:
    """Return what a page puts in the way of people."""
    # As the debugger does it: the page's own policy lets nobody add a script.
    page.evaluate(axe)
    found: dict[str, Any] = page.evaluate("axe.run(document)")
    return [f"{rule['id']}: {node['html']}" for rule in found["violations"] for node in rule["nodes"]]

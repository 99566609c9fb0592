"""Following a short link and reporting one, as a person does it: by keyboard, on small screens, without barriers."""

from typing import Literal

import pytest
from playwright.sync_api import Page, expect

from tests.browser.steps import make_link, overflow
from tests.browser.test_access import SCHEMES, _violations


def follow(page: Page, url: str, *, language: str = "zh-CN") -> None:
    page.goto(f"/expand?lang={language}")
    page.fill("#url", url)
    page.keyboard.press("Enter")
    expect(page.locator(".hops li").first).to_be_visible()


def test_own_short_link_is_followed_with_the_keyboard_alone(page: Page) -> None:
    short_url = make_link(page)

    follow(page, short_url)

    expect(page.locator(".hops li").first).to_contain_text("302")
    expect(page.locator(".hops li").first).to_contain_text(short_url)


def test_link_is_reported_from_its_preview(page: Page) -> None:
    short_url = make_link(page)
    page.goto(f"{short_url}+")
    page.locator("footer a[href^='/report']").click()

    expect(page.locator("#url")).to_have_value(short_url)
    page.select_option("#reason", "phishing")
    page.fill("#note", "它冒充银行")
    page.get_by_role("button", name="提交举报").click()

    expect(page.get_by_role("heading", name="收到了，谢谢你")).to_be_visible()


def test_report_about_no_link_says_so_and_keeps_what_was_typed(page: Page) -> None:
    page.goto("/report")
    page.fill("#url", "nobody")
    page.select_option("#reason", "spam")
    page.get_by_role("button", name="提交举报").click()

    expect(page.locator("#problem")).to_have_text("没有找到这条短链。请填完整的短链，区分大小写。")
    expect(page.locator("#url")).to_have_value("nobody")
    expect(page.locator("#reason")).to_have_value("spam")


@pytest.mark.parametrize("scheme", SCHEMES)
@pytest.mark.parametrize("language", ["zh-CN", "en"])
def test_tools_have_no_barriers(page: Page, axe: str, scheme: Literal["light", "dark"], language: str) -> None:
    page.emulate_media(color_scheme=scheme)
    follow(page, "https://www.paypa1.com/login", language=language)
    assert _violations(page, axe) == []

    page.goto(f"/report?lang={language}")
    page.locator("button[type=submit]").click()
    expect(page.locator("#problem")).to_be_visible()
    assert _violations(page, axe) == []


@pytest.mark.parametrize("width", [320, 360])
@pytest.mark.parametrize("language", ["zh-CN", "en"])
def test_tools_fit_small_screens(page: Page, width: int, language: str) -> None:
    page.set_viewport_size({"width": width, "height": 720})
    follow(page, f"https://www.paypa1.com/{'a' * 300}", language=language)
    assert overflow(page) <= 0

    page.goto(f"/report?lang={language}")
    assert overflow(page) <= 0

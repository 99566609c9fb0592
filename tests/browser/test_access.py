"""No barrier that axe-core can find, on any page, in either language, by day and by night."""

from typing import Any, Literal

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.browser.conftest import PHONE
from tests.browser.scenes import SCENES
from tests.browser.steps import make_link, overflow

SCHEMES: tuple[Literal["light", "dark"], ...] = ("light", "dark")
# What the tests of single pages and of the unfolded page do not show.
STATES = (
    "home",
    "audience",
    "result",
    "recent",
    "scan",
    "scan-several",
    "scan-refused",
    "upload-several",
    "found-wifi",
)


def _violations(page: Page, axe: str) -> list[str]:
    page.evaluate(axe)
    found: dict[str, Any] = page.evaluate("axe.run(document)")
    return [f"{rule['id']}: {node['html']}" for rule in found["violations"] for node in rule["nodes"]]


@pytest.mark.parametrize("scheme", SCHEMES)
def test_home_page_has_no_barriers(page: Page, axe: str, scheme: Literal["light", "dark"]) -> None:
    page.emulate_media(color_scheme=scheme, reduced_motion="reduce")
    short_url = make_link(page)
    page.get_by_role("button", name="统计", exact=True).click()
    page.request.get(short_url, max_redirects=0)
    expect(page.locator("#total-clicks")).to_have_text("1")
    page.get_by_role("button", name="访客").click()
    page.get_by_text("用表格看").click()

    assert _violations(page, axe) == []


@pytest.mark.parametrize("scheme", SCHEMES)
def test_field_with_a_problem_has_no_barriers(page: Page, axe: str, scheme: Literal["light", "dark"]) -> None:
    page.emulate_media(color_scheme=scheme)
    page.goto("/?lang=en")
    page.locator("#submit").click()
    expect(page.locator("#problem")).to_be_visible()

    assert _violations(page, axe) == []


@pytest.mark.parametrize("scheme", SCHEMES)
@pytest.mark.parametrize("language", ["zh-CN", "en"])
def test_everything_unfolded_has_no_barriers(
    page: Page, axe: str, scheme: Literal["light", "dark"], language: str
) -> None:
    page.emulate_media(color_scheme=scheme, reduced_motion="reduce")
    page.goto(f"/?lang={language}")
    page.fill("#destination", "https://www.example.com/a\njavascript:alert(1)\nhttps://www.example.com/b")
    page.locator("#submit").click()
    expect(page.locator("#several-acts")).to_be_visible()
    for chip in ("#guard", "#audience"):
        page.locator(f"{chip} > summary").click()
    page.locator("input[name=guard][value=custom]").check(force=True)
    page.locator("input[name=guard_app][value=wechat]").check(force=True)
    page.locator("input[name=guard_mode][value=app]").check(force=True)
    page.locator("input[name=system][value=iOS]").check(force=True)
    page.locator("#recent-links > li").nth(0).locator("button").nth(2).click()
    page.locator("#recent-links > li").nth(1).locator(".acts button").last.click()

    assert _violations(page, axe) == []


@pytest.mark.parametrize(("language", "scheme"), [("zh-CN", "dark"), ("en", "light")])
@pytest.mark.parametrize("scene", STATES)
def test_state_of_the_home_page_has_no_barriers_and_fits_a_phone(
    browser: Browser, server: str, axe: str, scene: str, language: str, scheme: Literal["light", "dark"]
) -> None:
    page = browser.new_page(
        base_url=server, viewport=PHONE, locale=language, color_scheme=scheme, reduced_motion="reduce"
    )
    SCENES[scene](page)

    assert overflow(page) <= 0
    assert _violations(page, axe) == []
    page.context.close()


@pytest.mark.parametrize("scheme", SCHEMES)
@pytest.mark.parametrize("path", ["/privacy", "/terms"])
@pytest.mark.parametrize("language", ["zh-CN", "en"])
def test_texts_have_no_barriers_and_fit_a_phone(
    page: Page, axe: str, scheme: Literal["light", "dark"], path: str, language: str
) -> None:
    page.emulate_media(color_scheme=scheme)
    page.goto(f"{path}?lang={language}")

    assert overflow(page) <= 0
    assert _violations(page, axe) == []


@pytest.mark.parametrize("scheme", SCHEMES)
def test_pages_between_have_no_barriers_and_fit_a_phone(page: Page, axe: str, scheme: Literal["light", "dark"]) -> None:
    page.emulate_media(color_scheme=scheme)
    short_url = make_link(page)

    for address, status in ((f"{short_url}+", 200), (f"{short_url}x", 404)):
        answer = page.goto(address)
        assert answer is not None
        assert answer.status == status
        assert overflow(page) <= 0
        assert _violations(page, axe) == []


def test_preview_shows_where_a_link_leads_and_goes_on_through_it(page: Page) -> None:
    short_url = make_link(page)
    page.goto(f"{short_url}+")

    expect(page.locator(".host")).to_have_text("www.example.com")
    button = page.get_by_role("link", name="继续访问")
    expect(button).to_have_attribute("href", f"{short_url}/open")

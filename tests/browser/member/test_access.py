"""No barrier that axe-core can find on any page of a community; everything fits a phone, a thumb, and large letters."""

import gzip
from typing import Any, Literal

import pytest
from playwright.sync_api import Browser, Page, expect

from liulian.base.ids import encode_id
from tests.browser.chromium import USER_AGENT
from tests.browser.conftest import PATIENCE_MS, PHONE
from tests.browser.member.conftest import Town, be_known
from tests.browser.steps import overflow

LOOKS: tuple[tuple[str, Literal["light", "dark"]], ...] = (("zh-CN", "dark"), ("en", "light"))
# Of a member. `{test}` stands for the id of what was planted under this name.
PAGES = (
    "",
    "/league",
    "/badges",
    "/tests",
    "/tests/{test}",
    "/advice/{advice}",
    "/calendar",
    "/share",
    "/me",
    "/me/erase",
    "/pair",
)
STRANGERS = ("", "/join", "/pair", "/nowhere")
FIRST_VIEW_BYTES_MAX = 60 * 1024
TOUCH_MIN, LINK_MIN = 44, 24  # Links within words are as high as their line.
LARGEST = "document.documentElement.style.fontSize = '150%'"  # WeChat's largest letters, and somewhat more.
SMALL = """([button, link]) => [...document.querySelectorAll(
    'button, summary, input:not([type=hidden]), select, textarea, a, label.chip')]
  .filter(one => one.checkVisibility() && !one.closest('.aloud, .skip') && !one.matches('.aloud, .skip'))
  .map(one => [one, (one.closest('label') || one).getBoundingClientRect().height])
  .filter(([one, height]) => height < (one.matches('a:not(.button, .tabs a)') ? link : button) - 0.5)
  .map(([one, height]) => `${height} ${one.outerHTML.slice(0, 90)}`)"""


def violations(page: Page, axe: str) -> list[str]:
    page.evaluate(axe)
    found: dict[str, Any] = page.evaluate("axe.run(document)")
    return [f"{rule['id']}: {node['html'][:200]}" for rule in found["violations"] for node in rule["nodes"]]


def a_phone(browser: Browser, town: Town, *, language: str, scheme: Literal["light", "dark"] = "light") -> Page:
    page = browser.new_page(
        base_url=town.address,
        viewport=PHONE,
        locale=language,
        color_scheme=scheme,
        reduced_motion="reduce",
        user_agent=USER_AGENT,
        has_touch=True,
    )
    page.set_default_timeout(PATIENCE_MS)
    return page


def path_of(town: Town, language: str, page: str) -> str:
    planted = town.communities[language]
    ids = {name: encode_id(number) for name, number in planted.services.items()}
    return f"/c/{planted.community.slug}" + page.format(**ids)


@pytest.mark.parametrize(("language", "scheme"), LOOKS)
@pytest.mark.parametrize("page_name", PAGES)
def test_page_of_a_member_has_no_barriers_and_fits(
    browser: Browser, town: Town, axe: str, page_name: str, language: str, scheme: Literal["light", "dark"]
) -> None:
    page = a_phone(browser, town, language=language, scheme=scheme)
    be_known(page.context, town, language)
    answer = page.goto(path_of(town, language, page_name))

    assert answer is not None
    assert answer.status == 200
    assert overflow(page) <= 0
    assert violations(page, axe) == []
    assert page.evaluate(SMALL, [TOUCH_MIN, LINK_MIN]) == []
    page.evaluate(LARGEST)
    assert overflow(page) <= 0
    page.context.close()


@pytest.mark.parametrize(("language", "scheme"), LOOKS)
@pytest.mark.parametrize("page_name", STRANGERS)
def test_page_of_a_stranger_has_no_barriers_and_fits(
    browser: Browser, town: Town, axe: str, page_name: str, language: str, scheme: Literal["light", "dark"]
) -> None:
    page = a_phone(browser, town, language=language, scheme=scheme)
    page.goto(path_of(town, language, page_name))

    assert overflow(page) <= 0
    assert violations(page, axe) == []
    assert page.evaluate(SMALL, [TOUCH_MIN, LINK_MIN]) == []
    page.evaluate(LARGEST)
    assert overflow(page) <= 0
    page.context.close()


@pytest.mark.parametrize(("language", "scheme"), LOOKS)
def test_what_an_act_has_changed_has_no_barriers(
    browser: Browser, town: Town, axe: str, language: str, scheme: Literal["light", "dark"]
) -> None:
    page = a_phone(browser, town, language=language, scheme=scheme)
    page.goto(be_known(page.context, town, language))
    page.locator("label.chip").nth(1).tap()
    page.locator(".check-in:visible input[type=number]").fill("5000")
    page.locator(".check-in:visible button").tap()
    expect(page.locator("#dock .feedback:visible")).to_be_visible()
    for more in page.locator("main summary").all():
        more.tap()

    assert overflow(page) <= 0
    assert violations(page, axe) == []
    page.context.close()


def test_first_view_of_a_member_is_light(browser: Browser, town: Town) -> None:
    page = a_phone(browser, town, language="zh-CN")
    be_known(page.context, town, "zh-CN")
    sizes: dict[str, int] = {}
    page.on("requestfinished", lambda request: _measure(request, sizes))
    page.goto("/c/tea")
    page.wait_for_load_state("networkidle")

    assert sum(sizes.values()) <= FIRST_VIEW_BYTES_MAX, sizes
    assert len(sizes) >= 3
    page.context.close()


def _measure(request: Any, sizes: dict[str, int]) -> None:
    if request.resource_type in {"document", "script", "stylesheet", "image"}:
        sizes[request.url] = len(gzip.compress(request.response().body()))


def test_nothing_moves_once_the_page_is_there(browser: Browser, town: Town) -> None:
    page = a_phone(browser, town, language="zh-CN")
    be_known(page.context, town, "zh-CN")
    page.add_init_script(
        "window.moved = 0; new PerformanceObserver(list => list.getEntries().forEach(one => window.moved += one.value))"
        ".observe({ type: 'layout-shift', buffered: true })"
    )
    page.goto("/c/tea")
    page.wait_for_load_state("networkidle")

    assert page.evaluate("window.moved") < 0.01
    page.context.close()

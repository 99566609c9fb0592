"""A phone and a thumb: every control of the tool answers a tap, and is large enough to be hit."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, BrowserContext, FilePayload, Page, expect

from tests.browser.chromium import USER_AGENT
from tests.browser.conftest import PATIENCE_MS, PHONE, Wrongs
from tests.browser.steps import DESTINATION
from tests.unit.qr.pictures import code, saved

BUTTON_HEIGHT_MIN, LINK_HEIGHT_MIN = 40, 24
SEVERAL = "https://www.example.com/a\njavascript:alert(1)\nhttps://www.example.com/b"
NO_CAMERA = "navigator.mediaDevices.getUserMedia = () => Promise.reject(new DOMException('', 'NotAllowedError'))"


@pytest.fixture
def context(browser: Browser, server: str) -> Iterator[BrowserContext]:
    """A phone that has fingers on it and no mouse."""
    context = browser.new_context(
        base_url=server,
        viewport=PHONE,
        locale="zh-CN",
        user_agent=USER_AGENT,
        has_touch=True,
        is_mobile=True,
        device_scale_factor=2,
        permissions=["clipboard-read", "clipboard-write"],
    )
    context.set_default_timeout(PATIENCE_MS)
    yield context
    context.close()


@pytest.fixture
def page(context: BrowserContext, server: str) -> Iterator[Page]:
    page, wrong = context.new_page(), Wrongs(server)
    wrong.watch(page)
    page.goto("/")
    yield page
    assert wrong.found == []


def _clipboard(page: Page) -> str:
    text: str = page.evaluate("navigator.clipboard.readText()")
    return text


def _make(page: Page, typed: str = DESTINATION) -> None:
    page.locator("#destination").fill(typed)
    page.locator("#submit").tap()


def test_copied_address_is_a_copied_short_link_three_taps_later(page: Page) -> None:
    page.evaluate("text => navigator.clipboard.writeText(text)", DESTINATION)

    page.locator("#paste").tap()
    page.locator("#submit").tap()
    page.locator("#copy").tap()

    expect(page.locator("#copy")).to_contain_text("已复制")
    short_url = _clipboard(page)
    assert page.locator("#short-url").inner_text() == short_url
    assert page.request.get(short_url, max_redirects=0).headers["location"] == DESTINATION


def test_result_is_in_view_and_its_buttons_answer(context: BrowserContext, page: Page) -> None:
    _make(page)
    for place in ("#short-url", "#copy", "#qr"):
        expect(page.locator(place)).to_be_in_viewport(ratio=1)

    page.locator("#statistics-toggle").tap()
    expect(page.locator("#total-clicks")).to_be_in_viewport(ratio=1)
    page.locator(".metric").nth(1).tap()
    expect(page.locator("#definition-human_clicks")).to_be_visible()
    with page.expect_download():
        page.locator("#download").tap()
    with context.expect_page():
        page.locator("#open").tap()


def test_guard_is_chosen_by_taps(page: Page) -> None:
    page.locator("#guard > summary").tap()
    for value in ("wechat_qq", "china", "all", "custom"):
        page.locator(".choice", has=page.locator(f"input[value={value}]")).tap()
    page.locator("#guard-apps .more summary").tap()
    for app in ("wechat", "line"):
        page.locator("#guard-apps .pill", has=page.locator(f"input[value={app}]")).tap()
    expect(page.locator("#guard-shown")).to_have_text("微信 + LINE · 引导页")
    for mode, says in (("preview", "预览页"), ("app", "打开 App")):
        page.locator(".choice", has=page.locator(f"input[value={mode}]")).tap()
        expect(page.locator("#guard-shown")).to_contain_text(says)
    expect(page.locator("#app-url")).to_be_visible()


def test_audience_is_chosen_and_undone_by_taps(page: Page) -> None:
    page.locator("#audience > summary").tap()
    page.locator("#pc").tap()
    for name, value in (("form", "desktop"), ("container", "browser")):
        page.locator("#audience .pill", has=page.locator(f"input[name={name}][value={value}]")).tap()
    expect(page.locator("#audience-shown")).to_have_text("电脑（PC） · 电脑 · 浏览器")

    page.locator("#everyone").tap()
    expect(page.locator("#audience-shown")).to_have_text("所有人")


def test_camera_that_is_refused_leaves_a_tap_to_a_picture(context: BrowserContext, page: Page) -> None:
    page.add_init_script(NO_CAMERA)
    page.reload()
    page.locator("#scan").tap()
    expect(page.locator("#camera-says")).to_contain_text("没有相机权限")
    page.locator("#camera-close").tap()
    expect(page.locator("#camera")).to_be_hidden()

    with page.expect_file_chooser() as chooser:
        page.locator("#upload").tap()
    chooser.value.set_files(FilePayload(name="photo", mimeType="image/png", buffer=saved(code("你好"), "PNG")))

    expect(page.locator("#found-text")).to_have_text("你好")
    expect(page.locator("#found-copy")).to_be_in_viewport(ratio=1)
    page.locator("#found-copy").tap()
    expect(page.locator("#found-copy")).to_contain_text("已复制")
    page.locator("#found-close").tap()
    expect(page.locator("#found")).to_be_hidden()


def test_table_of_several_answers_taps(page: Page) -> None:
    _make(page, SEVERAL)
    expect(page.locator("#several-heading")).to_be_in_viewport()
    second = page.locator("#several-rows a").nth(1).get_attribute("href")

    page.locator("#several-copy").tap()
    expect(page.locator("#several-copy")).to_contain_text("已复制 2 条")
    page.locator("#several-rows button").nth(1).tap()
    expect(page.locator("#several-rows button").nth(1)).to_contain_text("已复制")
    assert _clipboard(page) == second
    for button in ("#several-csv", "#several-zip"):
        with page.expect_download():
            page.locator(button).tap()
    page.locator("#several-again").tap()
    expect(page.locator("#destination")).to_have_value("javascript:alert(1)")


def test_list_of_this_device_answers_taps(page: Page) -> None:
    _make(page)
    expect(page.locator("#result")).to_be_visible()
    page.reload()
    copy, qr, statistics, delete = page.locator("#recent-links .acts > button").all()[:4]

    copy.tap()
    expect(copy).to_have_text("已复制")
    qr.tap()
    expect(page.locator("#qr")).to_be_in_viewport(ratio=1)
    statistics.tap()
    expect(page.locator("#total-clicks")).to_be_in_viewport(ratio=1)
    expect(page.locator("#qr")).to_be_hidden()
    statistics.tap()
    delete.tap()
    page.get_by_role("button", name="删除", exact=True).tap()
    expect(page.locator("#recent")).to_be_hidden()


@pytest.mark.parametrize("language", ["zh-CN", "en"])
def test_every_control_is_large_enough_for_a_thumb(page: Page, language: str) -> None:
    page.goto(f"/?lang={language}")
    _make(page, SEVERAL)
    expect(page.locator("#several-acts")).to_be_visible()
    for chip in ("#guard", "#audience"):
        page.locator(f"{chip} > summary").tap()
    page.locator("input[value=custom]").check(force=True)
    for more in page.locator(".more > summary").all():
        more.tap()

    small = page.evaluate(
        """([button, link]) => [...document.querySelectorAll('button, summary, label, input[type=text], textarea, a')]
            .filter(one => one.checkVisibility() && !one.closest('p.quiet') && !one.matches('.label'))
            .map(one => [one, one.getBoundingClientRect().height])
            .filter(([one, height]) => height < (one.matches('a') ? link : button))
            .map(([one, height]) => `${height} ${one.outerHTML.slice(0, 80)}`)""",
        [BUTTON_HEIGHT_MIN, LINK_HEIGHT_MIN],
    )

    assert small == []

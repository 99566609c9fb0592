"""From a pasted address to a counted click, as a person in a browser meets it."""

import gzip
import re
from urllib.parse import unquote

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect

from liulian.web.pages.assets import STATIC
from tests.browser.steps import DESTINATION, make_link, overflow


def test_pasted_address_becomes_a_short_link_that_leads_there(page: Page) -> None:
    short_url = make_link(page)

    answer = page.request.get(short_url, max_redirects=0)

    assert answer.status == 302
    assert answer.headers["location"] == DESTINATION
    expect(page.locator("#open")).to_have_attribute("href", short_url)


def test_address_is_taken_out_of_a_pasted_message(page: Page) -> None:
    short_url = make_link(page, "看看这个：https://www.example.com/tea，复制本条信息")

    assert page.request.get(short_url, max_redirects=0).headers["location"] == "https://www.example.com/tea"
    expect(page.get_by_label("目标网址")).to_have_value("https://www.example.com/tea")


@pytest.mark.parametrize(
    ("typed", "destination"),
    [
        ("打开 example.com/abc 看看", "https://example.com/abc"),
        ("https://example.com/?q=你好，世界", "https://example.com/?q=你好，世界"),
        ("Node.js 教程\nhttps://example.com/js", "https://example.com/js"),
        ("写信到 tea@example.com，或打开 www.example.com/tea。", "https://www.example.com/tea"),
    ],
)
def test_address_that_is_meant_is_found_in_what_is_typed(page: Page, typed: str, destination: str) -> None:
    short_url = make_link(page, typed)

    answer = page.request.get(short_url, max_redirects=0)
    assert unquote(answer.headers["location"]) == destination


def test_address_without_scheme_is_understood(page: Page) -> None:
    short_url = make_link(page, "www.example.com/tea")

    assert page.request.get(short_url, max_redirects=0).headers["location"] == "https://www.example.com/tea"


def test_qr_code_is_shown_and_can_be_saved(page: Page) -> None:
    make_link(page)

    expect(page.locator("#qr")).to_have_js_property("complete", value=True)
    assert page.locator("#qr").evaluate("picture => picture.naturalWidth") > 0
    with page.expect_download() as download:
        page.get_by_role("link", name="下载二维码").click()
    assert download.value.suggested_filename.endswith(".svg")


def test_short_link_is_copied(context: BrowserContext, page: Page) -> None:
    context.grant_permissions(["clipboard-read", "clipboard-write"])
    short_url = make_link(page)

    page.get_by_role("button", name="复制", exact=True).click()

    expect(page.get_by_role("button", name="已复制", exact=True)).to_be_visible()
    assert page.evaluate("navigator.clipboard.readText()") == short_url


def test_short_link_is_copied_where_a_web_view_has_no_clipboard(context: BrowserContext, page: Page) -> None:
    context.add_init_script("Object.defineProperty(navigator, 'clipboard', { value: undefined })")
    short_url = make_link(page)

    page.get_by_role("button", name="复制", exact=True).click()

    expect(page.get_by_role("button", name="已复制", exact=True)).to_be_visible()
    page.get_by_label("目标网址").fill("")
    page.keyboard.press("Control+V")
    expect(page.get_by_label("目标网址")).to_have_value(short_url)


def test_link_stays_selected_when_copying_is_impossible(context: BrowserContext, page: Page) -> None:
    context.add_init_script(
        "Object.defineProperty(navigator, 'clipboard', { value: undefined }); document.execCommand = () => false"
    )
    short_url = make_link(page)

    page.get_by_role("button", name="复制", exact=True).click()

    expect(page.locator("#copy-problem")).to_contain_text("没能自动复制")
    assert page.evaluate("getSelection().toString()") == short_url


def test_opened_link_appears_in_the_statistics(context: BrowserContext, page: Page) -> None:
    make_link(page)
    page.get_by_role("button", name="统计", exact=True).click()
    expect(page.get_by_text("今天还没有点击")).to_be_visible()

    with context.expect_page():
        page.get_by_role("link", name="打开").click()
    page.bring_to_front()

    expect(page.locator("#total-clicks")).to_have_text("1")
    expect(page.locator("#total-human_clicks")).to_have_text("1")
    expect(page.locator("#total-visitors")).to_have_text("1")
    expect(page.locator("#breakdown-apps")).to_contain_text("微信")
    expect(page.locator("#breakdown-systems")).to_contain_text("Android")
    expect(page.locator("#breakdown-outcomes")).to_contain_text("直接跳转")
    expect(page.locator("#chart")).to_have_attribute("aria-label", re.compile("1 次"))


def test_every_number_says_how_it_is_counted(page: Page) -> None:
    make_link(page)
    page.get_by_role("button", name="统计", exact=True).click()

    for name, words in (("真人点击", "去掉机器人"), ("访客", "同一个人当天只算一次")):
        page.get_by_role("button", name=name).click()
        expect(page.get_by_text(words)).to_be_visible()
    expect(page.get_by_text("去掉机器人")).to_be_hidden()


@pytest.mark.parametrize(
    ("typed", "words"),
    [
        ("", "先贴一个网址"),
        ("\n".join(f"https://example.com/{number}" for number in range(101)), "一次最多 100 个网址，现在有 101 个"),
        ("javascript:alert(1)", ""),
        ("http://127.0.0.1/", ""),
        ("http://user:pass@example.com/", ""),
    ],
)
def test_refused_address_is_explained_at_the_field(page: Page, typed: str, words: str) -> None:
    page.goto("/")
    field = page.get_by_label("目标网址")

    field.fill(typed)
    field.press("Control+Enter")

    expect(page.locator("#problem")).to_be_visible()
    expect(page.locator("#problem")).to_contain_text(words)
    expect(page.locator("#problem")).to_have_text(re.compile("[\u4e00-\u9fff]"))
    expect(field).to_have_attribute("aria-invalid", "true")
    expect(field).to_have_attribute("aria-describedby", re.compile("problem"))
    expect(field).to_be_focused()
    expect(page.locator("#result")).to_be_hidden()


def test_lost_connection_has_its_own_words_and_loses_nothing(context: BrowserContext, page: Page) -> None:
    page.goto("/")
    page.get_by_label("目标网址").fill(DESTINATION)
    context.set_offline(True)

    page.get_by_role("button", name="生成短链").click()

    expect(page.locator("#problem")).to_contain_text("没有连上服务器")
    expect(page.get_by_label("目标网址")).to_have_value(DESTINATION)
    context.set_offline(False)
    page.get_by_role("button", name="生成短链").click()
    expect(page.locator("#result")).to_be_visible()


def test_everything_can_be_done_with_the_keyboard(page: Page) -> None:
    page.goto("/")
    for _ in range(4):  # The mark, signing in, the language, the field.
        page.keyboard.press("Tab")
    page.keyboard.type(DESTINATION)
    page.keyboard.press("Enter")
    expect(page.locator("#result")).to_be_visible()

    page.locator("#submit").focus()
    reached = []
    for _ in range(4):
        page.keyboard.press("Tab")
        reached.append(page.evaluate("document.activeElement.id"))
    assert reached == ["copy", "open", "statistics-toggle", "download"]
    page.locator("#statistics-toggle").press("Enter")
    expect(page.locator("#statistics")).to_be_visible()


@pytest.mark.parametrize("language", ["zh-CN", "en"])
def test_whole_tool_is_above_the_fold_of_a_phone(page: Page, language: str) -> None:
    page.goto(f"/?lang={language}")

    button = page.locator("#submit").bounding_box()

    assert button is not None
    assert button["y"] + button["height"] <= 740
    assert button["height"] >= 44
    assert overflow(page) <= 0


@pytest.mark.parametrize("width", [320, 360, 768, 1440])  # 320 is also 640 at 200%.
def test_nothing_is_wider_than_the_window(page: Page, width: int) -> None:
    page.set_viewport_size({"width": width, "height": 740})
    make_link(page, "https://www.example.com/" + "long-and-unbroken" * 20)

    page.get_by_role("button", name="统计", exact=True).click()

    assert overflow(page) <= 0


@pytest.mark.parametrize("language", ["zh-CN", "en"])
def test_nothing_breaks_when_letters_are_twice_as_large(page: Page, language: str) -> None:
    make_link(page)
    page.goto(f"/?lang={language}")
    page.evaluate("document.documentElement.style.fontSize = '200%'")
    for chip in ("#guard", "#audience"):
        page.locator(f"{chip} > summary").click()
    page.locator("#recent-links button").nth(2).click()
    expect(page.locator("#statistics")).to_be_visible()
    assert overflow(page) <= 0

    page.locator("#destination").fill("https://www.example.com/a\nhttps://www.example.com/b")
    page.locator("#submit").click()
    expect(page.locator("#several-acts")).to_be_visible()
    assert overflow(page) <= 0


def test_page_is_dark_where_the_person_likes_it_dark(page: Page) -> None:
    page.emulate_media(color_scheme="dark")
    page.goto("/")

    background = page.evaluate("getComputedStyle(document.documentElement).backgroundColor")

    assert background == "rgb(18, 22, 19)"


def test_script_and_style_weigh_at_most_30_kilobytes(page: Page) -> None:
    page.goto("/")
    loaded = page.evaluate("performance.getEntriesByType('resource').map(entry => new URL(entry.name).pathname)")
    files = [STATIC / path.removeprefix("/static/") for path in loaded if path.startswith("/static/")]

    assert files
    assert sum(len(gzip.compress(file.read_bytes())) for file in files) <= 30 * 1024


def test_language_is_switched_and_kept(page: Page) -> None:
    page.goto("/")

    page.get_by_role("link", name="English").click()

    expect(page.locator("html")).to_have_attribute("lang", "en")
    expect(page.get_by_role("heading", level=1)).to_have_text("Links that open. People who stay.")
    page.goto("/")
    expect(page.locator("html")).to_have_attribute("lang", "en")


def test_journey_is_the_same_in_english(context: BrowserContext, page: Page) -> None:
    context.grant_permissions(["clipboard-read", "clipboard-write"])
    page.goto("/?lang=en")
    page.evaluate("text => navigator.clipboard.writeText(text)", DESTINATION)
    page.get_by_role("button", name="Paste").click()
    page.get_by_text("Guard:").click()
    page.get_by_text("WeChat + QQ", exact=True).click()
    page.get_by_role("button", name="Make a short link").click()

    expect(page.locator("#expiry")).to_have_text("Expires in 30 days")
    page.get_by_role("button", name="Copy", exact=True).click()
    expect(page.get_by_role("button", name="Copied", exact=True)).to_be_visible()
    short_url = page.evaluate("navigator.clipboard.readText()")
    guide = page.request.get(short_url, headers={"Accept-Language": "en"})  # The visitor's language, not the maker's.
    assert "Please open this in your browser" in guide.text()


def test_result_says_when_the_link_ends(page: Page) -> None:
    make_link(page)

    expect(page.locator("#expiry")).to_have_text("30 天后过期")


def test_link_can_be_made_without_script(browser: Browser, server: str) -> None:
    context = browser.new_context(base_url=server, java_script_enabled=False, locale="zh-CN")
    page = context.new_page()
    page.goto("/")

    page.fill("#destination", DESTINATION)
    page.click("#submit")

    expect(page.locator("#short-url")).to_contain_text(server)
    context.close()

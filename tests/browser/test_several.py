"""Several addresses at once: a table, a row that says why it failed, and files made in the browser."""

import csv
import io
import json
import zipfile
from pathlib import Path

import pytest
from playwright.sync_api import BrowserContext, Page, Route, expect

from tests.browser.steps import overflow

LIST = "https://www.example.com/a\nwww.example.org/b?x=1\njavascript:alert(1)\nhttps://shop.example.net/" + "long/" * 40


def _make(page: Page, typed: str = LIST) -> None:
    page.goto("/")
    page.get_by_label("目标网址").fill(typed)
    page.get_by_role("button", name="生成短链").click()
    expect(page.locator("#several-progress")).to_be_hidden()
    expect(page.locator("#several")).to_be_visible()


def test_row_that_fails_says_why_and_the_others_stand(page: Page) -> None:
    _make(page)

    expect(page.locator("#several-heading")).to_have_text("做好 3 条，1 条没有做成")
    rows = page.locator("#several-rows tr")
    expect(rows).to_have_count(4)
    expect(rows.nth(2)).to_contain_text("javascript:alert(1)")
    expect(rows.nth(2).locator(".problem")).to_contain_text("https://")
    second = rows.nth(1).get_by_role("link").get_attribute("href") or ""
    assert page.request.get(second, max_redirects=0).headers["location"] == "https://www.example.org/b?x=1"
    expect(page.locator("#result")).to_be_hidden()


def test_failed_rows_go_back_into_the_field(page: Page) -> None:
    _make(page)

    page.get_by_role("button", name="把没做成的放回输入框").click()

    expect(page.get_by_label("目标网址")).to_have_value("javascript:alert(1)")
    expect(page.get_by_label("目标网址")).to_be_focused()


def test_all_are_copied_one_per_line(context: BrowserContext, page: Page) -> None:
    context.grant_permissions(["clipboard-read", "clipboard-write"])
    _make(page)
    urls = [link.get_attribute("href") for link in page.locator("#several-rows a").all()]

    page.get_by_role("button", name="全部复制").click()

    expect(page.get_by_role("button", name="已复制 3 条")).to_be_visible()
    assert page.evaluate("navigator.clipboard.readText()") == "\n".join(map(str, urls))


def test_all_are_copied_where_a_web_view_has_no_clipboard(context: BrowserContext, page: Page) -> None:
    context.add_init_script("Object.defineProperty(navigator, 'clipboard', { value: undefined })")
    _make(page)

    page.get_by_role("button", name="全部复制").click()

    expect(page.get_by_role("button", name="已复制 3 条")).to_be_visible()
    page.get_by_label("目标网址").fill("")
    page.keyboard.press("Control+V")
    assert page.get_by_label("目标网址").input_value().count("\n") == 2


def test_table_is_saved_as_csv(page: Page, tmp_path: Path) -> None:
    _make(page, LIST + "\n=cmd|'/c calc'!A1,\"x\"")

    with page.expect_download() as download:
        page.get_by_role("button", name="下载 CSV").click()

    assert download.value.suggested_filename == "短链.csv"
    download.value.save_as(tmp_path / "links.csv")
    content = (tmp_path / "links.csv").read_bytes().decode("utf-8-sig")
    rows = list(csv.reader(io.StringIO(content, newline="")))
    assert rows[0] == ["目标网址", "短链", "到期时间", "没有做成的原因"]
    assert rows[1][1].startswith("http://127.0.0.1")
    assert rows[3][:2] == ["javascript:alert(1)", ""]
    assert rows[5][0] == "'=cmd|'/c calc'!A1,\"x\""


def test_codes_are_saved_as_a_zip(page: Page, tmp_path: Path) -> None:
    _make(page)
    button = page.get_by_role("button", name="下载二维码（ZIP）")

    with page.expect_download() as download:
        button.click()

    download.value.save_as(tmp_path / "codes.zip")
    with zipfile.ZipFile(tmp_path / "codes.zip") as codes:
        assert sum(name.endswith(".svg") for name in codes.namelist()) == 3


def test_long_list_shows_how_far_it_is(page: Page) -> None:
    page.goto("/")
    page.evaluate(
        "window.seen = new Set();"
        "new MutationObserver(() => seen.add(document.getElementById('several-heading').textContent))"
        ".observe(document.getElementById('several-heading'), { childList: true, characterData: true, subtree: true })"
    )
    page.get_by_label("目标网址").fill("\n".join(f"https://www.example.com/{number}" for number in range(100)))
    page.get_by_role("button", name="生成短链").click()

    expect(page.locator("#several-heading")).to_have_text("100 条短链做好了")
    expect(page.locator("#several-rows tr")).to_have_count(100)
    expect(page.locator("#several-note")).to_contain_text("只记最近 20 条")
    assert {"正在生成 0 / 100", "正在生成 50 / 100"} <= set(page.evaluate("[...seen]"))


def test_limit_of_an_hour_is_told_in_every_row_that_it_hits(page: Page) -> None:
    asked = []

    def answer(route: Route) -> None:
        asked.append(route.request)
        if len(asked) == 1:
            route.continue_()
            return
        problem = {"status": 429, "code": "too_many_links", "detail": "这个小时已经做了 20 条，请晚些再来。"}
        route.fulfill(status=429, content_type="application/problem+json", body=json.dumps(problem))

    page.route("**/api/v1/links/bulk", answer)
    _make(page, "\n".join(f"https://www.example.com/{number}" for number in range(40)))

    expect(page.locator("#several-heading")).to_have_text("做好 10 条，30 条没有做成")
    expect(page.locator("#several-rows .problem")).to_have_text(["这个小时已经做了 20 条，请晚些再来。"] * 30)
    assert len(asked) == 2


def test_lost_connection_makes_nothing_twice(page: Page) -> None:
    keys = []

    def answer(route: Route) -> None:
        keys.append(route.request.headers["idempotency-key"])
        if len(keys) == 1:
            route.fetch()  # It arrives, and the answer is lost.
            route.abort()
        else:
            route.continue_()

    page.route("**/api/v1/links/bulk", answer)
    _make(page)

    expect(page.locator("#several-heading")).to_have_text("做好 3 条，1 条没有做成")
    assert len(keys) == 2
    assert len(set(keys)) == 1


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("看看 https://www.example.com/a 和 https://www.example.com/b。", 2),
        ("【活动】\nhttps://www.example.com/a\n复制打开", 1),
        ("https://www.example.com/a\n\n  https://www.example.com/a ", 2),
    ],
)
def test_addresses_are_found_in_what_people_paste(page: Page, typed: str, meant: int) -> None:
    page.goto("/")
    page.get_by_label("目标网址").fill(typed)
    page.get_by_role("button", name="生成短链").click()

    if meant == 1:
        expect(page.locator("#result")).to_be_visible()
    else:
        expect(page.locator("#several-heading")).to_have_text(f"{meant} 条短链做好了")


@pytest.mark.parametrize("width", [320, 360, 768])
def test_table_fits_the_window(page: Page, width: int) -> None:
    page.set_viewport_size({"width": width, "height": 740})
    _make(page)

    assert overflow(page) <= 0


def test_enter_makes_a_line_in_a_list_and_sends_one_address(page: Page) -> None:
    page.goto("/")
    field = page.get_by_label("目标网址")
    field.fill("https://www.example.com/a\nhttps://www.example.com/b")
    field.press("End")
    field.press("Enter")
    assert field.input_value().count("\n") == 2

    field.press("Control+Enter")
    expect(page.locator("#several-heading")).to_have_text("2 条短链做好了")

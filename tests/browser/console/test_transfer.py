"""Bringing links in from a file, watching that, taking everything along, and claiming what strangers made."""

import csv
import io
import json
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import Literal

import pytest
from playwright.sync_api import Download, FilePayload, Page, StorageState, ViewportSize, expect

from tests.browser.conftest import PHONE
from tests.browser.console.conftest import DESK, People, Place
from tests.browser.console.steps import choose, confirm, heading, press
from tests.browser.steps import overflow

SHARED_PLACE = True
SITE = "https://93.184.215.14"  # An address and no name: nobody has to be asked where it is.
ROWS = 1_000
MANY_ROWS = 12_000  # Some seconds of work: enough to pause it.
PATIENCE_MS = 60_000
BARRIERS = "axe.run(document).then((found) => found.violations.map((rule) => `${rule.id}: ${rule.nodes[0].html}`))"


def yourls(rows: int, *, prefix: str) -> bytes:
    """Return a file as YOURLS exports it, with one row that cannot be a link and one that comes twice."""
    file = io.StringIO()
    table = csv.writer(file)
    table.writerow(("keyword", "url", "title", "timestamp", "ip", "clicks"))
    made = [(f"{prefix}{number}", f"{SITE}/{number}", f"茶饮 {number} 号") for number in range(rows)]
    odd = [(f"{prefix}bad", "javascript:alert(1)", "坏的"), (f"{prefix}1", f"{SITE}/other", "又一个")]
    table.writerows((slug, url, title, "2024-01-05 08:30:00", "192.0.2.1", 7) for slug, url, title in made + odd)
    return file.getvalue().encode()


def a_file(name: str, content: bytes) -> FilePayload:
    return {"name": name, "mimeType": "text/csv", "buffer": content}


def upload(page: Page, name: str, content: bytes) -> None:
    """Hand in a file, and wait for the page on which it is arranged."""
    page.goto("/console/transfer/imports")
    page.get_by_label("选择文件").last.set_input_files(a_file(name, content))
    heading(page, name)


def panel(page: Page, title: str) -> None:
    """Wait for the part of the page of this name."""
    expect(page.get_by_role("heading", level=2, name=title, exact=True)).to_be_visible(timeout=PATIENCE_MS)


def number(page: Page, word: str, count: str) -> None:
    expect(page.locator("dl > div").filter(has_text=word).locator("dd")).to_have_text(count)


def text_of(download: Download) -> str:
    return Path(download.path()).read_text(encoding="utf-8-sig")


def test_file_of_another_service_is_recognised_tried_and_brought_in(owner: Page, place: Place) -> None:
    upload(owner, "yourls.csv", yourls(ROWS, prefix="tea"))
    expect(owner.get_by_role("status").get_by_text("YOURLS")).to_be_visible()
    expect(owner.get_by_role("cell", name="茶饮 0 号")).to_be_visible()
    press(owner, "先试运行")
    panel(owner, "试运行结果")
    number(owner, "可创建", "1,000")
    number(owner, "跳过", "1")
    number(owner, "失败", "1")
    assert owner.request.get(f"{place.origin}/tea7", max_redirects=0).status == 404

    owner.get_by_role("button", name="开始导入").first.click()
    panel(owner, "导入完成")

    number(owner, "已创建", "1,000")
    row = owner.get_by_role("listitem").filter(has_text="javascript:alert(1)")
    expect(row).to_contain_text("第 1,001 行")
    expect(row.locator(".reason")).to_be_visible()
    owner.get_by_text("跳过 1", exact=True).click()
    expect(owner.get_by_role("listitem").filter(has_text=f"{SITE}/other")).to_be_visible()
    with owner.expect_download() as download:
        owner.get_by_role("link", name="下载没有创建的行").click()
    assert "javascript:alert(1)" in text_of(download.value)
    answer = owner.request.get(f"{place.origin}/tea7", max_redirects=0)
    assert (answer.status, answer.headers["location"]) == (302, f"{SITE}/7")
    owner.get_by_role("link", name="查看链接").click()
    heading(owner, "链接")


def test_import_goes_on_while_its_page_is_left_is_paused_and_cancelled(owner: Page) -> None:
    upload(owner, "many.csv", yourls(MANY_ROWS, prefix="many"))
    press(owner, "开始导入")
    owner.get_by_role("link", name="域名").click()
    heading(owner, "域名")
    owner.get_by_role("link", name="导入导出").click()
    owner.get_by_role("link", name="many.csv").click()
    expect(owner.get_by_role("progressbar", name="导入进度")).to_be_visible()
    press(owner, "暂停")
    panel(owner, "已暂停")
    owner.reload()
    panel(owner, "已暂停")

    press(owner, "继续")
    panel(owner, "正在导入")
    press(owner, "取消导入")
    confirm(owner, "取消导入")

    panel(owner, "导入已取消")
    expect(owner.get_by_role("button", name="继续")).to_have_count(0)
    owner.goto("/console/transfer/imports")
    expect(owner.get_by_role("listitem").filter(has_text="many.csv")).to_contain_text("已取消")


def test_column_nobody_knows_is_chosen_by_hand_and_options_count_for_every_link(owner: Page) -> None:
    upload(owner, "表格.csv", f"叫什么,去哪\n春茶,{SITE}/spring\n夏茶,等通知\n".encode())
    press(owner, "开始导入")
    expect(owner.get_by_role("alert").filter(has_text="请选择哪一列是目标网址")).to_be_visible()
    choose(owner, "“叫什么”导入为", "目标网址")
    choose(owner, "“去哪”导入为", "目标网址")
    expect(owner.locator("tr").filter(has_text="叫什么").locator(".choice")).to_contain_text("不导入")
    choose(owner, "“叫什么”导入为", "标题")
    owner.get_by_role("textbox", name="加上标签").fill("春夏")
    press(owner, "开始导入")
    panel(owner, "导入完成")

    number(owner, "已创建", "1")
    number(owner, "失败", "1")
    owner.get_by_text("已创建 1", exact=True).click()
    owner.locator(".rows a").first.click()
    heading(owner, "链接")
    found = owner.request.get("/api/v1/links?q=春茶").json()["links"]
    assert [(link["title"], [tag["name"] for tag in link["tags"]]) for link in found] == [("春茶", ["春夏"])]


def test_file_that_cannot_be_read_is_refused_with_what_to_do(owner: Page) -> None:
    owner.goto("/console/transfer/imports")
    picker = owner.get_by_label("选择文件").last
    picker.set_input_files(a_file("links.xlsx", b"PK"))
    expect(owner.get_by_role("alert").filter(has_text="另存为 CSV")).to_be_visible()
    picker.set_input_files(a_file("nothing.csv", b""))
    expect(owner.get_by_role("alert").filter(has_text="这个文件是空的")).to_be_visible()

    picker.set_input_files(a_file("head.csv", b"url,title\n"))

    expect(owner.get_by_role("alert").filter(has_text="没有数据行")).to_be_visible()
    expect(owner.get_by_role("button", name="选择文件").first).to_be_enabled()


def test_everything_is_taken_along(owner: Page) -> None:
    owner.goto("/console/transfer/exports")
    files = {}
    for kind in ("链接（CSV）", "链接（JSON）", "全部数据（ZIP）"):
        with owner.expect_download() as download:
            owner.get_by_role("link", name=f"下载 {kind}").click()
        files[kind] = download.value

    assert f"{SITE}/7" in text_of(files["链接（CSV）"])
    assert len(json.loads(text_of(files["链接（JSON）"]))["links"]) > ROWS
    assert len(zipfile.ZipFile(files["全部数据（ZIP）"].path()).namelist()) >= 3


def test_links_made_without_an_account_are_claimed(people: People, owner_state: StorageState, place: Place) -> None:
    stranger = people.come().request
    one, other = (stranger.post("/api/v1/links", data={"destination": f"{SITE}/menu/{each}"}).json() for each in (1, 2))
    page = people.come(owner_state)
    page.goto("/console/transfer/exports")
    page.evaluate("(links) => localStorage.setItem('liulian.links', JSON.stringify(links))", [one])
    page.get_by_role("link", name="认领").click()
    page.get_by_role("button", name=f"认领 {one['short_url']}").click()
    expect(page.get_by_role("status").get_by_text(one["short_url"]).first).to_be_visible()
    assert page.evaluate("localStorage.getItem('liulian.links')") == "[]"

    page.get_by_role("textbox", name="管理令牌").fill(one["manage_token"])
    page.get_by_role("button", name="认领", exact=True).click()
    expect(page.get_by_role("textbox", name="管理令牌")).to_have_attribute("aria-invalid", "true")
    page.get_by_role("textbox", name="管理令牌").fill(other["manage_token"])
    page.get_by_role("button", name="认领", exact=True).click()
    page.get_by_role("button", name=f"查看 {other['short_url']}").click()

    heading(page, "链接")
    assert page.request.get(f"/api/v1/links/{other['id']}").json()["destination"] == f"{SITE}/menu/2"


def test_import_of_nobody_is_said(owner: Page) -> None:
    owner.goto("/console/transfer/imports/AAAAAAAAAAA")

    expect(owner.get_by_role("heading", level=2, name="没有这次导入")).to_be_visible()


# Colours differ by day and by night, and places by width: each twice over would show nothing more.
@pytest.mark.parametrize(("scheme", "viewport"), [("light", PHONE), ("dark", DESK)], ids=["phone", "desk"])
def test_no_step_of_an_import_has_barriers(
    people: People, owner_state: StorageState, axe: str, scheme: Literal["light", "dark"], viewport: ViewportSize
) -> None:
    page = people.come(owner_state, scheme=scheme, viewport=viewport)
    for step in _steps(page, prefix=f"{scheme}{viewport['width']}-"):
        page.evaluate(axe)
        assert (step, page.evaluate(BARRIERS)) == (step, [])
        assert overflow(page) <= 0, step


def _steps(page: Page, *, prefix: str) -> Iterator[str]:
    """Walk through an import, and say each screen that is shown."""
    for path, title in (("imports", "导入"), ("exports", "导出"), ("claim", "认领")):
        page.goto(f"/console/transfer/{path}")
        heading(page, title)
        expect(page.locator(".bones")).to_have_count(0)
        yield path
    upload(page, "steps.csv", yourls(5, prefix=prefix))
    yield "arrange"
    press(page, "先试运行")
    panel(page, "试运行结果")
    expect(page.get_by_role("listitem").filter(has_text="javascript")).to_be_visible()
    yield "tried"
    page.get_by_role("button", name="开始导入").first.click()
    panel(page, "导入完成")
    expect(page.get_by_role("listitem").filter(has_text="javascript")).to_be_visible()
    yield "done"

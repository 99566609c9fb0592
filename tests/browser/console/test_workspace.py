"""The settings of a workspace, its domains, and the keyboard."""

import json
from pathlib import Path

import pytest
from playwright.sync_api import FilePayload, Page, StorageState, expect

from tests.browser.console.conftest import People, Place
from tests.browser.console.steps import NAME, choose, confirm, heading, press, sign_in

SHARED_PLACE = True


@pytest.fixture
def newcomer(people: People, owner_state: StorageState) -> Page:
    """The owner, who has just signed in: the shared session may be older than what is asked for here allows."""
    page = people.come({"cookies": [], "origins": owner_state["origins"]})
    sign_in(page)
    heading(page, "链接")
    return page


def test_key_is_shown_once_works_and_is_revoked(newcomer: Page, people: People, place: Place) -> None:
    newcomer.goto("/console/settings/keys")
    newcomer.get_by_role("button", name="新建密钥").first.click()
    newcomer.get_by_role("dialog").get_by_label("名称").fill("小程序后台")
    press(newcomer, "生成密钥")
    token = newcomer.get_by_role("dialog").locator(".line code").first.inner_text()
    stranger = people.come().context.request
    bearer = {"Authorization": f"Bearer {token}"}
    assert stranger.get(f"{place.origin}/api/v1/links", headers=bearer).status == 200
    press(newcomer, "已存好")
    row = newcomer.get_by_role("listitem").filter(has_text="小程序后台")
    expect(row).to_contain_text("links:write")

    row.get_by_role("button", name="吊销").click()
    confirm(newcomer, "吊销")

    expect(newcomer.get_by_text("已吊销 小程序后台")).to_be_visible()
    assert stranger.get(f"{place.origin}/api/v1/links", headers=bearer).status == 401


def test_what_was_done_can_be_read_filtered_and_taken_along(owner: Page) -> None:
    owner.goto("/console/settings")
    owner.get_by_label("工作区名称").fill("茶山茶饮")
    press(owner, "保存")
    expect(owner.get_by_role("button", name="茶山茶饮 切换工作区")).to_be_visible()
    owner.goto("/console/settings/audit")
    expect(owner.get_by_text("给工作区改了名")).to_be_visible()
    expect(owner.get_by_role("main").get_by_text(NAME).first).to_be_visible()

    choose(owner, "操作", "域名")
    expect(owner.get_by_text("没有符合的记录")).to_be_visible()
    choose(owner, "操作", "工作区")
    expect(owner.get_by_text("给工作区改了名")).to_be_visible()
    with owner.expect_download() as download:
        owner.get_by_role("link", name="导出 CSV").click()

    assert "workspace.renamed" in Path(download.value.path()).read_text(encoding="utf-8-sig")


def test_second_workspace_is_made_opened_and_deleted_by_its_name(newcomer: Page) -> None:
    newcomer.goto("/console/links")
    heading(newcomer, "链接")
    newcomer.get_by_role("button", name="切换工作区").click()
    newcomer.get_by_role("menuitem", name="新建工作区").click()
    newcomer.get_by_role("dialog").get_by_label("工作区名称").fill("第二个")
    press(newcomer, "新建")
    expect(newcomer.get_by_role("button", name="第二个 切换工作区")).to_be_visible()

    newcomer.goto("/console/settings")
    press(newcomer, "删除工作区")
    dialog = newcomer.get_by_role("dialog")
    expect(dialog.get_by_role("button", name="删除工作区")).to_be_disabled()
    dialog.get_by_role("textbox").fill("第二个")
    confirm(newcomer, "删除工作区")

    heading(newcomer, "我的账号")
    expect(newcomer.get_by_role("button", name="第二个 切换工作区")).to_have_count(0)


def test_domain_is_added_and_its_page_says_what_to_do_next(owner: Page) -> None:
    owner.goto("/console/domains")
    owner.get_by_role("button", name="添加域名").first.click()
    owner.get_by_role("dialog").get_by_label("域名", exact=True).fill("no host at all")
    press(owner, "添加")
    expect(owner.get_by_role("dialog").get_by_label("域名", exact=True)).to_be_focused()
    owner.get_by_role("dialog").get_by_label("域名", exact=True).fill("go.chashan.example")
    press(owner, "添加")

    heading(owner, "go.chashan.example")
    expect(owner.get_by_text("liulian-verification=")).to_be_visible()
    owner.get_by_text("网页文件").click()
    expect(owner.get_by_text("http://go.chashan.example/")).to_be_visible()
    press(owner, "检查并验证")
    expect(owner.locator(".found")).to_be_visible(timeout=60_000)

    press(owner, "删除")
    confirm(owner, "删除")
    expect(owner.get_by_text("已删除 go.chashan.example")).to_be_visible()


def test_verification_file_is_served_taken_away_and_brought_back(owner: Page, place: Place) -> None:
    owner.goto("/console/domains")
    owner.get_by_role("listitem").get_by_role("link").first.click()
    file = FilePayload(name="MP_verify_8aJfK2.txt", mimeType="text/plain", buffer=b"8aJfK2")
    owner.get_by_label("上传文件").last.set_input_files(file)
    row = owner.get_by_role("listitem").filter(has_text="MP_verify_8aJfK2.txt")
    expect(row).to_be_visible()
    assert owner.request.get(f"{place.origin}/MP_verify_8aJfK2.txt").text() == "8aJfK2"

    row.get_by_role("button", name="移除").click()
    expect(row).to_have_count(0)
    press(owner, "撤销")

    expect(row).to_be_visible()


def test_keys_search_and_show_what_they_do(owner: Page) -> None:
    owner.goto("/console/domains")
    heading(owner, "域名")

    owner.keyboard.press("?")
    expect(owner.get_by_role("dialog", name="键盘快捷键")).to_be_visible()
    owner.keyboard.press("Escape")
    expect(owner.get_by_role("dialog")).to_be_hidden()
    owner.keyboard.press("/")
    owner.keyboard.type("茶饮")
    owner.keyboard.press("Enter")

    expect(owner).to_have_url("/console/links?q=%E8%8C%B6%E9%A5%AE")


def test_new_page_takes_the_focus_and_says_its_name(owner: Page) -> None:
    owner.goto("/console/links")
    owner.get_by_role("link", name="域名").click()

    expect(owner.get_by_role("heading", level=1, name="域名")).to_be_focused()
    expect(owner).to_have_title("域名 · 留链")
    owner.goto("/console/nowhere")
    expect(owner.get_by_role("heading", level=2, name="没有这个页面")).to_be_visible()


def test_server_that_does_not_answer_is_said_with_something_to_do(owner: Page) -> None:
    owner.goto("/console/links")
    heading(owner, "链接")
    owner.route("**/api/v1/domains", lambda route: route.abort())
    owner.get_by_role("link", name="域名").click()
    expect(owner.get_by_text("连不上服务器")).to_be_visible()
    owner.unroute("**/api/v1/domains")
    press(owner, "重试")
    expect(owner.get_by_text("系统域名")).to_be_visible()

    owner.route("**/api/v1/members", lambda route: route.fulfill(status=500, body=json.dumps({"code": "internal"})))
    owner.goto("/console/settings/members")

    expect(owner.get_by_text("服务器出了问题")).to_be_visible()

"""What the list is narrowed to, in which order and columns it stands, and the keys it is worked by."""

import re

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.browser.console.desk import Desk
from tests.browser.console.steps import choose, press

SHARED_PLACE = True


@pytest.fixture
def page(desk: Desk) -> Page:
    return desk.page


def _shows(desk: Desk, *slugs: str) -> None:
    """Wait until the list shows these links and no others, in this order."""
    names = [re.compile(f"/{slug}$") for slug in slugs]
    expect(desk.page.locator("tr[data-link-id] .name")).to_have_text(names)


def test_list_is_narrowed_by_state_and_the_address_keeps_it(desk: Desk, page: Page) -> None:
    for slug in ("st-plain", "st-ended", "st-shelved", "st-gone"):
        ends = {"expires_at": "2099-01-01T00:00:00Z"} if slug == "st-ended" else {}
        link = desk.make(slug=slug, **ends)
        if slug == "st-shelved":
            desk.send(f"links/{link['id']}/archive")
        if slug == "st-gone":
            desk.send("links/bulk-edit", action="delete", ids=[link["id"]])
    desk.open()
    _shows(desk, "st-ended", "st-plain")

    choose(page, "状态", "已归档")
    _shows(desk, "st-shelved")
    choose(page, "状态", "已删除")
    _shows(desk, "st-gone")
    choose(page, "状态", "全部")
    _shows(desk, "st-shelved", "st-ended", "st-plain")

    page.reload()
    _shows(desk, "st-shelved", "st-ended", "st-plain")
    page.go_back()
    _shows(desk, "st-gone")
    choose(page, "状态", "已过期")
    expect(page.get_by_text("没有符合条件的短链")).to_be_visible()
    press(page, "清除筛选")
    _shows(desk, "st-ended", "st-plain")


def test_list_is_narrowed_by_tags_that_must_all_be_there_and_by_folder(desk: Desk, page: Page) -> None:
    posters = desk.send("folders", name="海报")["id"]
    desk.make(slug="tg-both", tags=["春", "茶"], folder=posters)
    desk.make(slug="tg-one", tags=["春"], folder=posters)
    desk.make(slug="tg-none")
    desk.open()

    choose(page, "文件夹", "海报")
    _shows(desk, "tg-one", "tg-both")
    choose(page, "文件夹", "不在文件夹里")
    _shows(desk, "tg-none")
    choose(page, "文件夹", "所有文件夹")
    tags = page.get_by_role("combobox", name="标签", exact=True)
    tags.press("Enter")
    page.get_by_role("option", name="春").click()
    _shows(desk, "tg-one", "tg-both")
    page.get_by_role("option", name="茶").click()
    _shows(desk, "tg-both")


def test_list_is_narrowed_to_days_and_says_which(desk: Desk, page: Page) -> None:
    desk.make(slug="today")
    desk.open()
    page.get_by_role("group", name="筛选").get_by_role("button", name="创建时间").click()
    page.locator(".el-date-table td.today").first.click()
    page.locator(".el-date-table td.today").first.click()
    expect(page).to_have_url(re.compile("created_to="))
    _shows(desk, "today")
    first, last = (page.locator(".el-range-input").nth(end) for end in (0, 1))
    assert first.input_value() == last.input_value() != ""

    desk.open("?created_to=2020-01-01T00:00:00Z&created_from=2019-01-01T00:00:00Z")

    expect(page.get_by_text("没有符合条件的短链")).to_be_visible()


def test_list_is_sorted_by_its_heads_and_by_the_choice(desk: Desk, page: Page) -> None:
    for slug, title in (("so-b", "乙 b"), ("so-a", "a"), ("so-c", "c")):
        desk.make(slug=slug, title=title)
    desk.open()
    _shows(desk, "so-c", "so-a", "so-b")

    head = page.locator("th.title")
    head.get_by_role("button").click()
    _shows(desk, "so-a", "so-c", "so-b")
    expect(head).to_have_attribute("aria-sort", "ascending")
    head.get_by_role("button").click()
    _shows(desk, "so-b", "so-c", "so-a")
    expect(head).to_have_attribute("aria-sort", "descending")
    page.get_by_role("combobox", name="排序").press("Enter")
    page.get_by_role("option", name="最早创建").click()
    _shows(desk, "so-b", "so-a", "so-c")


def test_columns_are_chosen_and_there_after_a_reload(desk: Desk, page: Page) -> None:
    desk.make(slug="col", title="叫什么")
    desk.open()
    expect(_head(page, "目标网址")).to_be_visible()
    expect(_head(page, "文件夹")).to_have_count(0)

    press(page, "列")
    for column in ("目标网址", "文件夹"):
        page.locator(".el-popover").get_by_text(column, exact=True).click()

    expect(_head(page, "文件夹")).to_be_visible()
    page.reload()
    expect(_head(page, "文件夹")).to_be_visible()
    expect(_head(page, "目标网址")).to_have_count(0)


def test_saved_list_is_removed_and_brought_back(desk: Desk, page: Page) -> None:
    desk.make(slug="sv-tea", title="茶")
    desk.send("views", name="茶的", query={"q": "茶", "sort": "title", "order": "asc"})
    desk.open()
    press(page, "茶的")
    expect(page).to_have_url(re.compile("sort=title"))

    press(page, "去掉“茶的”")
    expect(page.get_by_role("button", name="茶的", exact=True)).to_have_count(0)
    press(page, "撤销")

    expect(page.get_by_role("button", name="茶的", exact=True)).to_have_attribute("aria-current", "true")


def test_favourite_is_on_top_of_nothing_else_and_is_given_up_again(desk: Desk, page: Page) -> None:
    desk.make(slug="fav")
    desk.open()
    star = desk.row("fav").get_by_role("button", name="收藏")
    star.click()
    expect(star).to_have_attribute("aria-pressed", "true")
    page.reload()
    expect(star).to_have_attribute("aria-pressed", "true")
    star.click()
    expect(star).to_have_attribute("aria-pressed", "false")
    page.get_by_text("只看收藏", exact=True).click()

    expect(page.get_by_text("没有符合条件的短链")).to_be_visible()


def test_keys_make_search_and_help_but_never_while_somebody_types(desk: Desk, page: Page) -> None:
    desk.make(slug="key-c")
    desk.open()
    page.keyboard.press("?")
    dialog = page.get_by_role("dialog", name="键盘快捷键")
    for key in ("/", "c", "?"):
        expect(dialog.get_by_text(key, exact=True)).to_be_visible()
    page.keyboard.press("Escape")
    expect(dialog).to_be_hidden()

    page.keyboard.press("/")
    page.keyboard.type("c?")
    expect(page.get_by_role("dialog")).to_have_count(0)
    page.keyboard.press("Escape")
    page.locator("h1").click()
    page.keyboard.press("c")

    expect(page.get_by_role("textbox", name="目标网址", exact=True)).to_be_focused()


def _head(page: Page, name: str) -> Locator:
    return page.locator("table.links th").filter(has_text=name)

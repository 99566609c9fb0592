"""One thing done with many links: with those ticked, or with all that match; watched, ended, and taken back."""

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Locator, Page, Route, expect

from tests.browser.conftest import PHONE
from tests.browser.console.desk import CHOSEN, Desk
from tests.browser.console.steps import press

SHARED_PLACE = True
MANY = 620  # More than a page shows, and more than one batch.


@pytest.fixture
def page(desk: Desk) -> Page:
    return desk.page


def _choose_all_that_match(desk: Desk) -> Locator:
    """Choose also what the list does not show, and return the bar."""
    bar = desk.choose_all_shown()
    bar.get_by_role("button", name="选中符合条件的全部").click()
    expect(bar.get_by_text(re.compile("^已选 "))).not_to_have_text("已选 50 条")
    return bar


def _undo(page: Page, said: str) -> None:
    page.locator(".toast").filter(has_text=said).get_by_role("button", name="撤销").click()


def _eventually(page: Page, count: Callable[[], int], expected: int) -> None:
    """Wait for a number that the server knows, looking at nothing else of the page."""
    for _ in range(60):
        if count() == expected:
            return
        page.wait_for_timeout(100)
    assert count() == expected


def test_all_that_match_are_archived_and_brought_back_but_not_what_came_later(desk: Desk, page: Page) -> None:
    desk.make_many(MANY, title="双十一")
    desk.make(title="别的")
    desk.open("?q=双十一")
    bar = _choose_all_that_match(desk)
    expect(bar.get_by_text("已选 620 条")).to_be_visible()
    desk.make(title="双十一", slug="later")

    bar.get_by_role("button", name="归档").click()

    expect(page.get_by_text("已归档 620 条")).to_be_visible()
    assert desk.slugs() == ["later"]
    assert desk.count("state=archived") == MANY
    _undo(page, "已归档 620 条")
    _eventually(page, lambda: desk.count("state=archived"), 0)
    assert desk.count("q=双十一") == MANY + 1


def test_work_with_many_is_watched_and_ended_between_two_batches(desk: Desk, page: Page) -> None:
    desk.make_many(MANY)
    desk.open()
    sent: list[Route] = []
    page.route("**/links/bulk-edit", lambda route: sent.append(route))  # noqa: PLW0108 It marks what it is given.
    bar = _choose_all_that_match(desk)

    bar.get_by_role("button", name="删除").click()
    expect(page.get_by_role("progressbar", name="批量处理进度")).to_be_visible()
    expect(page.get_by_text("0 / 620")).to_be_visible()
    press(page, "停止")
    sent[0].continue_()

    expect(page.get_by_text("已停止，还有 120 条没有处理")).to_be_visible()
    assert (len(sent), desk.count()) == (1, MANY - 500)
    page.unroute("**/links/bulk-edit")
    _undo(page, "已删除 500 条")
    _eventually(page, desk.count, MANY)


def test_all_that_match_are_chosen_on_a_phone_too(desk: Desk, page: Page) -> None:
    desk.make_many(60)
    page.set_viewport_size(PHONE)
    desk.open()
    page.locator("tr[data-link-id] .el-checkbox").first.click()
    bar = page.get_by_role("group", name=CHOSEN)
    bar.get_by_role("button", name="全选").click()
    bar.get_by_role("button", name="选中符合条件的全部 60 条").click()

    expect(bar.get_by_text("已选 60 条")).to_be_visible()


def test_ticked_links_are_moved_and_each_goes_back_to_where_it_was(desk: Desk, page: Page) -> None:
    here, there = (desk.send("folders", name=name)["id"] for name in ("海报", "门店"))
    desk.make(slug="mv-here", folder=here)
    desk.make(slug="mv-nowhere")
    desk.open()
    bar = desk.choose_all_shown()

    bar.get_by_role("button", name="移到").click()
    page.get_by_role("menuitem", name="门店").click()

    expect(page.get_by_text("已移动 2 条")).to_be_visible()
    assert desk.count(f"folder={there}") == 2
    _undo(page, "已移动 2 条")
    _eventually(page, lambda: desk.count(f"folder={there}"), 0)
    assert (desk.count(f"folder={here}"), desk.count("folder=none")) == (1, 1)


def test_tag_is_taken_off_many_and_put_back(desk: Desk, page: Page) -> None:
    tag = desk.send("tags", name="春天")["id"]
    desk.make_many(3, tags=["春天"])
    desk.open()
    bar = desk.choose_all_shown()

    bar.get_by_role("button", name="去标签").click()
    page.get_by_role("menuitem", name="春天").click()

    expect(page.get_by_text("已给 3 条去标签")).to_be_visible()
    assert desk.count(f"tag={tag}") == 0
    _undo(page, "已给 3 条去标签")
    _eventually(page, lambda: desk.count(f"tag={tag}"), 3)


def test_many_are_changed_alike_what_is_refused_is_said_and_each_becomes_as_it_was(desk: Desk, page: Page) -> None:
    desk.make(slug="ed-guarded", guard={"mode": "preview", "preset": "all"})
    desk.make(slug="ed-plain")
    desk.open()
    bar = desk.choose_all_shown()
    bar.get_by_role("button", name="修改").click()
    dialog = page.get_by_role("dialog", name="修改 2 条短链")
    dialog.get_by_text("防红设置", exact=True).click()
    dialog.get_by_text("目标网址", exact=True).click()
    address = dialog.get_by_label("全部跳转到")
    address.fill("javascript:alert(1)")
    dialog.get_by_role("button", name="修改").click()
    expect(address).to_be_focused()
    expect(address).to_have_attribute("aria-invalid", "true")

    address.fill("https://www.example.org/autumn")
    dialog.get_by_role("button", name="修改").click()

    expect(page.get_by_text("已修改 2 条")).to_be_visible()
    for slug in ("ed-guarded", "ed-plain"):
        expect(desk.row(slug)).to_contain_text("example.org/autumn")
        expect(desk.row(slug)).to_contain_text("引导页")
    _undo(page, "已修改 2 条")
    expect(desk.row("ed-guarded")).to_contain_text("预览页")
    expect(desk.row("ed-plain")).not_to_contain_text("引导页")
    expect(desk.row("ed-plain")).to_contain_text("example.com/tea")


def test_deleted_links_are_brought_back_together_and_deleted_again(desk: Desk, page: Page) -> None:
    desk.make_many(3)
    desk.send("links/bulk-edit", action="delete", filter={})
    desk.open("?state=deleted")
    bar = desk.choose_all_shown()
    expect(bar.get_by_role("button", name="删除")).to_have_count(0)

    bar.get_by_role("button", name="恢复").click()

    expect(page.get_by_text("已恢复 3 条")).to_be_visible()
    assert desk.count() == 3
    _undo(page, "已恢复 3 条")
    _eventually(page, lambda: desk.count("state=deleted"), 3)

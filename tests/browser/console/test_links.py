"""Everyday work with links: make a guarded one, find it, change where it goes, many at once, and see its numbers."""

import re
from typing import Any

import pytest
from playwright.sync_api import Locator, Page, StorageState, expect

from tests.browser.chromium import USER_AGENT
from tests.browser.conftest import PHONE
from tests.browser.console.conftest import People, Place
from tests.browser.console.steps import accept, heading, invite, press
from tests.browser.steps import overflow

SHARED_PLACE = True
TEA = "https://www.example.com/tea"
WINDOWS = (
    "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0.0.0 Safari/537.36"
)
SOMEBODY = {"User-Agent": WINDOWS, "Accept-Language": "zh-CN"}


@pytest.fixture
def links(owner: Page) -> Page:
    """The list of links, open."""
    owner.goto("/console/links")
    heading(owner, "链接")
    return owner


def test_guarded_link_is_made_in_the_drawer_and_guides_people_in_wechat(links: Page, place: Place) -> None:
    press(links, "新建短链")
    drawer = links.get_by_role("dialog", name="短链")  # First 新建短链, then 短链.
    _destination(links).fill(f"{TEA}/guarded")
    drawer.get_by_text("微信 + QQ", exact=True).click()
    press(links, "生成短链")

    expect(links.get_by_text("短链做好了")).to_be_visible()
    short = drawer.locator(".head a.url").get_attribute("href")
    assert short is not None
    assert "浏览器" in links.request.get(short, headers={"User-Agent": USER_AGENT}).text()
    assert links.request.get(short, headers=SOMEBODY, max_redirects=0).headers["location"] == f"{TEA}/guarded"
    drawer.get_by_role("button", name="关闭", exact=True).click()
    expect(_row(links, short)).to_contain_text("引导页")


def test_link_is_found_by_two_chinese_characters_and_its_new_destination_counts_at_once(
    links: Page, place: Place
) -> None:
    _make(links, place, title="秋季新品茶饮海报", slug="qiuji")
    _make(links, place, title="门店导航", slug="daohang")
    links.keyboard.press("/")
    links.keyboard.type("茶饮")
    links.keyboard.press("Enter")
    expect(_row(links, "qiuji")).to_be_visible()
    expect(_row(links, "daohang")).to_have_count(0)

    _row(links, "qiuji").locator(".name").click()
    _destination(links).fill(f"{TEA}/winter")
    press(links, "保存")
    expect(links.get_by_text("已保存，马上生效")).to_be_visible()

    answer = links.request.get(f"{place.origin}/qiuji", headers=SOMEBODY, max_redirects=0)
    assert answer.headers["location"] == f"{TEA}/winter"


def test_what_is_refused_is_said_beside_its_field(links: Page, place: Place) -> None:
    _make(links, place, slug="taken")
    press(links, "新建短链")
    destination, slug = _destination(links), links.get_by_label("后缀", exact=True)
    destination.fill("javascript:alert(1)")
    press(links, "生成短链")
    expect(destination).to_be_focused()
    expect(destination).to_have_attribute("aria-invalid", "true")

    destination.fill(TEA)
    slug.fill("taken")
    press(links, "生成短链")

    expect(slug).to_be_focused()
    expect(links.get_by_text("“taken”已经有人用了")).to_be_visible()


def test_what_was_typed_is_not_lost_by_a_slip(links: Page) -> None:
    press(links, "新建短链")
    _destination(links).fill(TEA)
    links.keyboard.press("Escape")
    question = links.get_by_role("dialog", name="离开不保存")
    question.get_by_role("button", name="取消").click()

    expect(_destination(links)).to_have_value(TEA)


def test_many_links_are_tagged_and_deleted_together_and_brought_back(links: Page, place: Place) -> None:
    slugs = ("many-1", "many-2", "many-3")
    for slug in slugs:
        _make(links, place, slug=slug, title="一批")
    links.goto("/console/links?q=一批")
    expect(_row(links, "many-1")).to_be_visible()
    _choose_all(links)
    links.get_by_role("combobox", name="加标签").fill("双十一")
    links.get_by_role("option", name="双十一").click()
    expect(links.get_by_text("已给 3 条加标签")).to_be_visible()
    for slug in slugs:
        expect(_row(links, slug)).to_contain_text("双十一")

    _choose_all(links)
    links.get_by_role("group", name="对选中的短链").get_by_role("button", name="删除").click()
    expect(links.get_by_text("没有符合条件的短链")).to_be_visible()
    assert links.request.get(f"{place.origin}/many-1", max_redirects=0).status in {404, 410}
    links.locator(".toast").filter(has_text="已删除 3 条").get_by_role("button", name="撤销").click()

    for slug in slugs:
        expect(_row(links, slug)).to_be_visible()
    assert links.request.get(f"{place.origin}/many-1", headers=SOMEBODY, max_redirects=0).status == 302


def test_list_is_narrowed_kept_under_a_name_and_shown_again(links: Page, place: Place) -> None:
    _make(links, place, slug="loved")
    _make(links, place, slug="unloved")
    links.reload()
    _row(links, "loved").get_by_role("button", name="收藏").click()
    expect(_row(links, "loved").get_by_role("button", name="收藏")).to_have_attribute("aria-pressed", "true")
    links.get_by_text("只看收藏", exact=True).click()
    expect(_row(links, "unloved")).to_have_count(0)
    press(links, "保存这个列表")
    links.get_by_label("名称", exact=True).fill("心头好")
    press(links, "保存")
    expect(links.get_by_text("已保存“心头好”")).to_be_visible()

    links.goto("/console/links")
    expect(_row(links, "unloved")).to_be_visible()
    press(links, "心头好")

    expect(_row(links, "unloved")).to_have_count(0)
    expect(_row(links, "loved")).to_be_visible()


def test_clicks_move_while_they_are_looked_at_and_stand_in_the_statistics(links: Page, place: Place) -> None:
    _make(links, place, slug="counted")
    links.goto("/console/links?q=counted")
    clicks = _row(links, "counted").locator("td.clicks .number")
    expect(clicks).to_have_text(re.compile("^0"))
    for _ in range(3):
        links.request.get(f"{place.origin}/counted", headers=SOMEBODY, max_redirects=0)

    expect(clicks).to_have_text(re.compile("^3"))
    _row(links, "counted").get_by_role("button", name="的操作").click()
    links.get_by_role("menuitem", name="统计").click()

    heading(links, "统计")
    expect(links.locator(".totals dd.number").first).to_have_text("3")
    expect(links.get_by_role("img", name="点击随时间的变化").locator("svg")).to_be_visible()
    expect(links.get_by_role("region", name="系统")).to_contain_text("Windows")


def test_analyst_looks_and_changes_nothing(links: Page, people: People, place: Place) -> None:
    _make(links, place, slug="looked-at")
    theirs = people.come()
    accept(theirs, invite(links, "分析"), name="周行", email="zhou@chashan.example")
    theirs.goto("/console/links?q=looked")
    expect(_row(theirs, "looked-at")).to_be_visible()

    expect(theirs.get_by_role("checkbox", name="选择")).to_have_count(0)
    expect(theirs.get_by_role("button", name="标签与文件夹")).to_have_count(0)
    _row(theirs, "looked-at").locator(".name").click()
    expect(_destination(theirs)).to_be_disabled()
    expect(theirs.get_by_role("button", name="保存")).to_have_count(0)
    expect(theirs.get_by_role("button", name="删除")).to_have_count(0)


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_list_drawer_and_statistics_have_no_barriers_and_fit_a_phone(
    people: People, owner_state: StorageState, place: Place, axe: str, scheme: Any
) -> None:
    page = people.come(owner_state, scheme=scheme, viewport=PHONE)
    page.goto("/console/links")
    link = _make(
        page,
        place,
        title="一个很长很长的名字，长到一部手机的一行里放不下",
        slug=f"long-{scheme}-{'x' * 60}",
        tags=["双十一", "门店"],
    )
    page.goto("/console/links?q=long")
    row = _row(page, f"long-{scheme}")
    expect(row).to_be_visible()
    row.locator(".el-checkbox").click()
    assert (overflow(page), _barriers(page, axe)) == (0, [])

    row.locator(".name").click()
    for fold in ("防红设置", "允许访问", "UTM 参数", "有效期", "文件夹与备注"):
        page.get_by_role("dialog").get_by_role("button", name=fold).click()
    expect(page.get_by_label("备注", exact=True)).to_be_visible()
    assert (overflow(page), _barriers(page, axe)) == (0, [])

    page.request.get(link["short_url"], headers=SOMEBODY, max_redirects=0)
    page.goto(f"/console/links/{link['id']}/statistics")
    expect(page.locator(".totals")).to_be_visible()
    assert (overflow(page), _barriers(page, axe)) == (0, [])


def _row(page: Page, slug: str) -> Locator:
    """Return the row of a link by its slug or the whole address."""
    return page.locator("tr[data-link-id]").filter(
        has=page.locator(".name", has_text=slug.partition("://")[2] or f"/{slug}")
    )


def _destination(page: Page) -> Locator:
    return page.get_by_role("textbox", name="目标网址", exact=True)


def _make(page: Page, place: Place, **wish: object) -> dict[str, Any]:
    """Make a link past the screens, and return what the API says of it."""
    answer = page.request.post("/api/v1/links", data={"destination": TEA, **wish}, headers={"Origin": place.origin})
    assert answer.status == 201, answer.text()
    link: dict[str, Any] = answer.json()
    return link


def _choose_all(page: Page) -> None:
    page.locator("th .el-checkbox").click()
    expect(page.get_by_role("group", name="对选中的短链")).to_be_visible()


def _barriers(page: Page, axe: str) -> list[str]:
    page.evaluate(axe)
    found: dict[str, Any] = page.evaluate("axe.run(document)")
    return [f"{rule['id']}: {node['html']}" for rule in found["violations"] for node in rule["nodes"]]

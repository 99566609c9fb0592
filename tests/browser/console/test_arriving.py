"""From the printed link to a team of two: set up, sign out and in, invite, accept, and see only what a role may."""

from playwright.sync_api import Locator, Page, expect

from tests.browser.console.conftest import People, Place
from tests.browser.console.steps import EMAIL, NAME, PASSWORD, accept, choose, fill, heading, invite, press, sign_in


def test_first_person_sets_up_by_the_printed_link_and_is_led_around_once(people: People, place: Place) -> None:
    page = people.come()
    page.goto("/console/links")
    expect(page.get_by_text("请打开程序启动时打印的设置链接")).to_be_visible()

    page.goto("about:blank")
    page.goto(place.setup_path)
    expect(page).to_have_url(f"{place.origin}/console/setup")  # The token stays in no history.
    fill(page, name=NAME, email=EMAIL, password="short")
    press(page, "开始")
    expect(page.get_by_label("密码", exact=True)).to_be_focused()
    expect(page.get_by_label("密码", exact=True)).to_have_attribute("aria-invalid", "true")
    fill(page, password=PASSWORD)
    press(page, "开始")

    heading(page, "链接")
    tour = page.get_by_role("complementary", name="新手指引")
    for step in ("从一条短链开始", "用自己的域名", "请同事一起来"):
        expect(tour.get_by_role("heading")).to_have_text(step)
        tour.get_by_role("button").first.click()
    expect(tour).to_be_hidden()
    page.reload()
    heading(page, "链接")
    expect(tour).to_be_hidden()


def test_set_up_link_is_over_once_there_is_an_account(people: People, place: Place) -> None:
    page = people.come()
    page.goto(place.setup_path)

    heading(page, "已经设置好了")


def test_wrong_password_is_said_and_the_right_one_leads_where_one_wanted_to_go(people: People) -> None:
    page = people.come()
    page.goto("/console/settings/members")
    expect(page).to_have_url("/console/sign-in?return=/settings/members")
    fill(page, email=EMAIL, password="not the password")
    press(page, "登录")
    expect(page.get_by_role("alert").filter(has_text="不")).to_be_visible()
    fill(page, password=PASSWORD)
    press(page, "登录")

    heading(page, "成员")
    press(page, "我的菜单")
    page.get_by_role("menuitem", name="退出登录").click()
    heading(page, "登录")


def test_nobody_is_sent_to_another_site_by_a_link_to_the_sign_in_page(people: People, place: Place) -> None:
    page = people.come()
    page.goto("/console/sign-in?return=//evil.example/")
    fill(page, email=EMAIL, password=PASSWORD)
    press(page, "登录")

    heading(page, "链接")
    assert page.url.startswith(f"{place.origin}/console/")


def test_invited_analyst_sees_what_an_analyst_may(people: People) -> None:
    page = people.come()
    sign_in(page)
    heading(page, "链接")
    path = invite(page, "分析")
    theirs = people.come()
    accept(theirs, path, name="周行", email="zhou@chashan.example")

    expect(theirs.get_by_role("button", name="新建短链")).to_have_count(0)
    theirs.goto("/console/settings/members")
    heading(theirs, "成员")
    expect(theirs.get_by_role("button", name="邀请成员")).to_have_count(0)
    expect(theirs.get_by_role("link", name="API 密钥")).to_have_count(0)
    theirs.goto("/console/settings/audit")
    expect(theirs.get_by_text("你在这个工作区的角色是分析")).to_be_visible()
    theirs.goto("/console/domains")
    heading(theirs, "域名")
    expect(theirs.get_by_role("button", name="添加域名")).to_have_count(0)


def test_role_is_changed_and_taken_back(people: People) -> None:
    page = people.come()
    sign_in(page)
    heading(page, "链接")
    page.goto("/console/settings/members")
    choose(page, "周行 的角色", "编辑")
    expect(page.get_by_text("周行 现在是编辑")).to_be_visible()

    press(page, "撤销")

    expect(_row(page, "周行")).to_contain_text("分析")


def test_removed_member_is_out_at_once(people: People) -> None:
    page, theirs = people.come(), people.come()
    sign_in(page)
    heading(page, "链接")
    sign_in(theirs, email="zhou@chashan.example")
    heading(theirs, "链接")
    page.goto("/console/settings/members")
    _row(page, "周行").get_by_role("button", name="移除").click()
    page.get_by_role("dialog").get_by_role("button", name="移除", exact=True).click()
    expect(page.get_by_text("已移除 周行")).to_be_visible()

    theirs.goto("/console/links")

    heading(theirs, "我的账号")


def test_reset_link_that_is_not_whole_says_so(people: People) -> None:
    page = people.come()
    page.goto("/console/reset")

    expect(page.get_by_text("这个链接不完整")).to_be_visible()


def _row(page: Page, name: str) -> Locator:
    return page.get_by_role("listitem").filter(has_text=name)

"""Communities in the console: from a template, by the guided path, with channel links; what is refused says why."""

from collections.abc import Callable

import pytest
from playwright.sync_api import FilePayload, Locator, Page, ViewportSize, expect

from tests.browser.console.conftest import People
from tests.browser.console.desk import Desk
from tests.browser.console.steps import choose, confirm, heading, press
from tests.browser.console.test_looking import LOOKS, Scheme, barriers, in_language
from tests.browser.steps import overflow

SHARED_PLACE = True
TEMPLATES = ("tea", "weight", "reading", "sugar-free", "heritage")
PROBLEM = {
    "谁": "每天离不开奶茶的上班族",
    "在什么情境下": "下午三点犯困，顺手点一杯全糖的",
    "希望变成怎样": "下午有精神，晚上睡得着",
}


def _field(place: Page | Locator, label: str) -> Locator:
    return place.get_by_label(label, exact=True)


def _found(page: Page, name: str = "茶饮健康") -> None:
    """Found a community from a problem, up to its goals."""
    page.goto("/console/communities/begin")
    heading(page, "从问题开始")
    for label, text in PROBLEM.items():
        _field(page, label).fill(text)
    _field(page, "社区名称").fill(name)
    press(page, "保存问题，继续搭建")
    expect(page.get_by_role("heading", level=2, name="目标", exact=True)).to_be_visible()


def _drawer(page: Page) -> Locator:
    return page.get_by_role("dialog").last


def _step(page: Page, name: str) -> None:
    page.get_by_role("navigation", name="搭建").get_by_role("link", name=name).click()
    expect(page.get_by_role("heading", level=2, name=name, exact=True)).to_be_visible()


def _from_template(desk: Desk, *, key: str = "tea", language: str = "zh-CN") -> str:
    made: str = desk.send("communities/from-template", template=key, language=language)["id"]
    return made


def test_empty_list_leads_to_templates_and_one_click_makes_a_living_community(desk: Desk) -> None:
    page = desk.page
    page.goto("/console/communities")
    press(page, "选一个模板")
    heading(page, "新建社区")
    page.get_by_role("button", name="用这个模板 茶饮健康").click()

    heading(page, "🍵 茶饮健康")
    expect(page.get_by_role("heading", name="社区开张了")).to_be_visible()
    expect(page.get_by_role("img", name="“门店海报”的二维码")).to_be_visible()
    assert _picture_width(page.get_by_role("img", name="“门店海报”的二维码")) > 0
    link = page.get_by_role("link", name="以成员身份打开")
    with page.context.expect_page() as opened:
        link.click()
    expect(opened.value.get_by_text("每天离不开奶茶").first).to_be_visible()


@pytest.mark.parametrize("language", ["zh-CN", "en"])
@pytest.mark.parametrize("key", TEMPLATES)
def test_each_template_stands_with_all_its_parts(desk: Desk, key: str, language: str) -> None:
    page = desk.page
    page.goto("/console/communities/new")
    languages = page.get_by_role("radiogroup", name="社区使用的语言")
    languages.get_by_text("English" if language == "en" else "简体中文", exact=True).click()
    card = page.locator(".card").nth(TEMPLATES.index(key))
    name = card.locator("h2").inner_text()
    card.get_by_role("button").click()

    heading(page, name)
    steps = page.locator("section").filter(has=page.get_by_role("heading", name="由这些组成")).get_by_role("listitem")
    expect(steps).to_have_count(6)
    assert not any(each.endswith(" 0") for each in steps.all_inner_texts())


def test_poster_is_shown_before_it_is_printed(desk: Desk) -> None:
    page = desk.page
    page.goto(f"/console/communities/{_from_template(desk)}")
    press(page, "打印二维码")
    dialog = _drawer(page)
    expect(dialog.get_by_text("把下午还给自己")).to_be_visible()
    page.emulate_media(media="print")

    expect(page.locator("#app")).to_be_hidden()
    expect(dialog.get_by_role("img")).to_be_visible()
    expect(dialog.get_by_role("button", name="打印", exact=True)).to_be_hidden()


def test_without_a_problem_nothing_is_founded(desk: Desk) -> None:
    page = desk.page
    page.goto("/console/communities/begin")
    _field(page, "社区名称").fill("茶饮健康")
    press(page, "保存问题，继续搭建")

    expect(page.get_by_text("请写下谁有这个问题")).to_be_visible()
    expect(page.get_by_text("请写下他们在什么情境下遇到它")).to_be_visible()
    expect(page.get_by_text("请写下他们希望变成怎样")).to_be_visible()
    expect(_field(page, "谁")).to_be_focused()


def test_goal_without_unit_numbers_and_dates_is_refused_at_its_fields(desk: Desk) -> None:
    page = desk.page
    _found(page)
    press(page, "添加目标")
    drawer = _drawer(page)
    _field(drawer, "目标名称").fill("换下甜饮料")
    drawer.get_by_role("button", name="保存", exact=True).click()
    for sentence in ("请填写目标的单位", "请填写起点的数值", "请填写要达到的数值", "请填写目标从哪一天开始"):
        expect(drawer.get_by_text(sentence).first).to_be_visible()
    expect(_field(drawer, "单位")).to_be_focused()

    for label, text in (("单位", "杯"), ("起点", "0"), ("目标", "10000")):
        _field(drawer, label).fill(text)
    _field(drawer, "开始日期").fill("2026-03-01")
    _field(drawer, "结束日期").fill("2026-05-29")
    drawer.get_by_role("button", name="保存", exact=True).click()

    expect(page.get_by_role("listitem").filter(has_text="换下甜饮料")).to_contain_text("从 0 到 10,000 杯")
    expect(page.get_by_text("已完成 3 / 6 步")).to_be_visible()


def test_symbols_are_used_by_the_whole_community(desk: Desk) -> None:
    page = desk.page
    _found(page)
    _step(page, "符号")
    _field(page, "成员叫什么").fill("主人")
    _field(page, "工作人员叫什么").fill("松鼠酱")
    _field(page, "标志").fill("松鼠")
    press(page, "保存")
    expect(page.get_by_text("请用一个字或一个表情符号。")).to_be_visible()
    _field(page, "标志").fill("🐿️")
    press(page, "添加称号")
    _field(page, "称号 1").fill("邀请达人")
    press(page, "保存")
    expect(page.get_by_text("这里不奖励分享、关注或邀请")).to_be_visible()
    _field(page, "称号 1").fill("新芽")
    press(page, "保存")

    heading(page, "🐿️ 茶饮健康")
    page.get_by_role("link", name="成员", exact=True).click()
    expect(page.get_by_text("还没有人")).to_be_visible()


def test_ritual_begins_on_its_first_day_and_one_time_of_it_is_moved(desk: Desk) -> None:
    page = desk.page
    _found(page)
    _step(page, "仪式")
    press(page, "添加仪式")
    drawer = _drawer(page)
    _field(drawer, "仪式名称").fill("每周三健康问答")
    _field(drawer, "做什么").fill("带一个这周遇到的问题来。")
    _field(drawer, "从哪天起").fill("2027-03-01")  # A Monday: the first Wednesday after it counts.
    expect(drawer.get_by_role("status").get_by_role("listitem")).to_have_count(5)
    expect(drawer.get_by_role("status").get_by_role("listitem").first).to_contain_text("3日")
    drawer.get_by_role("button", name="保存", exact=True).click()

    expect(page.get_by_role("listitem").filter(has_text="每周三健康问答")).to_contain_text("每周三 20:00")
    page.get_by_role("button", name="每周三健康问答", exact=True).click()
    times = _drawer(page).get_by_role("region", name="接下来五次").get_by_role("listitem")
    times.first.get_by_role("button", name="这次取消").click()
    expect(times.first).to_contain_text("这次取消")
    times.nth(1).get_by_role("button", name="改时间").click()
    _field(times.nth(1), "改到").fill("2027-03-11T20:00")
    _field(times.nth(1), "给成员的说明").fill("老师出差，改到周四。")
    times.nth(1).get_by_role("button", name="改时间", exact=True).last.click()
    expect(times.nth(1)).to_contain_text("老师出差")
    times.first.get_by_role("button", name="恢复").click()
    expect(times.first.get_by_role("button", name="改时间")).to_be_visible()


def test_badge_for_inviting_is_refused_and_the_reason_shown(desk: Desk) -> None:
    page = desk.page
    _found(page)
    _step(page, "反馈")
    press(page, "添加徽章")
    drawer = _drawer(page)
    _field(drawer, "徽章名称").fill("带人来的人")
    _field(drawer, "怎样得到").fill("邀请三位好友加入，即可获得。")
    drawer.get_by_role("button", name="保存", exact=True).click()
    expect(drawer.get_by_text("这里不奖励分享、关注或邀请")).to_be_visible()
    assert "分享" not in "".join(_options(page, drawer, "凭什么"))

    _field(drawer, "徽章名称").fill("七日清味")
    _field(drawer, "怎样得到").fill("连续七天，每天一杯无糖茶。")
    drawer.get_by_role("button", name="保存", exact=True).click()
    expect(page.get_by_role("listitem").filter(has_text="七日清味")).to_contain_text("连续天数 ≥ 7")


def test_services_are_made_and_a_changed_one_says_that_it_is_a_new_version(desk: Desk) -> None:
    page = desk.page
    _found(page)
    _step(page, "服务")
    _new_service(page, "打卡挑战", lambda drawer: _field(drawer, "要做的事").fill("今天用一杯无糖茶，代替一杯甜饮料"))
    _new_service(page, "自测", _fill_test)
    page.get_by_role("button", name="自测一号", exact=True).click()
    drawer = _drawer(page)
    _field(drawer, "题目").fill("你每天喝几杯甜饮料？")
    expect(drawer.get_by_text("保存后成为第 2 版")).to_be_visible()
    drawer.get_by_role("button", name="保存", exact=True).click()
    expect(page.get_by_role("listitem").filter(has_text="自测一号")).to_contain_text("第 2 版")
    _new_service(page, "建议", _fill_advice)

    expect(page.locator("[data-part]")).to_have_count(3)


def _new_service(page: Page, kind: str, fill: Callable[[Locator], None]) -> None:
    press(page, "添加服务")
    page.get_by_role("button", name=f"选这个 {kind}").click()
    drawer = page.get_by_role("dialog", name=kind)
    _field(drawer, "服务名称").fill(f"{kind}一号")
    fill(drawer)
    drawer.get_by_role("button", name="保存", exact=True).click()
    expect(page.get_by_role("button", name=f"{kind}一号", exact=True)).to_be_visible()


def _fill_test(drawer: Locator) -> None:
    _field(drawer, "题目").fill("你平均每天喝几杯含糖饮料？")
    _field(drawer, "选项 1").fill("三杯及以上")
    _field(drawer, "选项 2").fill("最多一杯")
    expect(drawer.get_by_text("总分会在 0 到 1 之间")).to_be_visible()
    drawer.get_by_role("button", name="添加分数段").click()
    _field(drawer, "第 1 段的名字").fill("先换一杯")
    _field(drawer, "到").fill("0")
    drawer.get_by_role("button", name="保存", exact=True).click()
    expect(drawer.locator(".refusal").first).to_be_visible()  # A score would be without meaning.
    _field(drawer, "到").fill("1")


def _fill_advice(drawer: Locator) -> None:
    page = drawer.page
    choose(page, "依据哪份自测", "自测一号")
    _field(drawer, "对所有人说的话").fill("从最想喝甜的那一杯换起。")
    drawer.get_by_role("button", name="添加一条建议").click()
    choose(page, "看哪个答案", "你每天喝几杯甜饮料？")
    choose(page, "答案", "三杯及以上")
    _field(drawer, "建议内容").fill("先别想着全戒，把其中一杯换成冷泡茶。")


def test_parts_are_put_in_order_by_the_keyboard_and_removed(desk: Desk) -> None:
    page = desk.page
    page.goto(f"/console/communities/{_from_template(desk)}/build/feedback")
    names = page.locator("[data-part] .name")
    expect(names.nth(1)).to_have_text("三周回甘")
    down = page.get_by_role("button", name="把“七日清味”下移")
    down.focus()
    page.keyboard.press("Enter")
    expect(names.nth(1)).to_have_text("七日清味")
    expect(page.get_by_role("button", name="把“七日清味”下移")).to_be_focused()

    page.get_by_role("button", name="移除 百杯").click()
    confirm(page, "移除")
    expect(names).to_have_count(5)


def test_channel_link_is_made_and_tells_whom_it_brought(desk: Desk, people: People) -> None:
    page = desk.page
    community = _from_template(desk)
    page.goto(f"/console/communities/{community}/channels")
    press(page, "添加渠道")
    drawer = _drawer(page)
    _field(drawer, "渠道名称").fill("西湖店海报")
    choose(page, "为了什么", "促销")
    _field(drawer, "让利比例（%）").fill("20")
    drawer.get_by_role("button", name="保存", exact=True).click()
    row = page.get_by_role("row").filter(has_text="西湖店海报")
    expect(row).to_contain_text("促销 · 让利 20%")

    _join(people.come(), "http://" + row.locator("code").inner_text())
    page.reload()
    expect(row.locator("td").nth(2)).to_have_text("1")
    page.get_by_role("link", name="成员", exact=True).click()
    expect(page.get_by_role("row").nth(1)).to_contain_text("西湖店海报")


def test_first_question_of_a_member_waits_until_it_is_approved(desk: Desk, people: People) -> None:
    page, stranger = desk.page, people.come()
    community = _from_template(desk)
    page.goto(f"/console/communities/{community}")
    home = page.get_by_role("link", name="以成员身份打开").get_attribute("href") or ""
    _join(stranger, home)
    for question in ("空腹能喝绿茶吗？", "茶包能泡几次？"):
        stranger.goto(f"{home}/exchange")
        _field(stranger, "你的问题").fill(question)
        stranger.get_by_role("button", name="提问", exact=True).click()
    page.goto(f"/console/communities/{community}/order")
    rows = page.get_by_role("region", name="等着看的").locator(".rows > li")
    expect(rows).to_have_count(2)
    rows.filter(has_text="空腹").get_by_role("button", name="通过", exact=True).click()
    expect(rows).to_have_count(1)
    rows.get_by_role("button", name="隐藏", exact=True).click()
    rows.locator("form").get_by_role("button", name="隐藏", exact=True).click()
    expect(rows.locator(".refusal, [role=alert] p").first).to_be_visible()  # Whom it concerns must read why.
    _field(page, "原因").fill("和茶饮健康没有关系。")
    rows.locator("form").get_by_role("button", name="隐藏", exact=True).click()

    expect(page.get_by_text("没有等着看的内容。")).to_be_visible()


def _join(page: Page, address: str) -> None:
    page.goto(address)
    page.get_by_role("button", name="成为茶友").first.click()
    expect(page.get_by_text("今天用一杯无糖茶").first).to_be_visible()


def test_broadcast_of_the_week_is_written_and_published_once(desk: Desk) -> None:
    page = desk.page
    page.goto(f"/console/communities/{_from_template(desk)}")
    _field(page, "标题").fill("第一周")
    _field(page, "内容").fill("大家一起换下了第一杯。")
    press(page, "发布给所有成员")
    confirm(page, "发布给所有成员")

    expect(page.get_by_text("本周已经发布")).to_be_visible()
    expect(page.get_by_text("第一周")).to_be_visible()


def test_evidence_is_tried_before_it_is_taken_in(desk: Desk) -> None:
    page = desk.page
    page.goto(f"/console/communities/{_from_template(desk)}/evidence")
    choose(page, "这份表格里是", "群人数")
    table = "编号,什么时候,人数,群\n1,2026-03-01T20:00:00+08:00,31,一群\n2,,28,一群\n"
    file: FilePayload = {"name": "groups.csv", "mimeType": "text/csv", "buffer": table.encode()}
    page.locator("input[type=file]").set_input_files(file)
    expect(page.get_by_text("试算结果，还没有写入")).to_be_visible()
    for column, field in (("编号", "单号（唯一）"), ("什么时候", "时间"), ("人数", "金额或数值"), ("群", "群")):
        choose(page, column, field)
    press(page, "试算")
    expect(_figure(page, "新增")).to_have_text("1")
    expect(_figure(page, "没能采用")).to_have_text("1")
    expect(page.get_by_role("listitem").filter(has_text="第 2 行")).to_be_visible()
    press(page, "写入")

    expect(page.get_by_role("heading", name="已写入")).to_be_visible()
    expect(_figure(page, "新增")).to_have_text("1")


def _figure(page: Page, name: str) -> Locator:
    return page.locator("dl > div").filter(has_text=name).locator("dd")


def test_secret_of_a_sign_in_is_written_and_never_shown(desk: Desk) -> None:
    page = desk.page
    page.goto(f"/console/communities/{_from_template(desk)}/connectors")
    panel = page.get_by_role("region", name="微信服务号")
    _field(panel, "AppID").fill("wx1234567890abcdef")
    _field(panel, "AppSecret").fill("0123456789abcdef0123456789abcdef")
    panel.get_by_role("button", name="保存").click()

    expect(panel.get_by_role("group", name="回调地址")).to_contain_text("/oauth/wechat/callback")
    expect(_field(panel, "AppSecret")).to_have_value("")
    panel.get_by_role("button", name="移除").click()
    confirm(page, "移除")
    expect(panel.get_by_role("group", name="回调地址")).to_have_count(0)


def test_community_is_closed_and_opened_by_undo_and_removed(desk: Desk) -> None:
    page = desk.page
    page.goto(f"/console/communities/{_from_template(desk)}")
    press(page, "关闭社区")
    expect(page.get_by_role("button", name="开放加入")).to_be_visible()
    press(page, "撤销")
    expect(page.get_by_role("button", name="关闭社区")).to_be_visible()
    page.get_by_role("button", name="移除", exact=True).click()
    page.get_by_role("dialog").get_by_role("textbox").fill("茶饮健康")
    confirm(page, "移除")

    heading(page, "社区")
    expect(page.get_by_text("还没有社区")).to_be_visible()


@pytest.mark.parametrize(("language", "scheme", "viewport"), LOOKS, ids=["phone", "phone, en", "desk", "desk, en"])
def test_no_screen_of_a_community_has_barriers(
    desk: Desk, axe: str, language: str, scheme: Scheme, viewport: ViewportSize
) -> None:
    page = desk.page
    page.emulate_media(color_scheme=scheme, reduced_motion="reduce")
    page.set_viewport_size(viewport)
    place = f"/console/communities/{_from_template(desk, language=language)}"
    steps = [f"/build/{step}" for step in ("problem", "goals", "symbols", "rituals", "feedback", "services")]
    with in_language(page, language):
        for path in ("", *steps, "/channels", "/members", "/order", "/evidence", "/connectors"):
            page.goto(place + path)
            expect(page.locator(".panel").first).to_be_visible()
            expect(page.locator(".bones")).to_have_count(0)
            expect(page.locator("html")).to_have_attribute("lang", language)
            assert overflow(page) <= 0, path
            assert barriers(page, axe) == [], path
        for step in ("goals", "rituals", "feedback", "services"):
            page.goto(f"{place}/build/{step}")
            for number in range(3 if step == "services" else 1):
                page.locator("[data-part] button.open").nth(number).click()
                expect(page.get_by_role("dialog").locator("form")).to_be_visible()
                assert overflow(page) <= 0, step
                assert barriers(page, axe) == [], step
                page.keyboard.press("Escape")
                expect(page.get_by_role("dialog")).to_be_hidden()


def _picture_width(picture: Locator) -> int:
    width: int = picture.evaluate("picture => picture.decode().then(() => picture.naturalWidth)")
    return width


def _options(page: Page, drawer: Locator, name: str) -> list[str]:
    box = drawer.get_by_role("combobox", name=name, exact=True)
    box.press("Enter")
    expect(page.get_by_role("option").first).to_be_visible()
    options = page.get_by_role("option").all_inner_texts()
    box.press("Escape")
    return options

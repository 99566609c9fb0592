"""A phone opens a channel's link, its person joins, checks in, and sees what came of it."""

import re
from datetime import UTC, datetime, timedelta

from playwright.sync_api import BrowserContext, Page, expect

from liulian.base.ids import decode_id
from liulian.community.acts import Act, ActKind
from liulian.community.days import local_day, zone_named
from liulian.storage.database import Transaction
from tests.browser.member.conftest import Town
from tests.browser.member.planted import ZONE, change
from tests.browser.steps import overflow

TAKEN = "连续第"


def acts_of(town: Town, kind: ActKind, *, member_name: str | None = None) -> list[Act]:
    """Return acts of one kind, oldest first; `member_name` None: of everybody."""

    async def read(tx: Transaction) -> list[Act]:
        return await tx.acts.list_page(town.tea.community.id, after=0, limit=5_000)

    acts: list[Act] = change(town.folder, read)
    return [act for act in acts if act.kind is kind]


def test_stranger_joins_from_a_channel_checks_in_and_sees_what_came_of_it(context: BrowserContext, town: Town) -> None:
    page = context.new_page()
    page.goto(f"/c/tea?ch={town.tea.channel}")
    expect(page.get_by_role("heading", name="三周里把含糖饮料换成茶")).to_be_visible()
    join = page.get_by_role("button", name="成为主人")
    expect(join).to_be_in_viewport(ratio=1)
    join.tap()

    expect(page.get_by_role("navigation", name="社区里的页面")).to_be_visible()
    button = page.get_by_role("button", name=re.compile("打卡")).first
    expect(button).to_be_in_viewport(ratio=1)
    button.tap()
    feedback = page.locator("#dock .feedback").first
    expect(feedback).to_contain_text(TAKEN)
    expect(feedback).to_be_in_viewport()
    assert overflow(page) <= 0

    page.reload()
    expect(page.locator(".streak .mark.done").first).to_be_visible()
    joined = acts_of(town, ActKind.JOIN)[-1]
    assert joined.source.channel_id == decode_id(town.tea.channel)
    assert acts_of(town, ActKind.CHECK_IN)[-1].member_id == joined.member_id


def test_new_member_finds_their_league_badge_test_and_advice(context: BrowserContext, town: Town) -> None:
    page = context.new_page()
    page.goto("/c/tea")
    page.get_by_role("button", name="成为主人").tap()
    page.get_by_role("button", name=re.compile("打卡")).first.tap()
    expect(page.locator("#dock .feedback").first).to_contain_text("获得徽章")

    page.get_by_role("navigation", name="社区里的页面").get_by_role("link", name="周榜").tap()
    expect(page.locator(".place.mine")).to_be_visible()
    page.goto("/c/tea/badges")
    expect(page.locator(".badge:not(.ahead)", has_text="第一杯")).to_be_visible()

    page.goto("/c/tea")
    page.get_by_role("link", name="含糖饮料习惯自测").tap()
    page.get_by_label("更多").check()
    page.get_by_label("点一杯甜的").check()
    page.get_by_role("button", name="看结果").tap()
    expect(page.get_by_role("heading", name="偏甜")).to_be_visible()
    page.get_by_role("link", name=re.compile("下午那一杯怎么换")).tap()
    expect(page.get_by_text("先泡一杯茶")).to_be_visible()
    assert overflow(page) <= 0
    assert [act.kind for act in acts_of(town, ActKind.ADVICE)] == [ActKind.ADVICE]


def test_two_taps_are_one_check_in(member: Page, town: Town) -> None:
    before = len(acts_of(town, ActKind.CHECK_IN))
    member.goto("/c/tea")
    member.get_by_role("button", name=re.compile("打卡")).first.dblclick()

    expect(member.locator("#dock .feedback").first).to_contain_text(TAKEN)
    expect(member.locator(".goal", has_text="我的无糖茶").locator("strong")).to_have_text("9")
    assert len(acts_of(town, ActKind.CHECK_IN)) == before + 1


def test_check_in_without_network_waits_and_arrives_on_its_own_day(
    context: BrowserContext, member: Page, town: Town
) -> None:
    yesterday = datetime.now(UTC) - timedelta(days=1)
    member.clock.set_fixed_time(yesterday)
    member.goto("/c/tea")
    member.locator("label.chip", has_text="饭后走一走").tap()
    context.set_offline(True)
    member.get_by_label("今天多少步").fill("6000")
    member.locator(".check-in:visible button").tap()

    expect(member.locator("#dock .feedback:visible")).to_contain_text("已经存在这台设备上")
    expect(member.locator("#waiting")).to_contain_text("饭后走一走")

    member.clock.set_fixed_time(yesterday + timedelta(days=1))
    context.set_offline(False)
    expect(member.locator("#waiting")).to_be_hidden()
    expect(member.locator("#waiting-said")).to_contain_text("已送到")
    arrived = acts_of(town, ActKind.CHECK_IN)[-1]
    assert arrived.value == 6000
    assert arrived.day == local_day(yesterday, zone_named(arrived.zone))
    assert arrived.recorded_at - arrived.at > timedelta(hours=23)


def test_check_in_that_waits_survives_the_page_and_is_sent_once(
    context: BrowserContext, member: Page, town: Town
) -> None:
    member.goto("/c/tea")
    member.locator("label.chip", has_text="饭后走一走").tap()
    context.set_offline(True)
    member.get_by_label("今天多少步").fill("7000")
    member.locator(".check-in:visible button").tap()
    expect(member.locator("#waiting")).to_be_visible()
    member.close()

    context.set_offline(False)
    pages = [context.new_page(), context.new_page()]
    for page in pages:
        page.goto("/c/tea", wait_until="commit")
    for page in pages:
        page.wait_for_load_state("networkidle")
        expect(page.locator("#waiting")).to_be_hidden()

    assert [act.value for act in acts_of(town, ActKind.CHECK_IN)].count(7000) == 1


def test_form_works_without_script(browser_without_script: Page, town: Town) -> None:
    page = browser_without_script
    page.goto("/c/tea")
    page.locator("label.chip", has_text="饭后走一走").click()
    page.get_by_label("今天多少步").fill("8000")
    page.locator(".check-in:visible button").click()

    expect(page).to_have_url(re.compile(r"/c/tea$"))
    assert acts_of(town, ActKind.CHECK_IN)[-1].value == 8000


def test_opening_pages_is_one_visit(member: Page, town: Town) -> None:
    before = len(acts_of(town, ActKind.VISIT))
    with member.expect_response("**/do/visit") as answer:
        member.goto("/c/tea")
    assert answer.value.status == 204
    for path in ("/c/tea/me", "/c/tea"):
        member.goto(path)
        member.wait_for_load_state("networkidle")

    (visit,) = acts_of(town, ActKind.VISIT)[before:]
    assert visit.day == local_day(visit.at, zone_named(visit.zone or ZONE))


def test_what_waits_of_a_member_is_forgotten_when_they_are_erased(context: BrowserContext, town: Town) -> None:
    page = context.new_page()
    page.goto("/c/tea")
    page.locator("form.join button.primary").tap()
    page.wait_for_selector("[data-member]")
    page.evaluate(
        "localStorage.setItem(`liulian.waiting /c/tea ${document.querySelector('[data-member]').dataset.member}`, '[]')"
    )
    page.goto("/c/tea/me/erase")
    page.locator("input[name=sure]").check()
    page.locator("main form button.danger").tap()

    page.wait_for_selector("[data-erased]")
    page.wait_for_function("Object.keys(localStorage).every((key) => !key.startsWith('liulian.waiting'))")

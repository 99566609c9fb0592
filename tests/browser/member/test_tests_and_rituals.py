"""A member's phone: a self-test and its advice, a ritual and the calendar, without a barrier and without a script."""

import re
from datetime import UTC, datetime
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from playwright.sync_api import Page, expect

from liulian.base.clock import utc_now
from liulian.base.ids import RitualId, ServiceId, encode_id
from liulian.community.acts import Purpose
from liulian.community.model import Attend, Ritual, Service, ServiceKind, ServiceState
from liulian.community.recurrence import wall_text
from liulian.storage.database import Transaction
from tests.browser.member.conftest import Town
from tests.browser.member.planted import ZONE, change
from tests.browser.steps import overflow

TEST, ADVICE, RITUAL = ServiceId(2**61 + 1), ServiceId(2**61 + 2), RitualId(2**61 + 3)
DEFINITION: dict[str, Any] = {
    "about": "十秒看看你的一天有多甜。",
    "items": [
        {
            "key": "sweet",
            "kind": "choice",
            "text": "这一周，多久喝一次含糖饮料？",
            "options": [
                {"value": 0, "text": "没有喝"},
                {"value": 1, "text": "两三天一次"},
                {"value": 2, "text": "每天"},
            ],
        },
        {"key": "cups", "kind": "number", "text": "喝的那天，一天几杯？", "min": 0, "max": 6, "unit": "杯"},
    ],
    "bands": [
        {"key": "low", "from": 0, "to": 3, "name": "清爽", "text": "保持下去。"},
        {"key": "high", "from": 4, "to": 8, "name": "偏甜", "text": "先从最甜的那一杯换起。"},
    ],
    "better": "lower",
    "change": {"value": 3, "source": "两周重测，40 人"},
}
ADVISING: dict[str, Any] = {
    "self_test": encode_id(TEST),
    "general": "口渴时先喝一杯水，十分钟后再决定。",
    "rules": [
        {
            "key": "daily",
            "text": "把下午的那一杯换成乌龙茶，先换三天。",
            "when": {"all": [{"item": "sweet", "op": "is", "value": 2}]},
        }
    ],
}


@pytest.fixture(scope="module", autouse=True)
def offered(town: Town) -> None:
    """A self-test, advice that rests on it, and a ritual that begins now."""
    now = utc_now()
    start = now.astimezone(ZoneInfo(ZONE)).replace(tzinfo=None)

    async def add(tx: Transaction) -> None:
        for service_id, kind, name, definition in (
            (TEST, ServiceKind.SELF_TEST, "甜度自测", DEFINITION),
            (ADVICE, ServiceKind.ADVICE, "今日建议", ADVISING),
        ):
            await tx.communities.services.add(
                Service(
                    id=service_id,
                    community_id=town.tea.community.id,
                    kind=kind,
                    name=name,
                    state=ServiceState.ACTIVE,
                    purpose=Purpose.PROBLEM,
                    version=1,
                    definition=definition,
                    created_at=now,
                    updated_at=now,
                    position=9,
                )
            )
        await tx.communities.rituals.add(
            Ritual(
                id=RITUAL,
                community_id=town.tea.community.id,
                name="此刻一杯茶",
                about="烧一壶水，坐下来，什么也不看，喝完一杯。",
                host="阿栗",
                rrule="FREQ=DAILY",
                starts_at=wall_text(start),
                zone=ZONE,
                minutes=30,
                attend=Attend.TAP,
                created_at=datetime(2026, 1, 1, tzinfo=UTC),
                updated_at=now,
            )
        )

    change(town.folder, add)


def faults(page: Page, axe: str) -> list[str]:
    """Return what keeps somebody from using a page."""
    page.evaluate(axe)
    found: dict[str, Any] = page.evaluate("axe.run(document)")
    wide = ["wider than the window"] if overflow(page) > 0 else []
    return wide + [f"{each['id']}: {each['nodes'][0]['html']}" for each in found["violations"]]


def test_self_test_is_taken_with_a_thumb_and_leads_to_advice(member: Page, axe: str) -> None:
    member.goto("/c/tea")
    member.get_by_role("link", name="甜度自测").tap()
    expect(member.get_by_role("heading", name="甜度自测")).to_be_visible()
    found = faults(member, axe)
    member.get_by_label("每天").check()
    member.get_by_role("button", name="看结果").tap()
    expect(member.get_by_role("alert")).to_contain_text("还有 1 题要看一下")
    expect(member.get_by_label("每天")).to_be_checked()
    found += faults(member, axe)

    member.get_by_label("喝的那天").fill("3")
    member.get_by_label("我同意保存").check()
    member.get_by_role("button", name="看结果").tap()
    expect(member.get_by_role("heading", name="偏甜")).to_be_visible()
    found += faults(member, axe)
    member.get_by_role("link", name="看给我的建议").tap()
    expect(member.get_by_text("把下午的那一杯换成乌龙茶")).to_be_visible()
    expect(member.get_by_text("因为在“这一周，多久喝一次含糖饮料？”里，你选了“每天”。")).to_be_visible()

    assert found + faults(member, axe) == []


def test_ritual_is_attended_by_one_tap_and_stands_in_the_calendar(member: Page, axe: str) -> None:
    member.goto(f"/c/tea/rituals/{encode_id(RITUAL)}")
    found = faults(member, axe)
    member.get_by_role("button", name="我在这里").tap()
    expect(member.get_by_text("这一次已签到")).to_be_visible()
    found += faults(member, axe)
    member.get_by_role("link", name="日历", exact=True).tap()
    expect(member.get_by_text("去过").first).to_be_visible()
    member.get_by_role("button", name="生成我的日历地址").tap()
    expect(member.get_by_label("你的日历地址")).to_have_value(re.compile(r"/c/tea/calendar/[\w-]{43}\.ics$"))
    expect(member.get_by_role("button", name="复制")).to_be_visible()

    assert found + faults(member, axe) == []


def test_everything_works_without_a_script(browser_without_script: Page) -> None:
    page = browser_without_script
    page.goto(f"/c/tea/tests/{encode_id(TEST)}")
    page.get_by_label("没有喝").check()
    page.get_by_label("喝的那天").fill("0")
    if page.get_by_label("我同意保存").count():
        page.get_by_label("我同意保存").check()
    page.get_by_role("button", name="看结果").click()
    expect(page.get_by_role("heading", name="清爽")).to_be_visible()
    page.goto("/c/tea/calendar")
    expect(page.get_by_role("button", name="复制")).to_have_count(0)

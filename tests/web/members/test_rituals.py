"""Rituals and calendars as members meet them."""

from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest
from icalendar import Calendar

from liulian.base.ids import RitualId, encode_id
from liulian.community.acts import ActKind
from liulian.community.model import Attend, MemberState
from tests.unit.community.a_ritual import FIRST, SECOND, a_change, a_ritual
from tests.web.members.browsers import Square, join

RITUAL_AT = f"/c/tea/rituals/{encode_id(5)}"
BEGIN = datetime(2026, 3, 4, 12, tzinfo=UTC)  # 20:00 in Shanghai, a Wednesday.


async def planted(square: Square, *changes: Any, **changed: Any) -> None:
    await square.plant()
    async with square.database.write() as tx:
        await tx.communities.rituals.add(a_ritual(**changed))
        for change in changes:
            await tx.communities.put_ritual_change(change)


async def test_ritual_says_what_to_do_and_when_on_the_members_clock(square: Square) -> None:
    await planted(square, a_change(SECOND))
    async with square.browser() as client:
        await join(client, zone="Europe/Berlin")
        page = await client.get(RITUAL_AT)

    assert page.status_code == 200, page.text
    assert "每周三 20:00" in page.text
    assert "带一个问题来，带一个回答走。" in page.text
    assert "由松鼠酱主持" in page.text
    assert "3月4日 周三 13:00" in page.text  # Berlin.
    assert "取消" in page.text
    assert "我在这里" not in page.text


async def test_attendance_is_taken_once_while_it_is_open(square: Square) -> None:
    await planted(square)
    async with square.browser() as client:
        await join(client)
        early = await client.post(f"{RITUAL_AT}/attend")
        square.clock.now = BEGIN
        home = await client.get("/c/tea")
        first = await client.post(f"{RITUAL_AT}/attend")
        again = await client.post(f"{RITUAL_AT}/attend")

    assert (early.status_code, first.status_code, again.status_code) == (409, 200, 200)
    assert "现在没有可以签到的场次" in early.text
    assert "我在这里" in home.text
    assert "这一次已签到" in first.text
    assert "1 次里参加了 1 次（100%）" in first.text
    there = [act for act in await square.acts() if act.kind is ActKind.ATTENDANCE]
    assert [act.detail["occurrence"] for act in there] == [FIRST]


async def test_code_is_asked_for_and_kept_when_it_is_wrong(square: Square) -> None:
    await planted(square, attend=Attend.CODE, code="山茶8")
    square.clock.now = BEGIN
    async with square.browser() as client:
        await join(client)
        wrong = await client.post(f"{RITUAL_AT}/attend", data={"code": "山茶9"})
        right = await client.post(f"{RITUAL_AT}/attend", data={"code": " 山茶８"})

    assert wrong.status_code == 422
    assert "这不是这场仪式的口令" in wrong.text
    assert 'value="山茶9"' in wrong.text
    assert "山茶8" not in wrong.text.replace("山茶9", "")
    assert right.status_code == 200


async def test_codes_cannot_be_tried_without_end(square: Square) -> None:
    await planted(square, attend=Attend.CODE, code="8")
    square.clock.now = BEGIN
    async with square.browser() as client:
        await join(client)
        statuses = [(await client.post(f"{RITUAL_AT}/attend", data={"code": "7"})).status_code for _ in range(21)]
        late = await client.post(f"{RITUAL_AT}/attend", data={"code": "8"})

    assert statuses == [422] * 20 + [429]
    assert (late.status_code, int(late.headers["Retry-After"]) > 0) == (429, True)


async def test_who_joins_again_and_again_from_one_address_guesses_no_more_codes(square: Square) -> None:
    await planted(square, attend=Attend.CODE, code="2468")
    square.clock.now = BEGIN
    statuses = []
    for _ in range(4):
        async with square.browser() as client:
            await join(client)
            tries = [await client.post(f"{RITUAL_AT}/attend", data={"code": "1357"}) for _ in range(19)]
            statuses += [answer.status_code for answer in tries]

    assert statuses == [422] * 60 + [429] * 16


async def test_hall_of_people_behind_one_address_types_the_right_code(
    square: Square, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("liulian.web.members.rituals.WRONG_CODES_PER_HOUR", 2)
    await planted(square, attend=Attend.CODE, code="2468")
    square.clock.now = BEGIN
    statuses = []
    for _ in range(5):
        async with square.browser() as client:
            await join(client)
            statuses.append((await client.post(f"{RITUAL_AT}/attend", data={"code": "2468"})).status_code)

    assert statuses == [200] * 5


async def test_closed_community_takes_no_attendance(square: Square) -> None:
    await planted(square)
    square.clock.now = BEGIN
    async with square.browser() as client:
        await join(client)
        async with square.database.write() as tx:
            community = await tx.communities.find_by_slug("tea")
            assert community is not None
            await tx.communities.replace(replace(community, state=type(community.state).CLOSED))
        answer = await client.post(f"{RITUAL_AT}/attend")

    assert answer.status_code == 409


async def test_calendar_lists_a_month_and_marks_what_was_attended(square: Square) -> None:
    await planted(square, a_change(SECOND, "2026-03-12T19:00"))
    square.clock.now = BEGIN
    async with square.browser() as client:
        await join(client)
        await client.post(f"{RITUAL_AT}/attend")
        march = await client.get("/c/tea/calendar")
        april = await client.get("/c/tea/calendar?month=2026-04")
        nonsense = await client.get("/c/tea/calendar?month=2999-13")

    assert "2026年3月" in march.text
    assert "去过" in march.text
    assert "3月12日 周四 19:00 · 改期" in march.text
    assert "4月1日 周三 20:00" in april.text
    assert "2026年3月" in nonsense.text


async def feed_address(client: Any) -> str:
    await client.post("/c/tea/calendar/feed", data={"do": "renew"})
    page = await client.get("/c/tea/calendar")
    start = page.text.index('value="https://') + len('value="')
    return str(page.text[start : page.text.index('"', start)])


async def test_feed_is_read_without_a_cookie_and_tells_when_nothing_is_new(square: Square) -> None:
    await planted(square, a_change(SECOND))
    async with square.browser() as client:
        await join(client)
        address = await feed_address(client)
    async with square.browser() as calendar:
        first = await calendar.get(address)
        again = await calendar.get(address, headers={"If-None-Match": first.headers["ETag"]})
        async with square.database.write() as tx:
            await tx.communities.rituals.replace(a_ritual(sequence=1, name="周三茶话"))
        changed = await calendar.get(address, headers={"If-None-Match": first.headers["ETag"]})

    assert first.headers["Content-Type"] == "text/calendar; charset=utf-8"
    (event,) = Calendar.from_ical(first.content).walk("VEVENT")
    assert event["SUMMARY"] == "周三健康问答"
    assert str(event["URL"]).endswith(RITUAL_AT)
    assert (again.status_code, again.content) == (304, b"")
    (newer,) = Calendar.from_ical(changed.content).walk("VEVENT")
    assert (newer["SUMMARY"], newer["SEQUENCE"], newer["UID"]) == ("周三茶话", 1, event["UID"])


async def test_address_that_was_exchanged_or_taken_back_is_gone(square: Square) -> None:
    await planted(square)
    async with square.browser() as client:
        await join(client)
        first = await feed_address(client)
        second = await feed_address(client)
        assert first != second
        statuses = [(await client.get(address)).status_code for address in (first, second)]
        await client.post("/c/tea/calendar/feed", data={"do": "revoke"})
        revoked, page = await client.get(second), await client.get("/c/tea/calendar")
        unknown = await client.get(f"/c/tea/calendar/{'x' * 43}.ics")

    assert statuses == [410, 200]
    assert (revoked.status_code, unknown.status_code) == (410, 404)
    assert "生成我的日历地址" in page.text


async def test_address_of_who_left_is_gone_and_belongs_to_one_community(square: Square) -> None:
    await planted(square)
    await square.plant(id=8, slug="coffee")
    async with square.browser() as client:
        await join(client)
        address = await feed_address(client)
        elsewhere = await client.get(address.replace("/c/tea/", "/c/coffee/"))
        (member,) = await square.members()
        async with square.database.write() as tx:
            await tx.members.update(member.id, state=MemberState.LEFT)
        left = await client.get(address)

    assert (elsewhere.status_code, left.status_code) == (404, 410)


async def test_one_ritual_can_be_kept_with_an_alarm(square: Square) -> None:
    await planted(square)
    async with square.browser() as stranger:
        refused = await stranger.get(f"{RITUAL_AT}.ics")
    async with square.browser() as client:
        await join(client)
        answer = await client.get(f"{RITUAL_AT}.ics")

    assert refused.status_code == 303
    assert "attachment" in answer.headers["Content-Disposition"]
    assert len(Calendar.from_ical(answer.content).walk("VALARM")) == 1


async def test_ritual_of_another_community_does_not_exist(square: Square) -> None:
    await planted(square)
    await square.plant(id=8, slug="coffee")
    async with square.browser() as client:
        await join(client, "coffee")
        page = await client.get(RITUAL_AT.replace("/tea/", "/coffee/"))
        unknown = await client.get(f"/c/coffee/rituals/{encode_id(RitualId(99))}")

    assert (page.status_code, unknown.status_code) == (404, 404)


async def test_foreign_page_cannot_attend_for_a_member(square: Square) -> None:
    await planted(square)
    square.clock.now = BEGIN
    async with square.browser() as client:
        await join(client)
        answer = await client.post(f"{RITUAL_AT}/attend", headers={"Sec-Fetch-Site": "cross-site"})

    assert answer.status_code == 403
    assert [act.kind for act in await square.acts()] == [ActKind.JOIN]

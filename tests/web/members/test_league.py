"""The pages around check-ins: the week's league, the badge wall, the recap of a month, the broadcast."""

from collections.abc import AsyncIterator
from dataclasses import replace

import httpx2
import pytest

from liulian.base.ids import MemberId, SendId
from liulian.community.acts import Purpose
from liulian.community.model import BadgeRuleKind, Broadcast, Reach, Take
from liulian.community.people import MemberActor
from liulian.storage.database import Database
from liulian.web.members.asking import MEMBER_COOKIE
from tests.store.test_checkins import a_challenge
from tests.store.test_feedback import a_badge, a_goal, act_of
from tests.web.api import BASE, client_of
from tests.web.members.a_community import NOON, TODAY, TOKEN, a_community, a_member, plant
from tests.web.people import HERE, Clock

ASKING = MemberActor(community=a_community(), member=a_member())


@pytest.fixture
def clock() -> Clock:
    clock = Clock()
    clock.now = NOON
    return clock


@pytest.fixture
async def member(database: Database, clock: Clock) -> AsyncIterator[httpx2.AsyncClient]:
    """The browser of a member of a community with a challenge."""
    await plant(database)
    async with database.write() as tx:
        await tx.communities.services.add(a_challenge(proof="number", unit="杯"))
    async with client_of(database, base_url=BASE, clock=clock) as client:
        client.headers |= HERE | {"Cookie": f"{MEMBER_COOKIE}={TOKEN}"}
        yield client


async def rival(database: Database, number: int = 71, **changed: object) -> MemberActor:
    other = a_member(id=MemberId(number), nickname=f"对手{number}", **changed)
    async with database.write() as tx:
        await tx.members.add(other)
    return MemberActor(community=ASKING.community, member=other)


async def test_league_shows_all_places_and_ones_own(member: httpx2.AsyncClient, database: Database) -> None:
    await act_of(database, now=NOON, asking=await rival(database))
    await act_of(database, now=NOON, asking=ASKING)

    page = (await member.get("/c/tea/league")).text
    home = (await member.get("/c/tea")).text

    assert "你在第" in page
    assert "对手71" in page
    assert 'aria-current="true"' in page
    assert "转发、关注、拉人都没有分。" in page
    assert "2月23日至3月1日" in page
    assert "对手71" in home


async def test_before_the_first_act_of_a_week_there_is_no_place_and_the_page_says_how_to_get_one(
    member: httpx2.AsyncClient,
) -> None:
    assert "这一周的第一次打卡会带你进入小组" in (await member.get("/c/tea/league")).text


async def test_who_turns_ranking_off_sees_no_places_and_is_seen_by_nobody(
    member: httpx2.AsyncClient, database: Database
) -> None:
    other = await rival(database)
    await act_of(database, now=NOON, asking=ASKING)
    await act_of(database, now=NOON, asking=other)

    answer = await member.post("/c/tea/do/ranking", data={"is_ranked": "0"})

    assert (answer.status_code, answer.headers["location"]) == (303, "/c/tea/league")
    page = (await member.get("/c/tea/league")).text
    assert "你没有参加排名" in page
    assert "对手71" not in page
    async with database.read() as tx:
        seen = await tx.sums.league_around(other.member.id, week=TODAY - 6)
    assert [one.member_id for one in seen] == [other.member.id]


async def test_badge_wall_shows_what_was_earned_when_and_how_far_the_rest_is(
    member: httpx2.AsyncClient, database: Database
) -> None:
    async with database.write() as tx:
        await tx.communities.badges.add(a_badge(3, BadgeRuleKind.CHECK_INS, 1))
        await tx.communities.badges.add(replace(a_badge(4, BadgeRuleKind.STREAK, 7), name="七日"))
    await act_of(database, now=NOON, asking=ASKING)

    page = (await member.get("/c/tea/badges")).text

    assert "3月1日获得" in page
    assert "1 / 7" in page
    assert "1 / 2 枚" in page
    assert "七日" in (await member.get("/c/tea")).text


async def test_recap_tells_what_i_did_and_what_all_did(
    member: httpx2.AsyncClient, database: Database, clock: Clock
) -> None:
    async with database.write() as tx:
        await tx.communities.goals.add(a_goal(2, Reach.TOGETHER, Take.SUM))
    await act_of(database, now=NOON, asking=ASKING, value=3.0)
    await act_of(database, now=NOON, asking=await rival(database), value=4.0)

    page = (await member.get("/c/tea/recap/2026-03")).text
    assert "2026年3月复盘" in page
    assert "7 杯" in page
    assert "约合 0.35 公斤糖" in page
    assert "这个月还没过完" in page
    clock.pass_by(days=32)
    assert "看2026年3月复盘" in (await member.get("/c/tea")).text


@pytest.mark.parametrize("month", ["2026-02", "2026-04", "2026-13", "March"])
async def test_recap_of_a_month_that_is_none_is_not_there(member: httpx2.AsyncClient, month: str) -> None:
    assert (await member.get(f"/c/tea/recap/{month}")).status_code == 404


async def test_stranger_is_led_to_the_promise(member: httpx2.AsyncClient) -> None:
    for path in ("league", "badges", "recap/2026-03"):
        answer = await member.get(f"/c/tea/{path}", headers={"Cookie": ""})
        assert (answer.status_code, answer.headers["location"]) == (303, "/c/tea")


async def test_broadcast_of_the_week_stands_on_the_first_page_for_a_week(
    member: httpx2.AsyncClient, database: Database, clock: Clock
) -> None:
    said = Broadcast(
        id=SendId(5),
        community_id=ASKING.community.id,
        name="本周播报",
        body="本周减少碳排 12.4 公斤\n\n谢谢各位主人",
        purpose=Purpose.PROBLEM,
        sums={},
        created_at=NOON,
        week=TODAY - 6,
        sent_at=NOON,
    )
    async with database.write() as tx:
        assert await tx.broadcasts.add(said)
        assert not await tx.broadcasts.add(replace(said, id=SendId(6)))

    assert "本周减少碳排 12.4 公斤" in (await member.get("/c/tea")).text
    clock.pass_by(days=9)
    assert "本周减少碳排" not in (await member.get("/c/tea")).text


async def test_pages_read_in_english_too(member: httpx2.AsyncClient, database: Database) -> None:
    await act_of(database, now=NOON, asking=ASKING)
    for path, words in (
        ("league", "Nothing for sharing, following or inviting."),
        ("badges", "This community has no badges yet."),
        ("recap/2026-03", "March 2026 in review"),
        ("", "Day 1 in a row"),
    ):
        assert words in (await member.get(f"/c/tea/{path}".rstrip("/"), params={"lang": "en"})).text

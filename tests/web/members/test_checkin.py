"""A tap on a member page: what is taken, what is answered in words with a number, and what the page shows then."""

import asyncio
import re
from collections.abc import AsyncIterator
from dataclasses import replace
from typing import Any

import httpx2
import pytest

from liulian.base.ids import CommunityId, MemberId, encode_id
from liulian.base.secrets import fingerprint
from liulian.community.acts import Act, ActKind
from liulian.community.model import BadgeRuleKind, Member, Reach, Take
from liulian.community.people import IdentityKind, MemberIdentity
from liulian.storage.database import Database
from liulian.web.members.asking import MEMBER_COOKIE
from tests.store.test_checkins import TEA, a_challenge
from tests.store.test_feedback import a_badge, a_goal
from tests.web.api import BASE, client_of, problem
from tests.web.members.a_community import NOON, TODAY, TOKEN, a_community, a_member, plant
from tests.web.people import HERE, Clock

CHECK_IN = "/c/tea/do/check-in"
SERVICE = encode_id(TEA)


@pytest.fixture
def clock() -> Clock:
    clock = Clock()
    clock.now = NOON
    return clock


@pytest.fixture
async def member(database: Database, clock: Clock) -> AsyncIterator[httpx2.AsyncClient]:
    """The browser of a member."""
    await plant(database)
    async with client_of(database, base_url=BASE, clock=clock) as client:
        client.headers |= HERE | {"Cookie": f"{MEMBER_COOKIE}={TOKEN}"}
        yield client


async def offer(database: Database, **definition: Any) -> None:
    async with database.write() as tx:
        await tx.communities.services.add(a_challenge(**definition))


def tap(key: str = "a-tap-1234", **fields: Any) -> dict[str, Any]:
    return {"service": SERVICE, "key": key, "zone": "Asia/Shanghai", **fields}


async def acts(database: Database, *kinds: ActKind) -> list[Act]:
    async with database.read() as tx:
        return await tx.acts.of_member(a_member().id, kinds=kinds or [ActKind.CHECK_IN])


async def test_check_in_answers_what_it_changed_in_words_with_numbers(
    member: httpx2.AsyncClient, database: Database
) -> None:
    await offer(database, proof="number", unit="杯", max=12)
    async with database.write() as tx:
        await tx.communities.goals.add(a_goal(2, Reach.TOGETHER, Take.SUM))
        await tx.communities.badges.add(a_badge(3, BadgeRuleKind.CHECK_INS, 1))

    answer = await member.post(CHECK_IN, json=tap(value="2"))

    assert answer.status_code == 200, answer.text
    told = answer.json()
    assert told["sentences"] == [
        "连续第 1 天 · 21 天里的第 1 天",
        "获得徽章 🌱 三日",
        "大家本周换成茶：2 杯",
        "进入本周小组，暂列第 1 名，一共 1 人",
    ]
    assert (told["points"], told["rank"], told["streak"]["current"], told["is_new"]) == (2, 1, 1, True)
    assert told["goals"][0]["week"] == 2


async def test_english_reader_is_told_the_same(member: httpx2.AsyncClient, database: Database) -> None:
    await offer(database)

    answer = await member.post(CHECK_IN, json=tap(), headers={"Cookie": f"{MEMBER_COOKIE}={TOKEN}; lang=en"})

    assert answer.json()["sentences"][0] == "Day 1 in a row · day 1 of 21"


async def test_tap_told_twice_is_one_act_with_one_answer(member: httpx2.AsyncClient, database: Database) -> None:
    await offer(database)
    first, again = [await member.post(CHECK_IN, json=tap()) for _ in range(2)]

    assert len(await acts(database)) == 1
    assert again.json()["act"] == first.json()["act"]
    assert again.json()["sentences"][0] == "这一次已经记下了。"
    assert len(await acts(database, ActKind.FEEDBACK)) == 1


async def test_check_in_that_waited_without_network_counts_for_its_own_day(
    member: httpx2.AsyncClient, database: Database, clock: Clock
) -> None:
    await offer(database)
    clock.pass_by(days=1)

    answer = await member.post(CHECK_IN, json=tap(at="2026-03-01T15:59:00.000Z"))

    assert answer.status_code == 200, answer.text
    (act,) = await acts(database)
    assert act.day == TODAY


@pytest.mark.parametrize(
    ("fields", "code"),
    [
        ({"at": "2026-02-26T00:00:00Z"}, "check_in_too_old"),
        ({"at": "2026-03-02T00:00:00Z"}, "check_in_future"),
        ({"at": "yesterday"}, "field_form"),
        ({"key": "?"}, "field_form"),
        ({"value": "many"}, "field_type"),
    ],
)
async def test_what_is_refused_says_why(
    member: httpx2.AsyncClient, database: Database, fields: dict[str, str], code: str
) -> None:
    await offer(database, proof="number", unit="杯")

    refused = await member.post(CHECK_IN, json=tap(**{"value": "1", **fields}))

    assert (refused.status_code, refused.json()["errors"][0]["code"]) == (422, code)
    assert await acts(database) == []


async def test_second_tap_of_a_day_is_told_that_it_is_enough(member: httpx2.AsyncClient, database: Database) -> None:
    await offer(database)
    await member.post(CHECK_IN, json=tap())

    member.headers["Accept-Language"] = "zh-CN"
    refused = (await member.post(CHECK_IN, json=tap("another-tap"))).json()

    assert (refused["code"], refused["detail"]) == ("challenge_done_today", "今天的次数已经满了，明天见。")


async def test_stranger_and_another_site_take_part_in_nothing(member: httpx2.AsyncClient, database: Database) -> None:
    await offer(database)

    assert problem(await member.post(CHECK_IN, json=tap(), headers={"Cookie": ""})) == (401, "not_joined")
    foreign = {"Sec-Fetch-Site": "cross-site", "Origin": "https://other.example"}
    assert problem(await member.post(CHECK_IN, json=tap(), headers=foreign)) == (403, "cross_site")
    assert problem(await member.post("/c/coffee/do/check-in", json=tap())) == (404, "not_found")
    assert await acts(database) == []


async def test_challenge_of_another_community_does_not_exist_here(
    member: httpx2.AsyncClient, database: Database
) -> None:
    async with database.write() as tx:
        await tx.communities.add(a_community(id=CommunityId(8), slug="coffee"))
        await tx.communities.services.add(replace(a_challenge(), community_id=CommunityId(8)))

    assert problem(await member.post(CHECK_IN, json=tap())) == (404, "not_found")


async def test_form_without_script_is_led_home_and_shows_that_it_is_done(
    member: httpx2.AsyncClient, database: Database
) -> None:
    await offer(database)
    home = await member.get("/c/tea")
    key = re.search(r'action="/c/tea/do/check-in".*?name="key" value="([^"]+)"', home.text, re.DOTALL)
    assert key is not None, home.text

    form = {"service": SERVICE, "key": key[1]}
    answer = await member.post(CHECK_IN, data=form, headers={"Accept": "text/html"})

    assert (answer.status_code, answer.headers["location"]) == (303, "/c/tea")
    home = await member.get("/c/tea")
    assert "今天完成了" in home.text
    assert "连续第 1 天" in home.text


async def test_missed_day_is_offered_and_made_up(member: httpx2.AsyncClient, database: Database, clock: Clock) -> None:
    await offer(database)
    await member.post(CHECK_IN, json=tap())
    clock.pass_by(days=2)

    assert "补3月2日的卡" in (await member.get("/c/tea")).text
    answer = await member.post("/c/tea/do/make-up", json=tap("made-up-1", for_day="2026-03-02"))

    assert answer.json()["streak"]["current"] == 2
    assert "补3月2日的卡" not in (await member.get("/c/tea")).text


async def test_pause_and_going_on(member: httpx2.AsyncClient, database: Database, clock: Clock) -> None:
    await offer(database)
    await member.post(CHECK_IN, json=tap())
    clock.pass_by(days=1)

    paused = await member.post("/c/tea/do/pause", json=tap("pause-123", days="3"))
    assert paused.json()["sentences"] == ["已暂停到3月4日，连续天数会等你。"]
    assert "恢复打卡" in (await member.get("/c/tea")).text
    clock.pass_by(minutes=1)
    await member.post("/c/tea/do/resume", json=tap("resume-123"))
    answer = await member.post(CHECK_IN, json=tap("next-day-1"))

    assert answer.json()["streak"]["current"] == 2


async def test_goals_of_mine_and_of_all_stand_above(member: httpx2.AsyncClient, database: Database) -> None:
    await offer(database, proof="number", unit="杯")
    async with database.write() as tx:
        await tx.communities.goals.add(a_goal(1, Reach.MEMBER, Take.DAYS))
        await tx.communities.goals.add(a_goal(2, Reach.TOGETHER, Take.SUM))
    await member.post(CHECK_IN, json=tap(value=4))

    home = (await member.get("/c/tea")).text

    assert "<strong>1</strong> / 20 杯" in home
    assert "<strong>4</strong> / 20 杯" in home
    assert "约合 0.2 公斤糖（来源：GB 28050）" in home


async def test_time_until_the_answer_is_written_down(member: httpx2.AsyncClient, database: Database) -> None:
    await offer(database)
    await member.post(CHECK_IN, json=tap())

    (answer,) = await acts(database, ActKind.FEEDBACK)
    (act,) = await acts(database)
    assert (answer.object_id, answer.value) == (act.id, 0.0)


async def test_text_of_a_member_is_in_no_act(member: httpx2.AsyncClient, database: Database) -> None:
    await offer(database, proof="text")

    answer = await member.post(CHECK_IN, json=tap(note="今天喝的是龙井"))

    assert answer.status_code == 200, answer.text
    assert all("龙井" not in str(act) for act in await acts(database, *ActKind))


async def test_those_who_come_in_one_moment_are_all_counted_and_answered(
    member: httpx2.AsyncClient, database: Database
) -> None:
    await offer(database)
    others = [a_member(id=MemberId(number), nickname=f"成员{number}") for number in range(100, 130)]
    async with database.write() as tx:
        for other in others:
            await tx.members.add(other)
            await tx.member_identities.add(a_browser(other))

    answers = await asyncio.gather(
        *(member.post(CHECK_IN, json=tap(), headers={"Cookie": f"{MEMBER_COOKIE}=of-{each.id}"}) for each in others),
        *(member.post(CHECK_IN, json=tap(key=f"a-tap-{number:04d}")) for number in range(3)),
        member.post(CHECK_IN, json=tap(key="?")),
    )

    assert [answer.status_code for answer in answers[:30]] == [200] * 30
    assert sorted(answer.status_code for answer in answers[30:]) == [200, 409, 409, 422]
    assert len({answer.json()["act"] for answer in answers[:30]}) == 30
    async with database.read() as tx:
        written = await tx.acts.list_page(CommunityId(7), after=0, limit=200)
    assert sum(act.kind is ActKind.CHECK_IN for act in written) == 31


def a_browser(member: Member) -> MemberIdentity:
    return MemberIdentity(
        community_id=member.community_id,
        kind=IdentityKind.DEVICE,
        subject=fingerprint(f"of-{member.id}"),
        member_id=member.id,
        created_at=NOON,
        seen_at=NOON,
    )

"""Self-tests and advice as members meet them."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import httpx2

from liulian.base.ids import CommunityId, ServiceId, encode_id
from liulian.community.acts import ActKind, Purpose
from liulian.community.model import CommunitySettings, Service, ServiceKind, ServiceState, ServiceVersion
from tests.web.members.a_community import NOON
from tests.web.members.browsers import Square, hidden, join

TEST = ServiceId(77)
TEST_AT, ADVICE_AT = f"/c/tea/tests/{encode_id(77)}", f"/c/tea/advice/{encode_id(78)}"
DEFINITION: dict[str, Any] = {
    "about": "十秒看看你的一天有多甜。",
    "items": [
        {
            "key": "sweet",
            "kind": "choice",
            "text": "喝含糖饮料吗？",
            "options": [{"value": 0, "text": "从不"}, {"value": 2, "text": "每天"}],
        },
        {"key": "cups", "kind": "number", "text": "每天几杯？", "min": 0, "max": 6, "unit": "杯"},
        {
            "key": "when",
            "kind": "multi",
            "text": "什么时候？",
            "is_scored": False,
            "options": [{"value": 1, "text": "早上"}, {"value": 2, "text": "深夜"}],
        },
    ],
    "bands": [
        {"key": "low", "from": 0, "to": 3, "name": "清爽", "text": "保持下去。"},
        {"key": "high", "from": 4, "to": 8, "name": "偏甜"},
    ],
    "better": "lower",
    "change": {"value": 3, "source": "两周重测，40 人"},
}
ADVICE: dict[str, Any] = {
    "self_test": encode_id(77),
    "general": "先喝一杯水。",
    "rules": [
        {"key": "late", "text": "睡前两小时不喝。", "when": {"all": [{"item": "when", "op": "has", "value": 2}]}}
    ],
}


def a_service(**changed: Any) -> Service:
    service = Service(
        id=TEST,
        community_id=CommunityId(7),
        kind=ServiceKind.SELF_TEST,
        name="甜度自测",
        state=ServiceState.ACTIVE,
        purpose=Purpose.PROBLEM,
        version=1,
        definition=DEFINITION,
        created_at=NOON,
        updated_at=NOON,
    )
    return replace(service, **changed)


async def planted(square: Square, **changed: Any) -> None:
    """Store a community with a self-test and advice that rests on it."""
    card = {
        "name": "松鼠酱阿栗",
        "about": "工作日回复。",
        "contact": "ali@example.com",
        "url": "https://example.com/ali",
    }
    await square.plant(settings=CommunitySettings(staff_card=card))
    async with square.database.write() as tx:
        await tx.communities.services.add(a_service(**changed))
        await tx.communities.services.add(
            a_service(id=ServiceId(78), kind=ServiceKind.ADVICE, name="今日建议", definition=ADVICE)
        )
        await tx.communities.add_version(
            ServiceVersion(service_id=TEST, version=1, definition=DEFINITION, created_at=NOON)
        )


async def taken(client: httpx2.AsyncClient, **answers: str | list[str]) -> httpx2.Response:
    """Fill in the form as it comes, and send it."""
    page = await client.get(TEST_AT)
    fields: dict[str, Any] = {"version": hidden(page, "version"), "once": hidden(page, "once"), "consent": "1"}
    given = {"sweet": "2", "cups": "4", "when": ["1", "2"]} | answers
    return await client.post(TEST_AT, data=fields | {f"a.{key}": value for key, value in given.items()})


async def test_self_test_is_taken_and_answered_with_its_band(square: Square) -> None:
    await planted(square)
    async with square.browser() as client:
        await join(client)
        page = await client.get(TEST_AT)
        answer = await taken(client)
        home = await client.get("/c/tea")

    assert page.status_code == 200
    assert "喝含糖饮料吗？" in page.text
    assert "我同意保存我的自测答案" in page.text
    assert answer.status_code == 200, answer.text
    assert "偏甜" in answer.text
    assert '<strong class="number">6</strong>' in answer.text
    assert 'role="status"' in answer.text
    assert "偏甜" in home.text


async def test_what_was_answered_stays_when_something_is_missing(square: Square) -> None:
    await planted(square)
    async with square.browser() as client:
        await join(client)
        answer = await taken(client, cups="9", sweet=[])

    assert answer.status_code == 422
    assert "还有 2 题要看一下" in answer.text
    assert 'value="9"' in answer.text
    assert 'value="2" checked' in answer.text
    assert "请填 0 到 6 之间的数。" in answer.text
    assert 'name="consent" value="1" checked' in answer.text
    assert [act.kind for act in await square.acts()] == [ActKind.JOIN]


async def test_health_answers_are_not_taken_without_consent(square: Square) -> None:
    await planted(square)
    async with square.browser() as client:
        await join(client)
        answer = await client.post(TEST_AT, data={"version": "1", "a.sweet": "0", "a.cups": "1"})
        both = await client.post(TEST_AT, data={"version": "1", "a.cups": "1"})

    assert (answer.status_code, both.status_code) == (422, 422)
    assert "没有你的同意" in answer.text
    assert 'value="0" checked' in answer.text
    assert "没有你的同意" in both.text
    assert "请回答这一题。" in both.text  # All of it at once.


async def test_small_change_is_called_perhaps_chance_and_a_large_one_real(square: Square) -> None:
    await planted(square)
    async with square.browser() as client:
        await join(client)
        await taken(client)
        square.clock.pass_by(days=7)
        small = await taken(client, cups="3")
        square.clock.pass_by(days=7)
        large = await taken(client, cups="0")

    assert "可能只是偶然" in small.text
    assert "两周重测，40 人" in small.text
    assert "好转了 3" in large.text
    assert "<polyline" in large.text
    assert large.text.count("偏甜") >= 2


async def test_old_attempt_keeps_its_band_when_the_test_changes(square: Square) -> None:
    await planted(square)
    renamed = DEFINITION | {"bands": [{"key": "high", "from": 0, "to": 8, "name": "全新一档"}]}
    async with square.browser() as client:
        await join(client)
        before = await client.get(TEST_AT)
        await taken(client)
        async with square.database.write() as tx:
            await tx.communities.services.replace(a_service(version=2, definition=renamed))
        result = await client.get(f"{TEST_AT}/result")
        stale = await client.post(TEST_AT, data={"version": hidden(before, "version"), "a.sweet": "0", "a.cups": "1"})

    assert "偏甜" in result.text
    assert "全新一档" not in result.text
    assert "后来有了改动" in result.text
    assert stale.status_code == 422
    assert "请再看一遍" in stale.text


async def test_advice_cites_the_answer_and_ends_with_the_staff_card(square: Square) -> None:
    await planted(square)
    async with square.browser() as client:
        await join(client)
        general = await client.get(ADVICE_AT)
        await taken(client)
        own = await client.get(ADVICE_AT)
        await client.get(ADVICE_AT)
        code = await client.get("/c/tea/advice/staff.svg")

    assert "先喝一杯水。" in general.text
    assert "睡前两小时不喝。" not in general.text
    assert "睡前两小时不喝。" in own.text
    assert "因为在“什么时候？”里，你选了“早上和深夜”。" in own.text
    assert own.text.index("睡前两小时不喝。") < own.text.index("问顾问：松鼠酱") < own.text.index("ali@example.com")
    assert code.headers["Content-Type"] == "image/svg+xml"
    kinds = [act.kind for act in await square.acts()]
    assert kinds.count(ActKind.ADVICE) == 2  # What is general, and what is theirs, once each.


async def test_who_switched_advice_off_sees_what_is_general_only(square: Square) -> None:
    await planted(square)
    async with square.browser() as client:
        await join(client)
        await taken(client)
        (member,) = await square.members()
        async with square.database.write() as tx:
            await tx.members.update(member.id, is_advised=False)
        page = await client.get(ADVICE_AT)

    assert "睡前两小时不喝。" not in page.text
    assert "你关掉了个性化建议" in page.text


async def test_answers_are_shown_to_staff_only_with_a_tick_and_until_it_is_taken_back(square: Square) -> None:
    await planted(square)

    async def shared() -> int:
        async with square.database.read() as tx:
            return len(await tx.attempts.list_shared(CommunityId(7), before=2**63 - 1, limit=9))

    async with square.browser() as client:
        await join(client)
        page = await taken(client)
        attempt = {"attempt": hidden(page, "attempt")}
        assert await shared() == 0
        await client.post(f"{TEST_AT}/share", data=attempt)
        assert await shared() == 0
        done = await client.post(f"{TEST_AT}/share", data=attempt | {"share_with_staff": "1"})
        assert (done.status_code, await shared()) == (303, 1)
        async with square.browser() as other:
            await join(other)
            foreign = await other.post(f"{TEST_AT}/share", data=attempt)
        assert (foreign.status_code, await shared()) == (404, 1)
        await client.post(f"{TEST_AT}/share", data=attempt)
        assert await shared() == 0


async def test_only_members_see_tests_and_drafts_are_nobodys(square: Square) -> None:
    await planted(square, state=ServiceState.DRAFT)
    async with square.browser() as stranger:
        led_away = await stranger.get(TEST_AT)
    async with square.browser() as client:
        await join(client)
        draft = await client.get(TEST_AT)
        nonsense = await client.get("/c/tea/tests/nonsense")
        advice_is_no_test = await client.get(f"/c/tea/tests/{encode_id(78)}")

    assert led_away.status_code == 303
    assert [each.status_code for each in (draft, nonsense, advice_is_no_test)] == [404, 404, 404]


async def test_ended_test_shows_its_result_and_takes_nothing(square: Square) -> None:
    await planted(square)
    async with square.browser() as client:
        await join(client)
        await taken(client)
        async with square.database.write() as tx:
            await tx.communities.services.replace(a_service(state=ServiceState.ENDED))
        form, result = await client.get(TEST_AT), await client.get(f"{TEST_AT}/result")

    assert "不收答案" in form.text
    assert '<form class="form"' not in form.text
    assert "偏甜" in result.text


async def test_pages_speak_english_too(square: Square) -> None:
    await planted(square)
    square.clock.now += timedelta(hours=1)
    async with square.browser() as client:
        await join(client)
        listed = await client.get("/c/tea/tests?lang=en")
        page = await client.get(TEST_AT)

    assert "Begin" in listed.text
    assert "See the result" in page.text

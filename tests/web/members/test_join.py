"""Joining by one tap."""

from dataclasses import replace

import httpx2
import pytest

from liulian.base.ids import encode_id
from liulian.base.secrets import random_token
from liulian.community.acts import ActKind, Source
from liulian.community.model import CommunityState, MemberState
from liulian.community.people import ConsentKind
from liulian.web.members import join as joining
from tests.web.members.a_community import a_community
from tests.web.members.browsers import CHANNEL, Square, hidden, join

OF_CHANNEL = encode_id(CHANNEL.id)


async def test_one_tap_makes_a_member_whom_the_channel_brought(square: Square) -> None:
    await square.plant()
    async with square.browser() as client:
        page = await client.get(f"/c/tea/join?ch={OF_CHANNEL}")
        done = await join(client, device=hidden(page, "device"), ch=hidden(page, "ch"), zone="Europe/Berlin")
        home = await client.get("/c/tea")

    (member,) = await square.members()
    (act,) = await square.acts()
    assert done.headers["Location"] == "/c/tea"
    assert (member.channel_id, member.link_id, member.zone) == (CHANNEL.id, CHANNEL.link_id, "Europe/Berlin")
    assert member.nickname.startswith("主人·")
    assert (act.kind, act.source) == (ActKind.JOIN, Source(link_id=CHANNEL.link_id, channel_id=CHANNEL.id))
    assert str(member.id) not in act.key
    assert '<nav class="tabs"' in home.text


async def test_cookie_is_for_this_community_and_no_script(square: Square) -> None:
    await square.plant()
    async with square.browser() as client:
        cookie = (await join(client)).headers["Set-Cookie"]

    assert cookie.startswith("liulian_member=")
    assert {"HttpOnly", "Path=/c/tea", "SameSite=lax", "Secure"} <= set(cookie.split("; "))


async def test_channel_is_remembered_until_the_join(square: Square) -> None:
    await square.plant()
    async with square.browser() as client:
        await client.get(f"/c/tea/join?ch={OF_CHANNEL}")
        await join(client)

    assert (await square.members())[0].channel_id == CHANNEL.id


@pytest.mark.parametrize("channel", ["", "nonsense", encode_id(1), "'; DROP TABLE members"])
async def test_channel_that_is_none_brings_nobody_and_stops_nobody(square: Square, channel: str) -> None:
    await square.plant()
    async with square.browser() as client:
        await join(client, ch=channel)

    assert (await square.members())[0].channel_id is None


async def test_second_tap_is_the_same_member(square: Square) -> None:
    await square.plant()
    async with square.browser() as first, square.browser() as second:
        page = await first.get("/c/tea/join")
        device = hidden(page, "device")
        second.cookies = httpx2.Cookies(first.cookies)
        await join(first, device=device)
        await join(second, device=device)  # The same form, before its cookie came back.
        await join(first)

        assert len(await square.members()) == 1
        assert len(await square.acts()) == 1
        assert '<nav class="tabs"' in (await second.get("/c/tea")).text


async def test_two_pages_of_one_browser_are_one_member(square: Square) -> None:
    await square.plant()
    async with square.browser() as client:
        pages = [await client.get(path) for path in ("/c/tea", "/c/tea/join")]
        kept = httpx2.Cookies(client.cookies)
        for page in pages:
            client.cookies = httpx2.Cookies(kept)  # Both were tapped before an answer came.
            await join(client, device=hidden(page, "device"))

    assert len(await square.members()) == 1


async def test_browser_without_cookies_is_told_so_and_joins_nobody(square: Square) -> None:
    await square.plant()
    async with square.browser() as client:
        for tried in ("/c/tea", "/c/tea/join"):
            page = await client.get(tried)
            client.cookies.clear()
            answer = await client.post("/c/tea/join", data={"device": hidden(page, "device"), "nickname": "小林"})
            client.cookies.clear()
            assert answer.status_code == 409
            assert "没有保存 Cookie" in answer.text
            assert "小林" in answer.text

    assert await square.members() == []


async def test_form_of_another_site_joins_nobody(square: Square) -> None:
    await square.plant()
    async with square.browser() as client:
        answer = await client.post("/c/tea/join", headers={"Sec-Fetch-Site": "cross-site"})

    assert answer.status_code == 403
    assert await square.members() == []


async def test_token_in_a_form_is_believed_only_from_a_page_of_ours(square: Square) -> None:
    await square.plant()
    token = random_token()
    async with square.browser() as client:
        del client.headers["Sec-Fetch-Site"]  # An old web view, which says nothing.
        await join(client, device=token)
        given = client.cookies["liulian_member"]

    assert given != token


async def test_nickname_and_zone_are_the_members_own_where_they_make_sense(square: Square) -> None:
    await square.plant()
    async with square.browser() as client:
        await join(client, nickname="  小  林 ", zone="Middle/Earth")

    (member,) = await square.members()
    assert (member.nickname, member.zone) == ("小 林", "Asia/Shanghai")


@pytest.mark.parametrize("nickname", ["长" * 25, "left\u202eright", "\u3164", "\u2800", "松鼠 酱"])
async def test_refused_nickname_is_told_at_its_field_with_what_was_typed(square: Square, nickname: str) -> None:
    await square.plant()
    async with square.browser() as client:
        answer = await client.post("/c/tea/join", data={"nickname": nickname})

    assert answer.status_code == 422
    assert 'aria-describedby="nickname-problem"' in answer.text
    assert nickname in answer.text
    assert await square.members() == []


async def test_children_join_by_a_guardian_who_agrees(square: Square) -> None:
    tea = a_community()
    await square.plant(settings=replace(tea.settings, for_children=True))
    async with square.browser() as client:
        refused = await client.post("/c/tea/join", data={"ward": "小米"})
        await join(client, ward="小米", guardian="1")

    (member,) = await square.members()
    async with square.database.read() as tx:
        agreed = {consent.kind for consent in await tx.consents.list_of(member.id)}
    assert refused.status_code == 422
    assert member.ward == "小米"
    assert agreed == {ConsentKind.TERMS, ConsentKind.GUARDIAN}


async def test_one_tap_asks_for_no_health_consent(square: Square) -> None:
    tea = a_community()
    await square.plant(settings=replace(tea.settings, asks_health=True))
    async with square.browser() as client:
        await join(client)

    async with square.database.read() as tx:
        assert not await tx.consents.has((await square.members())[0].id, ConsentKind.HEALTH)


async def test_closed_community_says_so_and_a_draft_is_not_there(square: Square) -> None:
    await square.plant(state=CommunityState.CLOSED)
    await square.plant(id=8, slug="draft", state=CommunityState.DRAFT)
    async with square.browser() as client:
        closed = await client.post("/c/tea/join")
        draft = await client.post("/c/draft/join")

    assert closed.status_code == 409
    assert "不再接受新成员" in closed.text
    assert draft.status_code == 404
    assert await square.members() == []


async def test_who_left_comes_back_with_their_history(square: Square) -> None:
    await square.plant()
    async with square.browser() as client:
        await join(client, nickname="小林")
        (before,) = await square.members()
        async with square.database.write() as tx:
            await tx.members.update(before.id, state=MemberState.LEFT, left_at=square.clock())
        page = await client.get("/c/tea/join")
        await join(client)

    (after,) = await square.members()
    assert "欢迎回来" in page.text
    assert (after.id, after.nickname, after.state, after.left_at) == (before.id, "小林", MemberState.ACTIVE, None)
    assert [act.kind for act in await square.acts()] == [ActKind.JOIN, ActKind.JOIN]


async def test_mass_joins_from_one_address_are_slowed_down(square: Square, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(joining, "JOINS_PER_HOUR", 2)
    await square.plant()
    async with square.browser() as one, square.browser() as two, square.browser() as three:
        await join(one)
        await join(one)  # Nobody new.
        await join(two)
        refused = await three.post("/c/tea/join")

    assert refused.status_code == 429
    assert int(refused.headers["Retry-After"]) > 0
    assert len(await square.members()) == 2

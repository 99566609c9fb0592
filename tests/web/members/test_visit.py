"""Opening a page is one act for each browser session and day, told after the page stands."""

from collections.abc import AsyncIterator

import httpx2
import pytest

from liulian.base.ids import ChannelId, LinkId, encode_id
from liulian.community.acts import NO_SOURCE, Act, ActKind, Purpose
from liulian.community.model import ChannelLink
from liulian.storage.database import Database
from liulian.web.members.asking import MEMBER_COOKIE
from tests.web.api import BASE, client_of, problem
from tests.web.members.a_community import NOON, TODAY, TOKEN, a_community, a_member, plant
from tests.web.people import HERE, Clock

VISIT = "/c/tea/do/visit"
NONCE = "session-1a2b"


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


async def visits(database: Database) -> list[Act]:
    async with database.read() as tx:
        return await tx.acts.of_member(a_member().id, kinds=[ActKind.VISIT])


async def test_session_is_one_visit_a_day(member: httpx2.AsyncClient, database: Database, clock: Clock) -> None:
    for _ in range(2):
        assert (await member.post(VISIT, json={"nonce": NONCE})).status_code == 204
    clock.pass_by(days=1)
    await member.post(VISIT, json={"nonce": NONCE})
    await member.post(VISIT, json={"nonce": "session-3c4d"})

    found = await visits(database)
    assert [act.day for act in found] == [TODAY, TODAY + 1, TODAY + 1]
    assert {act.source for act in found} == {NO_SOURCE}


async def test_channel_that_brought_a_member_back_is_its_source(member: httpx2.AsyncClient, database: Database) -> None:
    poster = ChannelLink(
        id=ChannelId(5),
        community_id=a_community().id,
        link_id=LinkId(9),
        name="海报",
        purpose=Purpose.PROBLEM,
        created_at=NOON,
    )
    async with database.write() as tx:
        await tx.communities.channels.add(poster)

    await member.post(VISIT, json={"nonce": NONCE, "ch": encode_id(5)})
    await member.post(VISIT, json={"nonce": "another-nonce", "ch": encode_id(6)})

    first, second = [act.source for act in await visits(database)]
    assert (first.channel_id, first.link_id) == (5, 9)
    assert second == NO_SOURCE


async def test_day_is_the_one_where_the_member_is(member: httpx2.AsyncClient, database: Database) -> None:
    await member.post(VISIT, json={"nonce": NONCE, "zone": "America/Los_Angeles"})
    await member.post(VISIT, json={"nonce": "another-nonce", "zone": "Mars/Olympus"})

    assert [(act.day, act.zone) for act in await visits(database)] == [
        (TODAY - 1, "America/Los_Angeles"),
        (TODAY - 1, "America/Los_Angeles"),  # Mars is nowhere: they are where they were last seen.
    ]


async def test_script_that_opens_a_thousand_sessions_is_not_counted_on(
    member: httpx2.AsyncClient, database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("liulian.web.members.visit.VISITS_PER_DAY_MAX", 3)
    for number in range(5):
        assert (await member.post(VISIT, json={"nonce": f"session-{number}"})).status_code == 204

    assert len(await visits(database)) == 3


@pytest.mark.parametrize("nonce", [None, "", "short", "x" * 41, "with space here", 7])
async def test_session_without_a_proper_name_is_refused(member: httpx2.AsyncClient, nonce: object) -> None:
    assert problem(await member.post(VISIT, json={"nonce": nonce})) == (422, "invalid_request")


async def test_stranger_and_foreign_page_tell_nothing(member: httpx2.AsyncClient, database: Database) -> None:
    foreign = await member.post(VISIT, json={"nonce": NONCE}, headers={"Sec-Fetch-Site": "cross-site"})
    stranger = await member.post(VISIT, json={"nonce": NONCE}, headers={"Cookie": "a=b"})

    assert foreign.status_code == 403
    assert problem(stranger) == (401, "not_joined")
    assert await visits(database) == []

"""Who travels has one today: that of the browser in their hand, on every page and for every tap."""

from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta

import httpx2
import pytest

from liulian.community.acts import ActKind
from liulian.storage.database import Database
from liulian.web.members.asking import MEMBER_COOKIE
from tests.store.test_checkins import a_challenge
from tests.web.api import BASE, client_of
from tests.web.members.a_community import TOKEN, a_member, plant
from tests.web.members.test_checkin import CHECK_IN, tap
from tests.web.people import HERE, Clock

VISIT = "/c/tea/do/visit"
NEW_YORK = "America/New_York"
EVENING = datetime(2026, 3, 2, 2, tzinfo=UTC)  # Monday in Shanghai, still Sunday in New York.
FORM = 'action="/c/tea/do/check-in"'


@pytest.fixture
def clock() -> Clock:
    clock = Clock()
    clock.now = EVENING
    return clock


@pytest.fixture
async def member(database: Database, clock: Clock) -> AsyncIterator[httpx2.AsyncClient]:
    """The browser of a member who joined in Shanghai."""
    await plant(database)
    async with database.write() as tx:
        await tx.communities.services.add(a_challenge())
    async with client_of(database, base_url=BASE, clock=clock) as client:
        client.headers |= HERE | {"Cookie": f"{MEMBER_COOKIE}={TOKEN}"}
        yield client


async def zone_of(database: Database) -> str:
    async with database.read() as tx:
        member = await tx.members.find(a_member().id)
    assert member is not None
    return member.zone


async def test_home_page_knows_the_check_in_made_in_another_zone(member: httpx2.AsyncClient) -> None:
    assert FORM in (await member.get("/c/tea")).text

    answer = await member.post(CHECK_IN, json=tap(zone=NEW_YORK))

    assert answer.status_code == 200, answer.text
    page = (await member.get("/c/tea")).text
    assert FORM not in page
    assert "今天，还没打卡" not in page


async def test_visit_moves_the_zone_and_says_that_the_page_was_made_for_another_day(
    member: httpx2.AsyncClient, database: Database
) -> None:
    first = await member.post(VISIT, json={"nonce": "session-1a2b", "zone": NEW_YORK})
    again = await member.post(VISIT, json={"nonce": "session-1a2b", "zone": NEW_YORK})

    assert (first.status_code, first.json()) == (200, {"is_other_day": True})
    assert again.status_code == 204
    assert await zone_of(database) == NEW_YORK


async def test_zone_that_is_none_moves_nobody(member: httpx2.AsyncClient, database: Database) -> None:
    await member.post(VISIT, json={"nonce": "session-1a2b", "zone": "Mars/Olympus"})
    await member.post(CHECK_IN, json=tap(zone="Mars/Olympus"))

    assert await zone_of(database) == "Asia/Shanghai"


async def test_what_waited_without_network_says_where_somebody_was_not_where_they_are(
    member: httpx2.AsyncClient, database: Database, clock: Clock
) -> None:
    clock.pass_by(hours=5)

    await member.post(CHECK_IN, json=tap(zone=NEW_YORK, at=(EVENING + timedelta(hours=1)).isoformat()))

    assert await zone_of(database) == "Asia/Shanghai"


async def test_days_of_what_was_done_before_stay_what_they_were(member: httpx2.AsyncClient, database: Database) -> None:
    await member.post(CHECK_IN, json=tap())
    async with database.read() as tx:
        before = await tx.acts.of_member(a_member().id, kinds=[ActKind.CHECK_IN])

    await member.post(VISIT, json={"nonce": "session-1a2b", "zone": NEW_YORK})

    async with database.read() as tx:
        assert await tx.acts.of_member(a_member().id, kinds=[ActKind.CHECK_IN]) == before

"""A challenge that takes so many a week says when the week is full, and asks for nothing it would refuse."""

from collections.abc import AsyncIterator

import httpx2
import pytest

from liulian.storage.database import Database
from liulian.web.members.asking import MEMBER_COOKIE
from tests.store.test_checkins import a_challenge
from tests.web.api import BASE, client_of
from tests.web.members.a_community import NOON, TOKEN, plant
from tests.web.members.test_checkin import CHECK_IN, tap
from tests.web.people import HERE, Clock

FORM = 'action="/c/tea/do/check-in"'


@pytest.fixture
def clock() -> Clock:
    clock = Clock()
    clock.now = NOON
    clock.pass_by(days=1)  # A Monday.
    return clock


@pytest.fixture
async def member(database: Database, clock: Clock) -> AsyncIterator[httpx2.AsyncClient]:
    """The browser of a member with a challenge for once a week."""
    await plant(database)
    async with database.write() as tx:
        await tx.communities.services.add(a_challenge(times_per_week=1, per_week=1))
    async with client_of(database, base_url=BASE, clock=clock) as client:
        client.headers |= HERE | {"Cookie": f"{MEMBER_COOKIE}={TOKEN}"}
        yield client


async def test_page_of_a_full_week_asks_for_nothing(member: httpx2.AsyncClient, clock: Clock) -> None:
    assert FORM in (await member.get("/c/tea")).text
    assert (await member.post(CHECK_IN, json=tap())).status_code == 200
    clock.pass_by(days=1)

    page = (await member.get("/c/tea")).text

    assert (await member.post(CHECK_IN, json=tap("another-tap"))).status_code == 409
    assert FORM not in page
    assert 'action="/c/tea/do/make-up"' not in page
    assert "这一周已经做够了，下周一见。" in page


async def test_next_week_asks_again(member: httpx2.AsyncClient, clock: Clock) -> None:
    await member.post(CHECK_IN, json=tap())
    clock.pass_by(days=7)

    assert FORM in (await member.get("/c/tea")).text

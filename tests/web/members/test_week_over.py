"""A check-in that waited without network over the end of a week is one of that week, and says so."""

from collections.abc import AsyncIterator
from datetime import timedelta

import httpx2
import pytest

from liulian.community.model import Reach, Take
from liulian.storage.database import Database
from liulian.web.members.asking import MEMBER_COOKIE
from tests.store.test_checkins import a_challenge
from tests.store.test_feedback import a_goal
from tests.web.api import BASE, client_of
from tests.web.members.a_community import NOON, TOKEN, plant
from tests.web.members.test_checkin import CHECK_IN, tap
from tests.web.people import HERE, Clock


@pytest.fixture
def clock() -> Clock:
    clock = Clock()
    clock.now = NOON + timedelta(days=1)  # A Monday.
    return clock


@pytest.fixture
async def member(database: Database, clock: Clock) -> AsyncIterator[httpx2.AsyncClient]:
    """The browser of a member."""
    await plant(database)
    async with database.write() as tx:
        await tx.communities.services.add(a_challenge())
        await tx.communities.goals.add(a_goal(2, Reach.TOGETHER, Take.COUNT))
    async with client_of(database, base_url=BASE, clock=clock) as client:
        client.headers |= HERE | {"Cookie": f"{MEMBER_COOKIE}={TOKEN}"}
        yield client


async def test_check_in_of_last_week_is_told_of_last_week(member: httpx2.AsyncClient) -> None:
    late = (await member.post(CHECK_IN, json=tap(at=NOON.isoformat()))).json()["sentences"]
    today = (await member.post(CHECK_IN, json=tap("another-tap"))).json()["sentences"]

    assert late[1:] == ["大家上周换成茶：1 杯", "记入上周：第 1 名，一共 1 人"]
    assert today[1:] == ["大家本周换成茶：1 杯", "进入本周小组，暂列第 1 名，一共 1 人"]

"""A goal that comes after acts counts them as if it had been there first. On every database."""

from dataclasses import replace

import pytest
from sqlalchemy import select

from liulian.base.ids import ActId, CommunityId, MemberId
from liulian.community.acts import Act, ActKind
from liulian.community.model import Goal, Measure, Reach, Take
from liulian.storage.act_tables import goal_days
from liulian.storage.database import Database, Transaction
from tests.store.test_acts import an_act
from tests.store.test_communities import a_goal

START = 20_514


def a_check_in(number: int, **changed: object) -> Act:
    return an_act(number, value=2.0, object_id=9, **changed)


def counting(take: Take, **changed: object) -> Goal:
    measure = Measure(kind=ActKind.CHECK_IN, take=take, object_id=9)
    return replace(a_goal(measure=measure, starts_on=START, ends_on=START + 3), **changed)  # type: ignore[arg-type]


async def days_of(tx: Transaction) -> dict[int, tuple[float, int]]:
    rows = await tx.connection.execute(select(goal_days).order_by(goal_days.c.day))
    return {row.day: (row.total, row.acts) for row in rows}


async def tell(tx: Transaction) -> None:
    """Write acts on the days of the goal and around them, of two members, one of them made up, one of another thing."""
    await tx.acts.append(
        [
            a_check_in(1),
            a_check_in(2),
            a_check_in(3, day=START + 1, member_id=MemberId(71)),
            a_check_in(4, kind=ActKind.MAKE_UP, for_day=START + 2),
            a_check_in(9),
            replace(a_check_in(5, day=START), object_id=8),
            a_check_in(6, day=START, community_id=CommunityId(8)),
        ]
    )


@pytest.mark.parametrize(
    ("take", "days"),
    [
        (Take.COUNT, {START: (1.0, 1), START + 1: (2.0, 2), START + 2: (1.0, 1)}),
        (Take.SUM, {START: (2.0, 1), START + 1: (4.0, 2), START + 2: (2.0, 1)}),
        (Take.DAYS, {START: (1.0, 1), START + 1: (2.0, 2), START + 2: (1.0, 1)}),
    ],
)
async def test_new_goal_counts_what_was_done_before(
    database: Database, take: Take, days: dict[int, tuple[float, int]]
) -> None:
    async with database.write() as tx:
        await tell(tx)

        await tx.communities.count_goal(counting(take))

        assert await days_of(tx) == days


async def test_counting_again_changes_nothing(database: Database) -> None:
    async with database.write() as tx:
        await tell(tx)
        await tx.communities.count_goal(counting(Take.COUNT))
        before = await days_of(tx)

        await tx.communities.count_goal(counting(Take.COUNT))

        assert await days_of(tx) == before


async def test_voided_act_is_not_counted(database: Database) -> None:
    async with database.write() as tx:
        await tell(tx)
        void = an_act(20, kind=ActKind.VOID, object_id=int(ActId(1)), value=1.0)
        await tx.acts.append([void])

        await tx.communities.count_goal(counting(Take.COUNT))

        assert START not in await days_of(tx)


async def test_goal_that_becomes_each_members_own_has_no_sums(database: Database) -> None:
    async with database.write() as tx:
        await tell(tx)
        await tx.communities.count_goal(counting(Take.COUNT))

        await tx.communities.count_goal(counting(Take.COUNT, reach=Reach.MEMBER))

        assert await days_of(tx) == {}

"""Who leaves and comes back is nobody new: in what is shown, and in what the log comes to. On every database."""

from datetime import timedelta

import pytest

from liulian.base.ids import CommunityId, IdSource, MemberId
from liulian.community.acts import ActKind
from liulian.community.merging import MergeDesk, merge
from liulian.community.model import Goal, Measure, Member, Reach, Take
from liulian.community.recording import act_by, record
from liulian.storage.database import Database, Transaction
from liulian.storage.rebuild import rebuild, shown_sums
from tests.store.test_feedback import a_goal, plant
from tests.web.members.a_community import NOON, TODAY, a_member

IDS = IdSource()
COMMUNITY = CommunityId(7)


def newcomers(take: Take = Take.COUNT, **changed: int) -> Goal:
    return a_goal(5, Reach.TOGETHER, take, measure=Measure(kind=ActKind.JOIN, take=take), **changed)


async def join(tx: Transaction, member: Member, *days: int) -> None:
    for day in days:
        joined = act_by(member, ActKind.JOIN, ids=IDS, at=NOON + timedelta(days=day))
        await record([joined], log=tx.log, now=NOON)


async def days_of(tx: Transaction) -> dict[int, float]:
    shown = await shown_sums(tx.connection, COMMUNITY)
    return {day - TODAY: total for (_, day), (total, _) in sorted(shown.goals.items())}


@pytest.mark.parametrize("take", [Take.COUNT, Take.DAYS])
async def test_member_who_comes_back_moves_no_goal(database: Database, take: Take) -> None:
    member, other = a_member(id=MemberId(101)), a_member(id=MemberId(102))
    await plant(database, member, other)
    async with database.write() as tx:
        await tx.communities.goals.add(newcomers(take))
        await join(tx, member, 0, 0, 1, 3)
        await join(tx, other, 1)

        assert await days_of(tx) == {0: 1, 1: 1, 3: 0}
        assert await rebuild(tx.connection, COMMUNITY) == 0


async def test_act_of_joining_that_is_heard_of_late_is_the_first_all_the_same(database: Database) -> None:
    member = a_member(id=MemberId(101))
    await plant(database, member)
    async with database.write() as tx:
        await tx.communities.goals.add(newcomers())
        await join(tx, member, 3, 1)

        assert await days_of(tx) == {1: 1, 3: 0}
        assert await rebuild(tx.connection, COMMUNITY) == 0


async def test_two_members_who_are_one_joined_once(database: Database) -> None:
    older = a_member(id=MemberId(101))
    younger = a_member(id=MemberId(102), joined_at=NOON + timedelta(days=2))
    await plant(database, older, younger)
    async with database.write() as tx:
        await tx.communities.goals.add(newcomers())
        await join(tx, older, 0)
        await join(tx, younger, 2)

        await merge(older, younger, desk=MergeDesk(tx=tx, ids=IDS, now=NOON))

        assert await days_of(tx) == {0: 1, 2: 0}
        assert await rebuild(tx.connection, COMMUNITY) == 0
        assert await tx.members.count_joined(COMMUNITY, first=TODAY, last=TODAY + 9) == 1


async def test_goal_that_begins_later_counts_no_old_member_as_new(database: Database) -> None:
    member = a_member(id=MemberId(101))
    await plant(database, member)
    async with database.write() as tx:
        goal = newcomers(starts_on=TODAY + 2)
        await tx.communities.goals.add(goal)
        await join(tx, member, 0, 4)
        before = await days_of(tx)

        await tx.communities.count_goal(goal)

        assert before == {4: 0}
        assert await days_of(tx) == before

"""Members of a removed community are erased a month later, all of them, and nobody else."""

from datetime import timedelta

from liulian.base.ids import CommunityId, MemberId
from liulian.community.model import MemberState
from liulian.storage.database import Database
from liulian.storage.farewell import KEPT_FOR, STEP, erase_removed
from tests.store.test_member_moves import ids
from tests.web.members.a_community import NOON, a_community, a_member, plant

LATER = NOON + KEPT_FOR + timedelta(seconds=1)


async def test_members_of_a_removed_community_are_erased_a_month_later_and_nobody_else(database: Database) -> None:
    await plant(database)
    async with database.write() as tx:
        await tx.communities.add(a_community(id=CommunityId(8), slug="stays"))
        await tx.members.add(a_member(id=MemberId(500), community_id=CommunityId(8)))
        for number in range(STEP):
            await tx.members.add(a_member(id=MemberId(600 + number), state=MemberState.LEFT))
        await tx.communities.remove(CommunityId(7), now=NOON)

    too_early = await erase_removed(database, ids=ids, now=NOON + KEPT_FOR)
    steps = [await erase_removed(database, ids=ids, now=LATER) for _ in range(3)]

    async with database.read() as tx:
        gone, kept = [await tx.members.list_page(CommunityId(each), limit=100) for each in (7, 8)]
    assert too_early is None
    assert steps == [[], [], None]
    assert {(member.state, member.nickname) for member in gone} == {(MemberState.ERASED, "")}
    assert [member.state for member in kept] == [MemberState.ACTIVE]

"""The log of acts, on every database."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

from liulian.base.ids import ActId, CommunityId, LinkId, MemberId
from liulian.community.acts import Act, ActKind, ObjectKind, Purpose, Source, Stimulus
from liulian.storage.database import Database

NOON = datetime(2026, 3, 1, 4, tzinfo=UTC)
TEA, MEMBER = CommunityId(7), MemberId(70)


def an_act(number: int, **changed: object) -> Act:
    act = Act(
        id=ActId(number),
        community_id=TEA,
        member_id=MEMBER,
        kind=ActKind.CHECK_IN,
        at=NOON + timedelta(days=number),
        recorded_at=NOON + timedelta(days=number, seconds=1),
        zone="Asia/Shanghai",
        day=20_513 + number,
        key=f"key-{number}",
    )
    return replace(act, **changed)  # type: ignore[arg-type] # Each test names fields of an act.


async def test_act_comes_back_as_it_was_told(database: Database) -> None:
    full = an_act(
        1,
        for_day=20_510,
        object_kind=ObjectKind.SERVICE,
        object_id=2**62,
        value=2.5,
        source=Source(link_id=LinkId(9)),
        purpose=Purpose.PROMOTION,
        stimulus=Stimulus(share=0.2),
        detail={"for": "tea"},
    )
    async with database.write() as tx:
        assert await tx.acts.append([full, an_act(2)]) == {1, 2}

    async with database.read() as tx:
        assert await tx.acts.of_member(MEMBER, kinds=[ActKind.CHECK_IN]) == [full, an_act(2)]


async def test_act_told_twice_is_one_act(database: Database) -> None:
    async with database.write() as tx:
        await tx.acts.append([an_act(1)])
        again = [an_act(5, key="key-1"), an_act(6), an_act(7, key="key-6")]

        assert await tx.acts.append(again) == {6}
        assert await tx.acts.ids_of_keys(TEA, ["key-1", "key-6", "key-9"]) == {"key-1": 1, "key-6": 6}


async def test_key_is_one_communitys_own(database: Database) -> None:
    async with database.write() as tx:
        await tx.acts.append([an_act(1)])

        assert await tx.acts.append([an_act(2, key="key-1", community_id=CommunityId(8))]) == {2}


async def test_log_is_read_page_by_page(database: Database) -> None:
    async with database.write() as tx:
        await tx.acts.append([an_act(number) for number in range(1, 6)])

        first = await tx.acts.list_page(TEA, after=0, limit=3)
        rest = await tx.acts.list_page(TEA, after=first[-1].id, limit=3)

    assert [act.id for act in first + rest] == [1, 2, 3, 4, 5]

"""What is voided counts for nothing, and counts again when it is given back. On every database."""

from datetime import timedelta

from liulian.community.acts import Act, ActKind, ObjectKind
from liulian.community.checkins import READ_KINDS
from liulian.community.model import Member
from liulian.community.recording import act_by, record
from liulian.storage.database import Database, Transaction
from liulian.storage.rebuild import rebuild
from tests.store.test_recording import (
    CUPS,
    DAYS,
    IDS,
    NOW,
    TEA,
    TODAY,
    a_check_in,
    a_member,
    places_of,
    put_community,
    put_members,
    sums_of,
)


def a_word(member: Member, act: Act, *, is_void: bool, minutes: int) -> Act:
    return act_by(
        member,
        ActKind.VOID,
        ids=IDS,
        at=NOW + timedelta(minutes=minutes),
        object_kind=ObjectKind.ACT,
        object_id=act.id,
        value=float(is_void),
    )


async def counted(tx: Transaction, member: Member) -> list[int]:
    deeds = await tx.log.deeds(TEA, member_ids=[member.id], kinds=READ_KINDS, from_day=0)
    return sorted(deed.id for deed in deeds)


async def test_voided_check_in_is_taken_out_of_everything_and_comes_back_by_another_word(database: Database) -> None:
    member = a_member()
    async with database.write() as tx:
        await put_community(tx)
        await put_members(tx, [member])
        first, second = a_check_in(member), a_check_in(member, at=NOW + timedelta(minutes=2))
        await record([first, second], log=tx.log, now=NOW + timedelta(minutes=2))

        await record([a_word(member, first, is_void=True, minutes=5)], log=tx.log, now=NOW + timedelta(minutes=5))
        assert await counted(tx, member) == [second.id]
        assert await sums_of(tx) == {(CUPS, TODAY): (2.0, 1), (DAYS, TODAY): (1.0, 1)}
        assert await places_of(tx) == {member.id: (1, 2)}

        await record([a_word(member, second, is_void=True, minutes=6)], log=tx.log, now=NOW + timedelta(minutes=6))
        assert await sums_of(tx) == {(CUPS, TODAY): (0.0, 0), (DAYS, TODAY): (0.0, 0)}
        assert await places_of(tx) == {member.id: (1, 0)}
        assert await rebuild(tx.connection, TEA) == 0

        await record([a_word(member, first, is_void=False, minutes=7)], log=tx.log, now=NOW + timedelta(minutes=7))
        assert await counted(tx, member) == [first.id]
        assert await sums_of(tx) == {(CUPS, TODAY): (2.0, 1), (DAYS, TODAY): (1.0, 1)}
        assert await rebuild(tx.connection, TEA) == 0


async def test_thanks_that_are_voided_give_nobody_points(database: Database) -> None:
    giver, helper = a_member(70), a_member(71)
    async with database.write() as tx:
        await put_community(tx)
        await put_members(tx, [giver, helper])
        thanks = act_by(giver, ActKind.THANKS, ids=IDS, at=NOW, object_id=9, detail={"to": helper.id})
        await record([thanks], log=tx.log, now=NOW)
        await record([a_word(giver, thanks, is_void=True, minutes=1)], log=tx.log, now=NOW + timedelta(minutes=1))

        assert await places_of(tx) == {helper.id: (0, 0)}
        assert await rebuild(tx.connection, TEA) == 0


async def test_what_is_done_after_a_void_counts_as_if_the_voided_had_not_been(database: Database) -> None:
    member = a_member()
    async with database.write() as tx:
        await put_community(tx)
        await put_members(tx, [member])
        bad = a_check_in(member)
        await record([bad], log=tx.log, now=NOW)
        await record([a_word(member, bad, is_void=True, minutes=1)], log=tx.log, now=NOW + timedelta(minutes=1))
        good = a_check_in(member, at=NOW + timedelta(minutes=2))
        await record([good], log=tx.log, now=NOW + timedelta(minutes=2))

        assert await places_of(tx) == {member.id: (1, 2)}
        assert await sums_of(tx) == {(CUPS, TODAY): (2.0, 1), (DAYS, TODAY): (1.0, 1)}
        assert await rebuild(tx.connection, TEA) == 0

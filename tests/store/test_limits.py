"""A caller may do so much an hour, whichever process is asked."""

import asyncio
from datetime import datetime, timedelta

import pytest

from liulian.storage.database import Database
from liulian.storage.limits import Claim
from liulian.storage.upkeep import tidy
from tests.store.a_link import NOON

ME, YOU = b"m" * 32, b"y" * 32


async def claim(
    database: Database, *, wished: int = 1, caller: bytes = ME, kind: str = "link", now: datetime = NOON
) -> Claim:
    async with database.write() as tx:
        return await tx.limits.claim(kind, caller, wished=wished, per_hour=20, now=now)


async def fail_after_a_claim(database: Database) -> None:
    async with database.write() as tx:
        await tx.limits.claim("link", ME, wished=20, per_hour=20, now=NOON)
        raise LookupError


async def test_room_is_used_up_and_then_it_is_said_how_long_to_wait(database: Database) -> None:
    assert await claim(database, wished=20) == Claim(granted=20)
    assert await claim(database, now=NOON + timedelta(minutes=20)) == Claim(granted=0, retry_after_s=40 * 60)


async def test_after_an_hour_there_is_room_again(database: Database) -> None:
    await claim(database, wished=20)

    assert (await claim(database, now=NOON + timedelta(minutes=60, microseconds=-1))).granted == 0
    assert (await claim(database, now=NOON + timedelta(minutes=60))).granted == 1


async def test_a_wish_for_more_than_there_is_gets_what_there_is(database: Database) -> None:
    await claim(database, wished=15)

    assert await claim(database, wished=100, now=NOON + timedelta(minutes=1)) == Claim(granted=5, retry_after_s=59 * 60)


async def test_callers_and_kinds_do_not_share_their_room(database: Database) -> None:
    await claim(database, wished=20)

    assert (await claim(database, caller=YOU)).granted == 1
    assert (await claim(database, kind="report")).granted == 1


async def test_what_is_given_back_can_be_claimed_again(database: Database) -> None:
    async with database.write() as tx:
        await tx.limits.claim("link", ME, wished=20, per_hour=20, now=NOON)
        await tx.limits.give_back("link", ME, number=3, now=NOON)

    assert (await claim(database, wished=20)).granted == 3


async def test_what_is_rolled_back_was_never_claimed(database: Database) -> None:
    with pytest.raises(LookupError):
        await fail_after_a_claim(database)

    assert (await claim(database, wished=20)).granted == 20


async def test_two_processes_never_grant_the_last_place_twice(database: Database, neighbour: Database) -> None:
    await claim(database, wished=19)

    both = await asyncio.gather(claim(database), claim(neighbour))

    assert sorted(each.granted for each in both) == [0, 1]


async def test_counts_are_forgotten(database: Database) -> None:
    await claim(database)

    await tidy(database, now=NOON + timedelta(hours=3))

    async with database.read() as tx:
        assert (await tx.connection.exec_driver_sql("SELECT caller FROM caller_counts")).all() == []

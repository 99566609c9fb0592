"""A transaction in one trip is a transaction like any other: whole, or not at all."""

import asyncio

import pytest
from sqlalchemy import text

from liulian.base.errors import NotFound
from liulian.storage.database import Database, Transaction
from tests.store.test_members import a_member


async def number_of_members(database: Database) -> int:
    async with database.read() as tx:
        return int(await tx.connection.scalar(text("SELECT count(*) FROM members")) or 0)


async def test_work_is_committed_and_its_result_is_returned(database: Database) -> None:
    async def work(tx: Transaction) -> str:
        await tx.members.add(a_member())
        found = await tx.members.find(a_member().id)
        assert found is not None
        return found.nickname

    assert await database.at_once(work) == a_member().nickname
    assert await number_of_members(database) == 1


async def test_work_that_raises_leaves_nothing_and_the_next_goes_on(database: Database) -> None:
    async def fail(tx: Transaction) -> None:
        await tx.members.add(a_member())
        raise NotFound

    async def work(tx: Transaction) -> None:
        await tx.members.add(a_member())

    with pytest.raises(NotFound):
        await database.at_once(fail)
    assert await number_of_members(database) == 0
    await database.at_once(work)
    assert await number_of_members(database) == 1


async def test_many_take_turns_with_ordinary_transactions(database: Database) -> None:
    async def by_trip(number: int) -> None:
        await database.at_once(lambda tx: tx.members.add(a_member(number)))

    async def by_block(number: int) -> None:
        async with database.write() as tx:
            await tx.members.add(a_member(number))

    await asyncio.gather(*((by_trip if number % 2 else by_block)(number) for number in range(100, 140)))

    assert await number_of_members(database) == 40


async def test_work_that_waits_for_something_else_is_refused_where_nobody_could_wait(database: Database) -> None:
    async def work(tx: Transaction) -> None:
        await tx.members.add(a_member())
        await asyncio.sleep(0)

    if database.is_sqlite:
        with pytest.raises(RuntimeError, match="waits for something else"):
            await database.at_once(work)
    else:
        await database.at_once(work)
    assert await number_of_members(database) == (0 if database.is_sqlite else 1)

"""A day's salt is one for all, until nobody can know it any more."""

import asyncio
from datetime import date, timedelta
from pathlib import Path

import pytest

from liulian.storage.database import Database

TODAY = date(2026, 3, 1)


async def salt_for(database: Database, day: date) -> bytes:
    async with database.write() as tx:
        return await tx.salts.salt_for(day)


async def test_all_processes_get_the_same_salt(database: Database, neighbour: Database) -> None:
    salts = await asyncio.gather(*(salt_for(place, TODAY) for _ in range(10) for place in (database, neighbour)))

    assert len(set(salts)) == 1
    assert len(salts[0]) == 32


async def test_each_day_has_its_own_salt(database: Database) -> None:
    assert await salt_for(database, TODAY) != await salt_for(database, TODAY + timedelta(days=1))


async def test_forgotten_salt_is_never_given_again(database: Database) -> None:
    yesterday = TODAY - timedelta(days=1)
    old, kept = await salt_for(database, yesterday), await salt_for(database, TODAY)

    async with database.write() as tx:
        await tx.salts.forget_before(TODAY)

    assert await salt_for(database, TODAY) == kept
    assert await salt_for(database, yesterday) != old


@pytest.mark.parametrize("url", ["sqlite"], indirect=True)  # PostgreSQL keeps its files to itself.
async def test_forgotten_salt_is_in_no_file(database: Database, tmp_path: Path) -> None:
    salt = await salt_for(database, TODAY)
    assert salt in b"".join(path.read_bytes() for path in tmp_path.iterdir())

    async with database.write() as tx:
        await tx.salts.forget_before(TODAY + timedelta(days=1))

    assert salt not in b"".join(path.read_bytes() for path in tmp_path.iterdir())

"""A key is claimed once, and its answer is kept for a day."""

from datetime import datetime, timedelta

from liulian.storage.database import Database
from liulian.storage.idempotency import StoredAnswer
from liulian.storage.upkeep import tidy
from tests.store.a_link import NOON

DIGEST = b"d" * 32


async def claim(database: Database, scope: str = "me", *, now: datetime = NOON) -> StoredAnswer | None:
    async with database.write() as tx:
        stored = await tx.idempotency.claim(scope, "key", request=DIGEST, now=now)
        if stored is None:
            await tx.idempotency.store(scope, "key", status=201, body=b"{}")
        return stored


async def test_first_claim_wins_and_later_ones_get_its_answer(database: Database) -> None:
    assert await claim(database) is None
    assert await claim(database) == StoredAnswer(request=DIGEST, status=201, body=b"{}")


async def test_keys_of_different_callers_do_not_meet(database: Database) -> None:
    await claim(database, "me")

    assert await claim(database, "you") is None


async def test_answer_is_promised_for_a_day(database: Database) -> None:
    await claim(database)

    assert await claim(database, now=NOON + timedelta(hours=24, microseconds=-1)) is not None
    assert await claim(database, now=NOON + timedelta(hours=24)) is None


async def test_tidying_forgets_what_is_no_longer_promised(database: Database) -> None:
    await claim(database, "old", now=NOON)
    await claim(database, "new", now=NOON + timedelta(hours=1))

    await tidy(database, now=NOON + timedelta(hours=24))

    async with database.read() as tx:
        rows = await tx.connection.exec_driver_sql("SELECT scope FROM idempotency")
        assert [row.scope for row in rows] == ["new"]

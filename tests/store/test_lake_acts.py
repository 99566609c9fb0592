"""Acts come into the lake once each, whatever dies in between; exchanged ids leave nothing of the old ones."""

from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from deltalake import DeltaTable
from sqlalchemy import insert

from liulian.base.clock import utc_now
from liulian.community.acts import Act
from liulian.community.shipping import Rewrite, Shipper, _apart
from liulian.lake.acts import ActLake
from liulian.lake.schema import ACTS
from liulian.lake.table import RETENTION_HOURS
from liulian.storage.act_batches import ActBatches
from liulian.storage.act_tables import act_rewrites
from liulian.storage.database import Database
from tests.store.test_acts import MEMBER, an_act


class Place:
    """A database, a lake, and who carries acts from one to the other."""

    def __init__(self, database: Database, folder: Path) -> None:
        self.database = database
        self.lake_url = str(folder / "lake")
        self.ledger = ActBatches(database, clock=utc_now)
        self.shipper = self.another_shipper()

    def another_shipper(self) -> Shipper:
        return Shipper(lake_url=self.lake_url, ledger=self.ledger)

    async def tell(self, *acts: Act) -> None:
        async with self.database.write() as tx:
            await tx.acts.append(acts)

    async def ask(self, old_id: int, new_id: int, *, number: int = 1) -> None:
        row = {"id": number, "community_id": 7, "old_id": old_id, "new_id": new_id, "requested_at": utc_now()}
        async with self.database.write() as tx:
            await tx.connection.execute(insert(act_rewrites), row)

    def stored(self, column: str = "act_id") -> list[Any]:
        table = DeltaTable(f"{self.lake_url}/acts").to_pyarrow_dataset().to_table(columns=["act_id", column])
        return [row[column] for row in sorted(table.to_pylist(), key=lambda row: row["act_id"])]


@pytest.fixture
def place(database: Database, tmp_path: Path) -> Place:
    return Place(database, tmp_path)


async def test_act_in_the_lake_says_what_it_says_in_the_log(place: Place) -> None:
    await place.tell(an_act(1, for_day=20_510, value=2.5, detail={"group": "茶友"}))

    assert await place.shipper.ship_once() == 1

    (row,) = DeltaTable(f"{place.lake_url}/acts").to_pyarrow_dataset().to_table().to_pylist()
    assert (row["month"], row["day"].isoformat(), row["for_day"].isoformat()) == ("2026-03", "2026-03-02", "2026-02-26")
    assert row["happened_at"] == datetime(2026, 3, 2, 4, tzinfo=UTC).replace(tzinfo=None)
    assert (row["member_id"], row["kind"], row["value"], row["detail"]) == (MEMBER, "check_in", 2.5, '{"group":"茶友"}')


async def test_acts_are_carried_once(place: Place) -> None:
    await place.tell(*(an_act(number) for number in range(1, 4)))
    assert await place.shipper.ship_once() == 3
    await place.tell(an_act(4))

    assert await place.shipper.ship_once() == 1
    assert await place.another_shipper().ship_once() == 0
    assert place.stored() == [1, 2, 3, 4]


@pytest.mark.parametrize("step", ["begin_batch", "columns_of", "mark_shipped"])
async def test_death_between_two_steps_costs_nothing(place: Place, step: str, monkeypatch: pytest.MonkeyPatch) -> None:
    await place.tell(an_act(1), an_act(2))
    real = getattr(ActBatches, step)

    async def die(*args: object, **named: object) -> None:
        if step == "begin_batch":
            await real(*args, **named)
        raise ConnectionError

    with monkeypatch.context() as patched:
        patched.setattr(ActBatches, step, die)
        with pytest.raises(ConnectionError):
            await place.shipper.ship_once()
    await place.tell(an_act(3))

    after = place.another_shipper()
    await after.ship_once()
    assert place.stored() == [1, 2, 3]


async def test_exchanged_member_is_found_nowhere(place: Place) -> None:
    await place.tell(an_act(1), an_act(2, member_id=71), an_act(3))
    await place.shipper.ship_once()
    await place.ask(MEMBER, 99)

    await place.shipper.ship_once()
    lake = ActLake(place.lake_url)
    lake._table.vacuum(retention_hours=0, enforce_retention_duration=False, dry_run=False, full=True)

    assert place.stored("member_id") == [99, 71, 99]
    assert await place.ledger.rewrites() == []
    assert MEMBER not in place.stored("member_id")
    assert RETENTION_HOURS <= 24
    live = {Path(uri).name for uri in lake._table.file_uris()}
    assert {path.name for path in Path(place.lake_url).rglob("*.parquet") if "_delta_log" not in path.parts} == live


async def test_act_that_came_before_the_exchange_is_exchanged_too(place: Place) -> None:
    await place.tell(an_act(1))
    assert await place.ledger.begin_batch(after=0, limit=10) == 1
    await place.ask(MEMBER, 99)

    await place.another_shipper().ship_once()

    assert place.stored("member_id") == [99]


async def test_member_who_became_another_and_then_nobody_is_nobody(place: Place) -> None:
    await place.tell(an_act(1), an_act(2, member_id=71))
    await place.shipper.ship_once()
    await place.ask(71, MEMBER)
    await place.ask(MEMBER, 99, number=2)

    await place.shipper.ship_once()

    assert place.stored("member_id") == [99, 99]


async def test_lake_that_is_ahead_of_a_restored_database_goes_back_to_it(place: Place) -> None:
    lake = ActLake(place.lake_url)
    elsewhere = {name: [value] for name, value in _row(act_id=50, batch=1).items()}
    assert lake.store(elsewhere, batch=1)
    await place.tell(an_act(1))

    await place.shipper.ship_once()
    await place.tell(an_act(2))
    await place.another_shipper().ship_once()

    assert place.stored() == [1, 2]


def test_exchanges_of_one_id_stay_apart() -> None:
    chain: Sequence[Rewrite] = [Rewrite(1, 5, 6), Rewrite(2, 7, 8), Rewrite(3, 6, 9)]

    assert [[each.id for each in group] for group in _apart(chain)] == [[1, 2], [3]]


def _row(*, act_id: int, batch: int) -> dict[str, Any]:
    known = {"month": "2026-03", "day": 20_514, "happened_at": 0, "recorded_at": 0, "community_id": 7}
    words = {"kind": "check_in", "zone": "UTC", "act_id": act_id, "batch": batch}
    rest = dict.fromkeys(set(ACTS.names) - known.keys() - words.keys())
    return {**known, **words, **rest}

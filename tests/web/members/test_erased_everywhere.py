"""Who is erased is nowhere any more: not in a table, not in the file of the database, not in a file of the lake."""

import os
import sqlite3
from pathlib import Path
from typing import Any

import httpx2
import pytest
from deltalake import DeltaTable

from liulian.base.clock import utc_now
from liulian.base.ids import ServiceId, encode_id
from liulian.community.acts import Purpose
from liulian.community.model import MemberState, Service, ServiceKind, ServiceState
from liulian.community.shipping import Shipper
from liulian.lake.acts import ActLake
from liulian.storage.act_batches import ActBatches
from tests.store.test_member_moves import everything, where_found
from tests.web.api import api_key, bearer
from tests.web.members.a_community import NOON
from tests.web.members.browsers import Square, join
from tests.web.members.test_codes import EMAIL, ask_for_code, check, letters
from tests.web.people import LetterBox

__all__ = ["letters"]

NICKNAME, NOTE, CHILD = "Xiaolin the first", "a cup of Longjing by the lake", "Mimi of the lake"
SERVICE = ServiceId(5_000)
KEY = "order of lin-1"


async def live(square: Square, client: httpx2.AsyncClient, box: LetterBox) -> None:
    """Join, be known by an address, check in with a text, and buy something elsewhere."""
    await join(client, nickname=NICKNAME, ward=CHILD)
    await check(client, await ask_for_code(client, box))
    wish = {"service": encode_id(SERVICE), "key": "key-of-this-tap", "note": NOTE}
    done = await client.post("/c/tea/do/check-in", json=wish)
    assert done.status_code == 200, done.text
    act = {"kind": "purchase", "key": KEY, "at": "2026-03-01T12:00:00Z", "member": {"email": EMAIL}, "value": 8}
    program = bearer(await api_key(square.database))
    async with square.browser(**program) as shop:
        told = await shop.post(f"/api/v1/communities/{encode_id(7)}/acts", json={"acts": [act]})
    assert told.json()["results"][0]["is_new"], told.text


async def offer_notes(square: Square) -> None:
    """Let the community have a challenge whose proof is a text."""
    service = Service(
        id=SERVICE,
        community_id=(await square.plant()).id,
        kind=ServiceKind.CHALLENGE,
        name="Tea",
        state=ServiceState.ACTIVE,
        purpose=Purpose.PROBLEM,
        version=1,
        definition={"task": "Drink tea", "proof": "text"},
        created_at=NOON,
        updated_at=NOON,
    )
    async with square.database.write() as tx:
        await tx.communities.services.add(service)


def lake_rows(folder: Path) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = DeltaTable(str(folder / "acts")).to_pyarrow_dataset().to_table().to_pylist()
    return found


def files_with(folder: Path, *wanted: str) -> list[str]:
    """Return the files in which any of these texts stands."""
    return [
        path.name
        for path in sorted(folder.rglob("*"))
        if path.is_file() and any(each.encode() in path.read_bytes() for each in wanted)
    ]


def sweep(folder: Path) -> None:
    """Do what the worker does two hours later: old files and the old part of the log go."""
    lake = ActLake(str(folder))
    lake._table.vacuum(retention_hours=0, enforce_retention_duration=False, dry_run=False, full=True)
    for path in (folder / "acts" / "_delta_log").iterdir():
        os.utime(path, (0, 0))
    lake.forget_log()


@pytest.mark.parametrize("shipped_before", [True, False])
async def test_nothing_of_an_erased_member_is_left_in_tables_and_files(
    square: Square, letters: LetterBox, tmp_path: Path, shipped_before: bool
) -> None:
    square.parts["pictures_dir"] = tmp_path / "members"
    await offer_notes(square)
    lake = tmp_path / "lake"
    shipper = Shipper(lake_url=str(lake), ledger=ActBatches(square.database, clock=utc_now))
    async with square.browser() as client:
        await live(square, client, letters)
        (member,) = await square.members()
        if shipped_before:
            await shipper.ship_once()
            assert member.id in {row["member_id"] for row in lake_rows(lake)}
        done = await client.post("/c/tea/me/erase", data={"sure": "1"})
        assert done.status_code == 200

    await shipper.ship_once()
    sweep(lake)

    (ghost,) = await square.members()
    async with square.database.read() as tx:
        names = (member.id, encode_id(member.id), NICKNAME, CHILD, NOTE, EMAIL, KEY)
        assert where_found(await everything(tx), *names) == set()
    rows = lake_rows(lake)
    assert ghost.state is MemberState.ERASED
    assert {row["member_id"] for row in rows} == {ghost.id}
    assert {"join", "check_in", "purchase", "leave"} <= {row["kind"] for row in rows}
    assert member.id not in {row["member_id"] for row in lake_rows(lake)}
    await square.database.close()
    with sqlite3.connect(tmp_path / "liulian.db") as connection:
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    connection.close()
    texts = (NICKNAME, CHILD, NOTE, EMAIL, KEY, encode_id(member.id))
    assert files_with(tmp_path, *texts, str(member.id)) == []

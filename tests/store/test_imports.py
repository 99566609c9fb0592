"""Imports keep what they are given, whatever the database, and belong to one worker at a time."""

import dataclasses
from datetime import timedelta
from typing import Any

import pytest

from liulian.base.ids import DomainId, LinkId, WorkspaceId
from liulian.links.model import Maker
from liulian.storage.database import Database
from liulian.transfer.model import Field
from liulian.transfer.task import (
    Counts,
    Import,
    ImportId,
    ImportState,
    Options,
    Reason,
    RowResult,
    RowState,
    TakenSlug,
)
from tests.store.a_link import NOON, a_link

HERE = WorkspaceId(1)
SOON = NOON + timedelta(seconds=15)


def an_import(number: int = 1, **different: Any) -> Import:
    usual: dict[str, Any] = {
        "id": ImportId(number),
        "workspace_id": HERE,
        "name": "链接.csv",
        "file_bytes": 12,
        "state": ImportState.RUNNING,
        "source": "csv",
        "columns": ("url", "标题"),
        "sample": ({"url": "https://example.com/", "标题": "茶"},),
        "mapping": {Field.DESTINATION: "url"},
        "created_at": NOON,
        "created_by": Maker(kind="user", id=7),
        "started_at": NOON,
        "run": 1,
    }
    return Import(**usual | different)


async def add(database: Database, *new: Import) -> None:
    async with database.write() as tx:
        for each in new:
            await tx.imports.add(each)


async def find(database: Database, number: int = 1) -> Import:
    async with database.read() as tx:
        found = await tx.imports.find(ImportId(number), workspace_id=HERE)
    assert found is not None
    return found


async def claim(database: Database, lease: int = 5) -> bool:
    async with database.write() as tx:
        return await tx.imports.claim(ImportId(1), lease=lease, now=NOON, until=SOON)


@pytest.mark.parametrize(
    "different",
    [
        {"options": Options(on_taken_slug=TakenSlug.RANDOM, domain="go.test", tags=("茶",), folder="23456789ABC")},
        {"hosts": ("s.test",), "total": 3, "run": 2, "dry_run": True, "position": 2},
        {"counts": Counts(created=1, skipped=2, failed=3), "finished_at": SOON},
        {"problem": Reason(code="import_row_broken", params={"row": 7}), "state": ImportState.FAILED},
        {"created_by": None, "started_at": None},
    ],
)
async def test_import_comes_back_as_it_went_in(database: Database, different: dict[str, Any]) -> None:
    await add(database, an_import(**different))

    assert await find(database) == an_import(**different)


async def test_import_of_others_is_not_there(database: Database) -> None:
    await add(database, an_import())

    async with database.read() as tx:
        assert await tx.imports.find(ImportId(1), workspace_id=WorkspaceId(2)) is None
        assert await tx.imports.list_of(WorkspaceId(2), before=None, limit=9) == []


async def test_imports_are_listed_newest_first(database: Database) -> None:
    await add(database, *(an_import(number) for number in (1, 2, 3)))

    async with database.read() as tx:
        listed = await tx.imports.list_of(HERE, before=ImportId(3), limit=9)
    assert [each.id for each in listed] == [2, 1]


async def test_only_what_has_not_ended_is_open(database: Database) -> None:
    await add(database, an_import(1), an_import(2, state=ImportState.DONE), an_import(3, state=ImportState.PAUSED))

    async with database.read() as tx:
        assert await tx.imports.count_open(HERE) == 2


async def test_import_belongs_to_one_worker_until_its_lease_ends(database: Database, neighbour: Database) -> None:
    await add(database, an_import())

    assert [await claim(database), await claim(neighbour, 6)] == [True, False]
    async with neighbour.read() as tx:
        assert await tx.imports.list_claimable(now=NOON, limit=9) == []
        assert len(await tx.imports.list_claimable(now=SOON, limit=9)) == 1
    async with neighbour.write() as tx:
        assert await tx.imports.claim(ImportId(1), lease=6, now=SOON, until=SOON)
    async with database.write() as tx:
        assert not await tx.imports.hold(an_import(), lease=5, until=SOON)


async def test_import_that_was_let_go_is_free_at_once(database: Database) -> None:
    await add(database, an_import())
    await claim(database)

    async with database.write() as tx:
        await tx.imports.let_go(ImportId(1), lease=6)
    assert not await claim(database, 6)
    async with database.write() as tx:
        await tx.imports.let_go(ImportId(1), lease=5)
    assert await claim(database, 6)


@pytest.mark.parametrize("different", [{"position": 1}, {"run": 2}, {"state": ImportState.PAUSED}])
async def test_import_that_moved_on_is_not_held(database: Database, different: dict[str, Any]) -> None:
    await add(database, an_import(**different))
    await claim(database)

    async with database.write() as tx:
        assert not await tx.imports.hold(an_import(), lease=5, until=SOON)


async def test_import_moves_on_by_what_was_done(database: Database) -> None:
    await add(database, an_import(counts=Counts(created=1, skipped=1, failed=1)))
    await claim(database)

    async with database.write() as tx:
        assert await tx.imports.hold(an_import(), lease=5, until=SOON)
        await tx.imports.advance(an_import(), position=4, counts=Counts(created=2, failed=1))
        await tx.imports.set_total(ImportId(1), 9)

    moved = await find(database)
    assert (moved.position, moved.total, moved.counts) == (4, 9, Counts(created=3, skipped=1, failed=2))


async def test_whoever_changes_an_import_takes_it_from_its_worker(database: Database) -> None:
    await add(database, an_import())
    await claim(database)

    async with database.write() as tx:
        await tx.imports.replace(an_import())
        assert not await tx.imports.hold(an_import(), lease=5, until=SOON)


RESULTS = [
    RowResult(row=1, state=RowState.CREATED, slug="茶", destination="https://example.com/", link_id=LinkId(2**62)),
    RowResult(row=2, state=RowState.FAILED, reason=Reason(code="destination_empty")),
    RowResult(row=3, state=RowState.SKIPPED, slug="tea", reason=Reason(code="slug_taken", params={"slug": "tea"})),
]


async def test_rows_come_back_in_order_and_by_state(database: Database) -> None:
    task = an_import()
    async with database.write() as tx:
        await tx.imports.add_rows(task, RESULTS)
        await tx.imports.add_rows(dataclasses.replace(task, run=2), RESULTS[:1])

    async with database.read() as tx:
        assert await tx.imports.list_rows(task, state=None, after=0, limit=9) == RESULTS
        assert await tx.imports.list_rows(task, state=RowState.FAILED, after=0, limit=9) == RESULTS[1:2]
        assert await tx.imports.list_rows(task, state=None, after=1, limit=1) == RESULTS[1:2]
        assert await tx.imports.created_slugs(task) == {"茶": "https://example.com/"}


async def test_links_that_are_there_are_found_by_domain_and_slug(database: Database) -> None:
    async with database.write() as tx:
        await tx.links.add([
            a_link(slug="tea"),
            a_link(slug="others", workspace_id=WorkspaceId(2)),
            a_link(slug="gone", deleted_at=NOON),
            a_link(slug="elsewhere", domain_id=DomainId(9), destination="https://example.com/9"),
        ])  # fmt: skip

    wanted = {(DomainId(1), slug) for slug in ("tea", "others", "gone", "new")} | {(DomainId(9), "elsewhere")}
    async with database.read() as tx:
        found = await tx.imports.existing(HERE, wanted)
    assert found == {(1, "tea"): "https://example.com/", (9, "elsewhere"): "https://example.com/9"}


async def test_rehearsal_leaves_nothing_behind(database: Database) -> None:
    kept, gone = a_link(slug="kept"), a_link(slug="gone")
    async with database.write() as tx:
        await tx.links.add([kept])
        async with tx.imports.rehearse():
            assert await tx.links.add([gone]) == {gone.id}

    async with database.read() as tx:
        assert await tx.links.find(kept.id) is not None
        assert await tx.links.find(gone.id) is None
        noted = await tx.connection.exec_driver_sql("SELECT slug FROM link_changes")
        assert [row.slug for row in noted] == ["kept"]


async def test_what_nobody_started_is_cancelled_after_a_while(database: Database) -> None:
    old = NOON - timedelta(days=8)
    await add(
        database,
        an_import(1, state=ImportState.READY, created_at=old, started_at=None),
        an_import(2, state=ImportState.RUNNING, created_at=old, started_at=old),
        an_import(3, state=ImportState.WAITING, started_at=None),
    )

    async with database.write() as tx:
        await tx.imports.cancel_unstarted(made_before=NOON - timedelta(days=7), now=NOON)

    states = [(await find(database, number)).state for number in (1, 2, 3)]
    assert states == [ImportState.CANCELLED, ImportState.RUNNING, ImportState.WAITING]
    async with database.read() as tx:
        assert await tx.imports.find_ended(ImportId(1)) == NOON
        assert await tx.imports.find_ended(ImportId(2)) is None
        with pytest.raises(KeyError):
            await tx.imports.find_ended(ImportId(9))


async def test_old_rows_and_those_of_earlier_runs_are_forgotten(database: Database) -> None:
    ended, again = an_import(1, finished_at=NOON), an_import(2, run=2)
    await add(database, ended, again)
    async with database.write() as tx:
        for task in (ended, again, dataclasses.replace(again, run=1)):
            await tx.imports.add_rows(task, RESULTS)

    async with database.write() as tx:
        assert [await tx.imports.forget_rows(ended_before=SOON) for _ in range(3)] == [3, 3, 0]
        assert await tx.imports.list_rows(again, state=None, after=0, limit=9) == RESULTS

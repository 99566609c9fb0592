"""Work on imports, one at a time and some rows at once. The worker's part of an import; it may be killed at any moment.

Whoever works on an import holds a lease, renewed with each batch. A batch is one transaction: its links, what became
of its rows, and the new position. So every row is dealt with exactly once, however often somebody else takes over.
"""

import asyncio
import dataclasses
import secrets
from collections.abc import Awaitable, Callable, Collection, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta, tzinfo
from pathlib import Path
from time import perf_counter

from liulian.base.clock import Clock
from liulian.base.errors import AppError, Unavailable
from liulian.base.log import logger
from liulian.links.domain_model import DOMAINS_MAX
from liulian.links.screened import check_drafts
from liulian.links.service import Workshop
from liulian.links.store import DestinationScreen
from liulian.transfer.actors import NotAllowed, actor_of, system_of
from liulian.transfer.making import CheckedRow, Rehearsed, make_rows, rehearsed, without_slug
from liulian.transfer.model import Row
from liulian.transfer.reading import BrokenRow, Table, count_rows, open_table, rows_of
from liulian.transfer.recognise import format_named
from liulian.transfer.rows import Understanding, read_wish
from liulian.transfer.service import facts_of, file_of
from liulian.transfer.store import Opened, Stores
from liulian.transfer.task import Counts, Import, ImportState, Reason, RowResult, RowState, TakenSlug

BATCH = 300  # Rows of one transaction: about 100 ms, for which nobody else writes on SQLite.
LEASE = timedelta(seconds=15)  # A batch with two hundred unknown hosts takes two.
FILE_AWAY_FOR = timedelta(hours=1)  # Another machine may have the file; if none takes it up, it is gone.
CANDIDATES_MAX = 20
REST = 0.1  # Of the time that a batch took: the redirects of this machine come first.

Rows = Iterator[tuple[int, Row]]


class NotOurs(Exception):
    """Somebody paused or cancelled the import, or another worker has it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Plant:
    """What it takes to work on imports. `folder` has the files.

    `workshop_in` returns what it takes to make links in a transaction, given the time and the installation's own names.
    `all_hosts` returns the names of all domains of this installation; `system_hosts` are those that the settings give
    its own one. `zone` is where times without one are from.
    """

    read: Opened
    write: Opened
    workshop_in: Callable[[Stores, datetime, Collection[str]], Workshop]
    all_hosts: Callable[[], Awaitable[Collection[str]]]
    screen: DestinationScreen
    folder: Path
    zone: tzinfo
    clock: Clock
    system_hosts: Collection[str] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Job:
    """An import that is ours for now, its file opened. `system_hosts`: names of the installation's own domain."""

    lease: int
    about: Understanding
    system_hosts: Collection[str]
    all_hosts: Collection[str]
    rows: Rows
    rehearsed: Rehearsed


async def work_on_next(plant: Plant, stop: asyncio.Event) -> bool:
    """Work on the import that waits longest, to its end or until `stop`; False when none waits."""
    claimed = await claim_next(plant)
    if claimed is None:
        return False
    task, lease = claimed
    await work_on(task, lease=lease, plant=plant, stop=stop)
    return True


async def claim_next(plant: Plant) -> tuple[Import, int] | None:
    """Return an import that is now ours, and the lease; None when none waits."""
    async with plant.read() as tx:
        waiting = await tx.imports.list_claimable(now=plant.clock(), limit=CANDIDATES_MAX)
    for task in waiting:
        is_here = file_of(plant.folder, task.id).exists()
        if not is_here and plant.clock() - (task.started_at or task.created_at) < FILE_AWAY_FOR:
            continue
        lease, now = secrets.randbits(62), plant.clock()
        async with plant.write() as tx:
            if not await tx.imports.claim(task.id, lease=lease, now=now, until=now + LEASE):
                continue  # Another worker has it.
        return task, lease
    return None


async def work_on(
    task: Import,
    *,
    lease: int,
    plant: Plant,
    stop: asyncio.Event,
    on_batch: Callable[[Import], None] = lambda _: None,
) -> Import:
    """Work on an import that is ours until it ends, somebody takes it away, or `stop`; return how far it came.

    `on_batch` hears of each step.
    """
    try:
        table = await asyncio.to_thread(open_table, file_of(plant.folder, task.id))
        task = await _counted(task, table, plant=plant)
        job = await _job(task, table, lease=lease, plant=plant)
        on_batch(task)
        while not stop.is_set():
            began = perf_counter()
            task, is_over = await _step(task, job, plant=plant)
            on_batch(task)
            if is_over:
                return task
            await asyncio.sleep(REST * (perf_counter() - began))
        async with plant.write() as tx:
            await tx.imports.let_go(task.id, lease=lease)
    except NotOurs:
        logger.info("import_left", import_id=task.id)
    except Unavailable:
        raise  # The database is away: the lease ends, and whoever is there then goes on.
    except Exception as problem:  # noqa: BLE001 - The border of an import: it ends, and says why; nothing is lost.
        return await _fail(task, problem, lease=lease, plant=plant)
    return task


async def _counted(task: Import, table: Table, *, plant: Plant) -> Import:
    if task.total is not None:
        return task
    total = await asyncio.to_thread(count_rows, table)
    async with plant.write() as tx:
        await tx.imports.set_total(task.id, total)
    return dataclasses.replace(task, total=total)


async def _job(task: Import, table: Table, *, lease: int, plant: Plant) -> Job:
    system_hosts = {*task.hosts, *plant.system_hosts}
    async with plant.read() as tx:
        domains = await tx.domains.list_of(task.workspace_id, limit=DOMAINS_MAX)
        known = Rehearsed(dict(await tx.imports.created_slugs(task)) if task.dry_run else {})
    about = Understanding(
        format=format_named(task.source, table.columns),
        columns=task.mapping,
        options=task.options,
        zone=plant.zone,
        own_hosts={*system_hosts, *(domain.host for domain in domains if domain.verified_at is not None)},
        now=plant.clock(),
    )
    return Job(
        lease=lease,
        about=about,
        system_hosts=system_hosts,
        all_hosts={*system_hosts, *await plant.all_hosts()},
        rows=rows_of(table, after=task.position),
        rehearsed=known,
    )


async def _step(task: Import, job: Job, *, plant: Plant) -> tuple[Import, bool]:
    """Deal with the next rows; return the import as it then is, and whether it is over."""
    rows, broken = _next_rows(job.rows)
    if rows:
        checked = await _checked(rows, task, job, plant=plant)
        async with plant.write() as tx:
            await _hold(task, job.lease, tx=tx, plant=plant)
            results = await _made(checked, task, job, tx=tx, plant=plant)
            await tx.imports.add_rows(task, results)
            counts = _count(results)
            await tx.imports.advance(task, position=rows[-1][0], counts=counts)
        task = dataclasses.replace(task, position=rows[-1][0], counts=_sum(task.counts, counts))
    if broken is not None:
        return await _finish(task, ImportState.FAILED, _reason_of(broken), lease=job.lease, plant=plant), True
    if len(rows) < BATCH:
        return await _finish(task, ImportState.DONE, None, lease=job.lease, plant=plant), True
    return task, False


def _next_rows(rows: Rows) -> tuple[list[tuple[int, Row]], BrokenRow | None]:
    """Return the rows of a batch, and why the next one cannot be read."""
    found: list[tuple[int, Row]] = []
    try:
        while len(found) < BATCH and (row := next(rows, None)) is not None:
            found.append(row)
    except BrokenRow as broken:
        return found, broken
    return found, None


async def _checked(rows: Sequence[tuple[int, Row]], task: Import, job: Job, *, plant: Plant) -> list[CheckedRow]:
    """Return rows checked and screened, as wishes by the API are. Names are looked up: not inside a transaction."""
    wishes = [read_wish(row, about=job.about) for _, row in rows]
    async with plant.read() as tx:
        actor = await actor_of(task, tx=tx, now=plant.clock())
    drafts = [wish.draft for wish in wishes]
    changes = await check_drafts(drafts, actor, own_hosts=job.all_hosts, screen=plant.screen)
    found = [
        CheckedRow(number=number, wish=wish, checked=checked)
        for (number, _), wish, checked in zip(rows, wishes, changes, strict=True)
    ]
    if task.options.on_taken_slug is TakenSlug.SKIP:
        return found
    return [without_slug(row) if any(error.field == "slug" for error in row.checked.errors) else row for row in found]


async def _made(rows: Sequence[CheckedRow], task: Import, job: Job, *, tx: Stores, plant: Plant) -> list[RowResult]:
    now = plant.clock()
    actor = await actor_of(task, tx=tx, now=now)
    workshop = plant.workshop_in(tx, now, job.system_hosts)
    if not task.dry_run:
        return await make_rows(rows, actor, task=task, store=tx.imports, workshop=workshop)
    async with tx.imports.rehearse():
        results = await make_rows(rows, actor, task=task, store=tx.imports, workshop=workshop)
    return rehearsed(results, rows, task=task, before=job.rehearsed)


async def _hold(task: Import, lease: int, *, tx: Stores, plant: Plant) -> None:
    if not await tx.imports.hold(task, lease=lease, until=plant.clock() + LEASE):
        raise NotOurs


async def _finish(task: Import, state: ImportState, problem: Reason | None, *, lease: int, plant: Plant) -> Import:
    ended = dataclasses.replace(task, state=state, problem=problem, finished_at=plant.clock())
    async with plant.write() as tx:
        await _hold(task, lease, tx=tx, plant=plant)
        await tx.imports.finish(ended)
        if not task.dry_run:
            now = plant.clock()
            try:
                actor = await actor_of(task, tx=tx, now=now)
            except NotAllowed:
                actor = system_of(task)
            facts = {"name": task.name, "state": state.value, **facts_of(ended)}
            await tx.audit.record(actor, "import.finished", "import", task.id, now=now, **facts)
    return ended


async def _fail(task: Import, problem: Exception, *, lease: int, plant: Plant) -> Import:
    logger.warning("import_failed", import_id=task.id, problem=type(problem).__name__, exc_info=_unexpected(problem))
    try:
        return await _finish(task, ImportState.FAILED, _reason_of(problem), lease=lease, plant=plant)
    except NotOurs:
        return task


def _unexpected(problem: Exception) -> Exception | None:
    return None if isinstance(problem, AppError | FileNotFoundError | NotAllowed) else problem


def _reason_of(problem: Exception) -> Reason:
    match problem:
        case AppError(code=code, params=params):
            return Reason(code=code, params=params)
        case FileNotFoundError():
            return Reason(code="import_file_gone")
        case NotAllowed():
            return Reason(code="import_not_allowed")
        case _:
            return Reason(code="internal")


def _count(results: Sequence[RowResult]) -> Counts:
    states = [result.state for result in results]
    return Counts(
        created=states.count(RowState.CREATED),
        skipped=states.count(RowState.SKIPPED),
        failed=states.count(RowState.FAILED),
    )


def _sum(one: Counts, other: Counts) -> Counts:
    return Counts(
        created=one.created + other.created, skipped=one.skipped + other.skipped, failed=one.failed + other.failed
    )

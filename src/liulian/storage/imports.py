"""Imports in the database. Implements `transfer.store.ImportStore`: whoever works on one holds a lease on it."""

from collections.abc import AsyncIterator, Collection, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import asdict
from datetime import datetime
from typing import Any

import msgspec
from sqlalchemy import Row, bindparam, delete, exists, func, insert, or_, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from liulian.base.ids import DomainId, LinkId, WorkspaceId
from liulian.links.model import Maker, Shelf
from liulian.storage.change_log import ChangeLog
from liulian.storage.tables import links
from liulian.storage.transfer_tables import import_rows, imports
from liulian.transfer.model import Field
from liulian.transfer.task import (
    ENDED,
    SLUGS_KNOWN_MAX,
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

DELETED_AT_ONCE = 5_000  # Rows of one import: a step of some tens of milliseconds.

_NAMES = [column.name for column in imports.columns if column.name not in ("lease", "lease_until")]
_COLUMNS = select(*(imports.c[name] for name in _NAMES))
_FREE = or_(imports.c.lease_until.is_(None), imports.c.lease_until <= bindparam("now"))
_CLAIMABLE = _COLUMNS.where(imports.c.state == ImportState.RUNNING, _FREE).order_by(imports.c.started_at)
_CLAIM = (
    update(imports)
    .where(imports.c.id == bindparam("this"), imports.c.state == ImportState.RUNNING, _FREE)
    .values(lease=bindparam("ours"), lease_until=bindparam("until"))
)
_HOLD = (
    update(imports)
    .where(
        imports.c.id == bindparam("this"),
        imports.c.state == ImportState.RUNNING,
        imports.c.lease == bindparam("ours"),
        imports.c.run == bindparam("of_run"),
        imports.c.position == bindparam("before"),
    )
    .values(lease_until=bindparam("until"))
)
_ADVANCE = (
    update(imports)
    .where(imports.c.id == bindparam("this"))
    .values(
        position=bindparam("after"),
        created=imports.c.created + bindparam("more_created"),
        skipped=imports.c.skipped + bindparam("more_skipped"),
        failed=imports.c.failed + bindparam("more_failed"),
    )
)
_ROWS = select(
    import_rows.c.number,
    import_rows.c.state,
    import_rows.c.slug,
    import_rows.c.destination,
    import_rows.c.reason,
    import_rows.c.link_id,
).where(import_rows.c.import_id == bindparam("of_import"), import_rows.c.run == bindparam("of_run"))
_EXISTING = select(links.c.domain_id, links.c.slug, links.c.destination).where(
    links.c.domain_id == bindparam("domain_id"),
    links.c.slug.in_(bindparam("slugs", expanding=True)),
    links.c.workspace_id == bindparam("workspace_id"),
    links.c.shelf < Shelf.DELETED,
)


class ImportRows:
    """The imports of one transaction."""

    def __init__(self, connection: AsyncConnection, *, changes: ChangeLog) -> None:
        self._connection = connection
        self._changes = changes

    async def add(self, new: Import) -> None:
        await self._connection.execute(insert(imports), _values(new))

    async def find(self, import_id: ImportId, *, workspace_id: WorkspaceId, for_update: bool = False) -> Import | None:
        wanted = _COLUMNS.where(imports.c.id == import_id, imports.c.workspace_id == workspace_id)
        row = (await self._connection.execute(wanted.with_for_update() if for_update else wanted)).one_or_none()
        return _import(row) if row else None

    async def list_of(self, workspace_id: WorkspaceId, *, before: ImportId | None, limit: int) -> list[Import]:
        wanted = _COLUMNS.where(imports.c.workspace_id == workspace_id).order_by(imports.c.id.desc()).limit(limit)
        if before is not None:
            wanted = wanted.where(imports.c.id < before)
        return [_import(row) for row in await self._connection.execute(wanted)]

    async def count_open(self, workspace_id: WorkspaceId) -> int:
        of_workspace = (imports.c.workspace_id == workspace_id, imports.c.state.not_in(ENDED))
        return (await self._connection.execute(select(func.count()).where(*of_workspace))).scalar_one()

    async def replace(self, changed: Import) -> None:
        values = _values(changed) | {"lease": None, "lease_until": None}
        await self._connection.execute(update(imports).where(imports.c.id == changed.id).values(values))

    async def list_claimable(self, *, now: datetime, limit: int) -> list[Import]:
        return [_import(row) for row in await self._connection.execute(_CLAIMABLE.limit(limit), {"now": now})]

    async def claim(self, import_id: ImportId, *, lease: int, now: datetime, until: datetime) -> bool:
        values = {"this": import_id, "ours": lease, "now": now, "until": until}
        return (await self._connection.execute(_CLAIM, values)).rowcount == 1

    async def hold(self, task: Import, *, lease: int, until: datetime) -> bool:
        values = {"this": task.id, "ours": lease, "of_run": task.run, "before": task.position, "until": until}
        return (await self._connection.execute(_HOLD, values)).rowcount == 1

    async def advance(self, task: Import, *, position: int, counts: Counts) -> None:
        more = {f"more_{name}": number for name, number in asdict(counts).items()}
        await self._connection.execute(_ADVANCE, {"this": task.id, "after": position, **more})

    async def finish(self, task: Import) -> None:
        await self.replace(task)

    async def let_go(self, import_id: ImportId, *, lease: int) -> None:
        ours = (imports.c.id == import_id, imports.c.lease == lease)
        await self._connection.execute(update(imports).where(*ours).values(lease=None, lease_until=None))

    async def set_total(self, import_id: ImportId, total: int) -> None:
        await self._connection.execute(update(imports).where(imports.c.id == import_id).values(total=total))

    async def add_rows(self, task: Import, results: Sequence[RowResult]) -> None:
        if results:
            await self._connection.execute(insert(import_rows), [_row_values(task, result) for result in results])

    async def list_rows(self, task: Import, *, state: RowState | None, after: int, limit: int) -> list[RowResult]:
        wanted = _ROWS.where(import_rows.c.number > after).order_by(import_rows.c.number).limit(limit)
        if state is not None:
            wanted = wanted.where(import_rows.c.state == state)
        values = {"of_import": task.id, "of_run": task.run}
        return [_result(row) for row in await self._connection.execute(wanted, values)]

    async def created_slugs(self, task: Import) -> Mapping[str, str]:
        wanted = _ROWS.where(import_rows.c.state == RowState.CREATED, import_rows.c.slug.is_not(None))
        values = {"of_import": task.id, "of_run": task.run}
        rows = await self._connection.execute(wanted.limit(SLUGS_KNOWN_MAX), values)
        return {row.slug: row.destination for row in rows}

    async def existing(
        self, workspace_id: WorkspaceId, wanted: Collection[tuple[DomainId, str]]
    ) -> Mapping[tuple[DomainId, str], str]:
        found: dict[tuple[DomainId, str], str] = {}
        for domain_id in {domain_id for domain_id, _ in wanted}:
            slugs = [slug for each, slug in wanted if each == domain_id]
            values = {"domain_id": domain_id, "slugs": slugs, "workspace_id": workspace_id}
            rows = await self._connection.execute(_EXISTING, values)
            found |= {(domain_id, row.slug): row.destination for row in rows}
        return found

    @asynccontextmanager
    async def rehearse(self) -> AsyncIterator[None]:
        savepoint = await self._connection.begin_nested()
        noted = self._changes.snapshot()
        try:
            yield
        finally:
            await savepoint.rollback()
            self._changes.restore(noted)

    async def find_ended(self, import_id: ImportId) -> datetime | None:
        """Return since when nobody needs the file of an import; None while somebody may. Raises KeyError for none."""
        row = (
            await self._connection.execute(select(imports.c.finished_at).where(imports.c.id == import_id))
        ).one_or_none()
        if row is None:
            raise KeyError(import_id)
        found: datetime | None = row.finished_at
        return found

    async def cancel_unstarted(self, *, made_before: datetime, now: datetime) -> None:
        """End imports that somebody uploaded and never started, or paused and forgot."""
        idle = imports.c.state.in_((ImportState.WAITING, ImportState.READY, ImportState.PAUSED))
        stale = func.coalesce(imports.c.started_at, imports.c.created_at) < made_before
        ended = {"state": ImportState.CANCELLED, "finished_at": now}
        await self._connection.execute(update(imports).where(idle, stale).values(ended))

    async def forget_rows(self, *, ended_before: datetime) -> int:
        """Delete some rows of an import that ended long ago, or of its earlier runs; return how many."""
        is_old = or_(imports.c.finished_at < ended_before, import_rows.c.run < imports.c.run)
        of_it = select(import_rows.c.number).where(import_rows.c.import_id == imports.c.id, is_old)
        wanted = select(imports.c.id, imports.c.run, imports.c.finished_at).where(
            or_(imports.c.finished_at < ended_before, imports.c.run > 1), exists(of_it)
        )
        found = (await self._connection.execute(wanted.limit(1))).one_or_none()
        if found is None:
            return 0
        is_over = found.finished_at is not None and found.finished_at < ended_before
        these = (import_rows.c.import_id == found.id, import_rows.c.run < found.run + int(is_over))
        first = select(func.min(import_rows.c.number)).where(*these).scalar_subquery()
        some = delete(import_rows).where(*these, import_rows.c.number < first + DELETED_AT_ONCE)
        return (await self._connection.execute(some)).rowcount


def _values(each: Import) -> dict[str, Any]:
    maker = each.created_by
    return {
        "id": each.id,
        "workspace_id": each.workspace_id,
        "name": each.name,
        "file_bytes": each.file_bytes,
        "state": each.state.value,
        "source": each.source,
        "columns": _json(each.columns),
        "sample": _json([dict(row) for row in each.sample]),
        "mapping": _json({field.value: column for field, column in each.mapping.items()}),
        "options": _json(asdict(each.options)),
        "hosts": _json(each.hosts),
        "created_at": each.created_at,
        "created_by_kind": maker.kind if maker else None,
        "created_by": maker.id if maker else None,
        "total": each.total,
        "run": each.run,
        "dry_run": int(each.dry_run),
        "position": each.position,
        **asdict(each.counts),
        "started_at": each.started_at,
        "finished_at": each.finished_at,
        "problem": _reason_text(each.problem),
    }


def _import(row: Row[*tuple[Any, ...]]) -> Import:
    options = msgspec.json.decode(row.options)
    maker = None if row.created_by_kind is None else Maker(kind=row.created_by_kind, id=row.created_by)
    return Import(
        id=ImportId(row.id),
        workspace_id=WorkspaceId(row.workspace_id),
        name=row.name,
        file_bytes=row.file_bytes,
        state=ImportState(row.state),
        source=row.source,
        columns=tuple(msgspec.json.decode(row.columns)),
        sample=tuple(msgspec.json.decode(row.sample)),
        mapping={Field(name): column for name, column in msgspec.json.decode(row.mapping).items()},
        created_at=row.created_at,
        created_by=maker,
        options=Options(
            on_taken_slug=TakenSlug(options["on_taken_slug"]),
            domain=options["domain"],
            tags=tuple(options["tags"]),
            folder=options["folder"],
        ),
        hosts=tuple(msgspec.json.decode(row.hosts)),
        total=row.total,
        run=row.run,
        dry_run=bool(row.dry_run),
        position=row.position,
        counts=Counts(created=row.created, skipped=row.skipped, failed=row.failed),
        started_at=row.started_at,
        finished_at=row.finished_at,
        problem=_reason(row.problem),
    )


def _row_values(task: Import, result: RowResult) -> dict[str, Any]:
    return {
        "import_id": task.id,
        "run": task.run,
        "number": result.row,
        "state": result.state.value,
        "slug": result.slug,
        "destination": result.destination,
        "reason": _reason_text(result.reason),
        "link_id": result.link_id,
    }


def _result(row: Row[*tuple[Any, ...]]) -> RowResult:
    return RowResult(
        row=row.number,
        state=RowState(row.state),
        slug=row.slug,
        destination=row.destination,
        reason=_reason(row.reason),
        link_id=None if row.link_id is None else LinkId(row.link_id),
    )


def _json(value: object) -> str:
    return msgspec.json.encode(value).decode()


def _reason_text(reason: Reason | None) -> str | None:
    return None if reason is None else _json({"code": reason.code, "params": dict(reason.params)})


def _reason(text: str | None) -> Reason | None:
    if text is None:
        return None
    read = msgspec.json.decode(text)
    return Reason(code=read["code"], params=read["params"])

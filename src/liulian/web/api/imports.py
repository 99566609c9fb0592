"""Imports over HTTP: send a file, say what its columns are, start, watch, pause, cancel. Decides nothing itself.

The work is the worker's; whoever wants to see how far it is asks again. A file is written to disk as it comes.
"""

import asyncio
import os
import shutil
from collections.abc import AsyncIterator, Awaitable, Callable
from pathlib import Path
from typing import IO, Annotated, Any

from fastapi import APIRouter, Query, Request
from fastapi.responses import Response, StreamingResponse

from liulian.accounts.model import Actor
from liulian.base.errors import Unavailable
from liulian.base.i18n import Language, text
from liulian.base.ids import encode_id
from liulian.storage.database import Transaction
from liulian.transfer.lines import BOM, csv_lines
from liulian.transfer.service import (
    FILE_BYTES_MAX,
    LISTED_MAX,
    ImportWish,
    Office,
    add_import,
    cancel_import,
    change_import,
    check_room,
    file_of,
    import_for,
    list_imports,
    list_rows,
    look_into,
    pause_import,
    resume_import,
    start_import,
)
from liulian.transfer.task import Import, ImportId, Options, Reason, RowResult, RowState, TakenSlug
from liulian.web.api.describe import KEYED, answers, refusals, takes
from liulian.web.api.shown import shown_instant
from liulian.web.api.transfer_schemas import UPLOAD, ImportOptions, ImportPatch, ImportStart, RowStateName
from liulian.web.api.uploads import received_upload
from liulian.web.api.wishes import AnyId, cursor_number, id_in_path, json_answer, read_shape
from liulian.web.auth import KnownActor
from liulian.web.errors import language_of
from liulian.web.making import workshop_of
from liulian.web.parts import Parts, parts_of
from liulian.web.place import place_of

ROWS_MAX, ROWS_DEFAULT = 1_000, 100
IMPORTS_DEFAULT = 20
FAILURE_COLUMNS = ("row", "state", "code", "reason", "slug", "destination")

router = APIRouter(tags=["imports"])

Limit = Annotated[int, Query(ge=1, le=LISTED_MAX, description="How many imports at most.")]
RowLimit = Annotated[int, Query(ge=1, le=ROWS_MAX, description="How many rows at most.")]
Cursor = Annotated[str | None, Query(max_length=20, description="`next_cursor` of the page before.")]
State = Annotated[RowStateName | None, Query(description="Only rows that came to this.")]

_ONE = answers(200, "ImportShown") | refusals(403)
_MOVED = _ONE | refusals(409)


@router.post(
    "/imports",
    summary="Upload a file with links",
    status_code=201,
    responses=answers(201, "ImportShown") | refusals(400, 403, 409, 413, 415),
    openapi_extra=UPLOAD | KEYED,
)
async def upload(request: Request, actor: KnownActor) -> Response:
    """Send a CSV or JSON file of up to 100 MB. Nothing is made before it is started."""
    parts = parts_of(request)
    if parts.imports_dir is None:
        raise Unavailable
    async with parts.database.read() as tx:
        await check_room(actor, tx=tx)
    import_id = ImportId(parts.ids())
    path = file_of(parts.imports_dir, import_id)
    try:
        async with received_upload(request, field="file", bytes_max=FILE_BYTES_MAX) as (sent, fields):
            await asyncio.to_thread(_keep, sent.file, path)
        found = await asyncio.to_thread(look_into, path, source=fields.get("source") or "auto")
        async with parts.database.write() as tx:
            new = await add_import(
                actor,
                found,
                import_id=import_id,
                name=sent.filename or "",
                hosts=place_of(request).system_hosts,
                office=_office(request, tx),
            )
    except BaseException:
        path.unlink(missing_ok=True)
        raise
    where = f"/api/v1/imports/{encode_id(new.id)}"
    return json_answer(_shown(new, language_of(request)), status=201, location=where)


@router.get(
    "/imports", summary="List imports", responses=answers(200, "ImportPage") | refusals(403), openapi_extra=KEYED
)
async def list_(request: Request, actor: KnownActor, limit: Limit = IMPORTS_DEFAULT, cursor: Cursor = None) -> Response:
    """List the imports of the workspace, newest first."""
    number, language = cursor_number(cursor), language_of(request)
    before = None if number is None else ImportId(number)
    async with parts_of(request).database.read() as tx:
        found = await list_imports(actor, tx=tx, before=before, limit=limit + 1)
    shown = [_shown(each, language) | {"sample": []} for each in found[:limit]]
    return json_answer({"imports": shown, "next_cursor": shown[-1]["id"] if len(found) > limit else None})


@router.get("/imports/{id}", summary="Show an import", responses=_ONE, openapi_extra=KEYED)
async def show(request: Request, actor: KnownActor, import_id: AnyId) -> Response:
    """Show one import, and how far it is."""
    async with parts_of(request).database.read() as tx:
        found = await import_for(actor, _id(import_id), tx=tx)
    return json_answer(_shown(found, language_of(request)))


@router.patch(
    "/imports/{id}",
    summary="Arrange an import",
    responses=_MOVED,
    openapi_extra=takes("ImportPatch") | KEYED,
)
async def change(request: Request, actor: KnownActor, import_id: AnyId) -> Response:
    """Say which column is what, and what is wished of all links; before the start, and after a dry run."""
    given = await read_shape(request, ImportPatch)
    wish = ImportWish(
        mapping=given.mapping if "mapping" in given.model_fields_set else None,
        options=_options(given.options) if "options" in given.model_fields_set else None,
    )
    return await _arranged(request, lambda office: change_import(actor, _id(import_id), wish, office=office))


@router.post(
    "/imports/{id}/start",
    summary="Start an import",
    responses=_MOVED,
    openapi_extra=takes("ImportStart") | KEYED,
)
async def start(request: Request, actor: KnownActor, import_id: AnyId) -> Response:
    """Let the worker make the links; or with `dry_run` only say what would become of each row."""
    wish = await read_shape(request, ImportStart)
    return await _arranged(
        request, lambda office: start_import(actor, _id(import_id), dry_run=wish.dry_run, office=office)
    )


@router.post("/imports/{id}/pause", summary="Pause an import", responses=_MOVED, openapi_extra=KEYED)
async def pause(request: Request, actor: KnownActor, import_id: AnyId) -> Response:
    """Stop where it is, for now."""
    return await _arranged(request, lambda office: pause_import(actor, _id(import_id), office=office))


@router.post("/imports/{id}/resume", summary="Resume an import", responses=_MOVED, openapi_extra=KEYED)
async def resume(request: Request, actor: KnownActor, import_id: AnyId) -> Response:
    """Go on where it was paused, or where it failed."""
    return await _arranged(request, lambda office: resume_import(actor, _id(import_id), office=office))


@router.post("/imports/{id}/cancel", summary="Cancel an import", responses=_MOVED, openapi_extra=KEYED)
async def cancel(request: Request, actor: KnownActor, import_id: AnyId) -> Response:
    """Stop for good. Links that were made stay."""
    return await _arranged(request, lambda office: cancel_import(actor, _id(import_id), office=office))


@router.get(
    "/imports/{id}/rows",
    summary="List what became of rows",
    responses=answers(200, "ImportRowPage") | refusals(403),
    openapi_extra=KEYED,
)
async def rows(
    request: Request,
    actor: KnownActor,
    import_id: AnyId,
    state: State = None,
    limit: RowLimit = ROWS_DEFAULT,
    cursor: Cursor = None,
) -> Response:
    """List rows of the latest run in the order of the file, each with its reason where there is no link."""
    wanted, after = None if state is None else RowState(state), cursor_number(cursor) or 0
    async with parts_of(request).database.read() as tx:
        found = await list_rows(actor, _id(import_id), tx=tx, state=wanted, after=after, limit=limit + 1)
    shown = [_shown_row(row, language_of(request)) for row in found[:limit]]
    following = encode_id(found[limit - 1].row) if len(found) > limit else None
    return json_answer({"rows": shown, "next_cursor": following})


@router.get(
    "/imports/{id}/failures.csv",
    summary="Export what became no link",
    responses={
        200: {"description": "The file.", "content": {"text/csv": {"schema": {"type": "string"}}}},
        **refusals(401, 403, 404, 422, 503),
    },
    openapi_extra=KEYED,
)
async def failures(request: Request, actor: KnownActor, import_id: AnyId) -> Response:
    """Answer the rows that failed or were passed over as CSV, with the reason of each."""
    parts, number = parts_of(request), _id(import_id)
    async with parts.database.read() as tx:
        await import_for(actor, number, tx=tx)
    lines = _failures(actor, number, parts=parts, language=language_of(request))
    headers = {"Content-Disposition": 'attachment; filename="failures.csv"'}
    return StreamingResponse(lines, media_type="text/csv; charset=utf-8", headers=headers)


async def _failures(actor: Actor, import_id: ImportId, *, parts: Parts, language: Language) -> AsyncIterator[str]:
    yield BOM + csv_lines([FAILURE_COLUMNS])
    for state in (RowState.FAILED, RowState.SKIPPED):
        after, is_more = 0, True
        while is_more:
            async with parts.database.read() as tx:
                page = await list_rows(actor, import_id, tx=tx, state=state, after=after, limit=ROWS_MAX)
            yield csv_lines(_failure(row, language) for row in page)
            is_more, after = len(page) == ROWS_MAX, page[-1].row if page else 0


def _failure(row: RowResult, language: Language) -> tuple[object, ...]:
    reason = _shown_reason(row.reason, language) or {"code": "", "message": ""}
    return row.row, row.state.value, reason["code"], reason["message"], row.slug, row.destination


async def _arranged(request: Request, act: Callable[[Office], Awaitable[Import]]) -> Response:
    async with parts_of(request).database.write() as tx:
        task = await act(_office(request, tx))
    return json_answer(_shown(task, language_of(request)))


def _office(request: Request, tx: Transaction) -> Office:
    workshop = workshop_of(request, tx)
    return Office(tx=tx, surveyor=workshop.surveyor, ids=workshop.ids, now=workshop.now)


def _keep(sent: IO[bytes], path: Path) -> None:
    """Copy what was sent to where the worker finds it."""
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
        shutil.copyfileobj(sent, file)


def _id(text_in_path: str) -> ImportId:
    return ImportId(id_in_path(text_in_path))


def _options(given: ImportOptions) -> Options:
    return Options(
        on_taken_slug=TakenSlug(given.on_taken_slug),
        domain=given.domain or None,
        tags=tuple(given.tags),
        folder=given.folder,
    )


def _shown(task: Import, language: Language) -> dict[str, Any]:
    return {
        "id": encode_id(task.id),
        "name": task.name,
        "bytes": task.file_bytes,
        "state": task.state.value,
        "source": task.source,
        "columns": list(task.columns),
        "sample": [dict(row) for row in task.sample],
        "mapping": {field.value: column for field, column in task.mapping.items()},
        "options": {
            "on_taken_slug": task.options.on_taken_slug.value,
            "domain": task.options.domain,
            "tags": list(task.options.tags),
            "folder": task.options.folder,
        },
        "total": task.total,
        "position": task.position,
        "created": task.counts.created,
        "skipped": task.counts.skipped,
        "failed": task.counts.failed,
        "dry_run": task.dry_run,
        "problem": _shown_reason(task.problem, language),
        "created_at": shown_instant(task.created_at),
        "started_at": shown_instant(task.started_at) if task.started_at else None,
        "finished_at": shown_instant(task.finished_at) if task.finished_at else None,
    }


def _shown_row(row: RowResult, language: Language) -> dict[str, Any]:
    return {
        "row": row.row,
        "state": row.state.value,
        "reason": _shown_reason(row.reason, language),
        "slug": row.slug,
        "destination": row.destination,
        "link_id": None if row.link_id is None else encode_id(row.link_id),
    }


def _shown_reason(reason: Reason | None, language: Language) -> dict[str, str] | None:
    if reason is None:
        return None
    return {"code": reason.code, "message": text(language, f"errors.{reason.code}", **reason.params)}

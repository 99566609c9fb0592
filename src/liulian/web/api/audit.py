"""What was done in the workspace: a page at a time, or all of it as a file."""

import csv
import io
from collections.abc import AsyncIterator
from typing import Annotated

import msgspec
from fastapi import APIRouter, Query, Request
from fastapi.responses import Response, StreamingResponse

from liulian.accounts.audit import every_page, list_entries
from liulian.accounts.model import Actor, require
from liulian.accounts.people import AuditEntry
from liulian.accounts.permissions import Scope
from liulian.base.errors import FieldError, InvalidRequest
from liulian.base.ids import decode_id, encode_id
from liulian.web.api.describe import KEYED, answers, refusals
from liulian.web.api.shown_people import instant, shown_entry
from liulian.web.api.wishes import cursor_number, json_answer
from liulian.web.auth import KnownActor
from liulian.web.parts import Parts, parts_of

PAGE_MAX, PAGE_DEFAULT = 100, 50
COLUMNS = ("at", "actor_kind", "actor_id", "actor_name", "action", "kind", "object_id", "details")
FORMULA = ("=", "+", "-", "@", "\t", "\r")  # What makes a spreadsheet compute instead of show.
BOM = "\ufeff"  # Without it Excel takes UTF-8 for something else.

router = APIRouter(tags=["audit"])

Limit = Annotated[int, Query(ge=1, le=PAGE_MAX, description="How many entries at most.")]
Cursor = Annotated[str | None, Query(description="`next_cursor` of the page before.")]
Action = Annotated[
    str | None, Query(max_length=100, description="Only this action, such as `member.removed`, or its first word.")
]
ActorId = Annotated[
    str | None, Query(alias="actor", description="Only what this person or key did, by the id of `actor`.")
]


@router.get(
    "/audit", summary="List what was done", responses=answers(200, "AuditPage") | refusals(403), openapi_extra=KEYED
)
async def list_(
    request: Request,
    actor: KnownActor,
    limit: Limit = PAGE_DEFAULT,
    cursor: Cursor = None,
    action: Action = None,
    who: ActorId = None,
) -> Response:
    """List what was done in the workspace, newest first. Nothing in it is ever changed."""
    async with parts_of(request).database.read() as tx:
        found = await list_entries(
            actor,
            store=tx,
            before=cursor_number(cursor),
            limit=limit + 1,
            action=_printable(action),
            actor_id=_actor_id(who),
        )
    shown = [shown_entry(entry) for entry in found[:limit]]
    return json_answer({"entries": shown, "next_cursor": shown[-1]["id"] if len(found) > limit else None})


@router.get(
    "/audit.csv",
    summary="Export what was done",
    responses={
        200: {"description": "The file.", "content": {"text/csv": {"schema": {"type": "string"}}}},
        **refusals(401, 403, 404, 422, 503),
    },
    openapi_extra=KEYED,
)
async def export(request: Request, actor: KnownActor) -> Response:
    """Answer all entries as CSV (UTF-8), newest first."""
    require(actor, Scope.AUDIT_READ)  # Asked again for every page; here so that a refusal is no half a file.
    headers = {"Content-Disposition": 'attachment; filename="audit.csv"'}
    return StreamingResponse(_file(actor, parts_of(request)), media_type="text/csv; charset=utf-8", headers=headers)


async def _file(actor: Actor, parts: Parts) -> AsyncIterator[str]:
    yield BOM + _lines([COLUMNS])
    async for page in every_page(actor, read=parts.database.read):
        yield _lines([_row(entry) for entry in page])


def _row(entry: AuditEntry) -> tuple[str, ...]:
    cells = (
        instant(entry.at),
        entry.actor_kind,
        encode_id(entry.actor_id) if entry.actor_id is not None else "",
        entry.actor_name or "",
        entry.action,
        entry.kind,
        entry.object_id,
        msgspec.json.encode(entry.details).decode() if entry.details else "",
    )
    return tuple("'" + cell if cell.startswith(FORMULA) else cell for cell in cells)


def _lines(rows: list[tuple[str, ...]]) -> str:
    written = io.StringIO()
    csv.writer(written).writerows(rows)
    return written.getvalue()


def _actor_id(text: str | None) -> int | None:
    if text is None:
        return None
    number = decode_id(text)
    if number is None:
        raise InvalidRequest(errors=(FieldError("actor", "field_form"),))
    return number


def _printable(text: str | None) -> str | None:
    if text is not None and not text.isprintable():
        raise InvalidRequest(errors=(FieldError("action", "field_form"),))
    return text

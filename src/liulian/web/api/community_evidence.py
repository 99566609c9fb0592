"""What others tell of members, over HTTP: acts many at once, files with a mapping, and what was sent.

Decides nothing itself. Nothing that names a person is kept: it is only compared.
"""

import asyncio
import os
import tempfile
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import IO, Annotated, Any
from zoneinfo import ZoneInfo

import msgspec
from fastapi import APIRouter, Query, Request
from fastapi.responses import Response

from liulian.accounts.permissions import Scope
from liulian.base.errors import AppError, FieldError, FieldRefused, InvalidRequest, NotFound
from liulian.base.i18n import Language
from liulian.base.ids import SendId, encode_id
from liulian.base.secrets import derive_key, sign
from liulian.community.acts import ActKind
from liulian.community.days import zone_named
from liulian.community.evidence import FIELDS
from liulian.community.model import Recorded
from liulian.community.sends import Send, SendDesk, find_send, list_sends, tell_send
from liulian.community.service import community_for
from liulian.community.telling import ACTS_MAX, EvidenceDesk, Result, tell
from liulian.storage.database import Transaction
from liulian.transfer.evidence import FILE_BYTES_MAX, Sheet, checked_mapping, open_sheet, proposed_mapping
from liulian.transfer.evidence_file import Report, take_file
from liulian.transfer.reading import Table
from liulian.web.api.bodies import BULK_BYTES_MAX, read_json
from liulian.web.api.communities import community_of
from liulian.web.api.community_evidence_schemas import EVIDENCE_FILE
from liulian.web.api.community_parts import PartId
from liulian.web.api.describe import KEYED, answers, refusals, takes
from liulian.web.api.link_id import LinkIdInPath  # noqa: F401 - Paths below name what it registers.
from liulian.web.api.shown import shown_instant
from liulian.web.api.uploads import received_upload
from liulian.web.api.wishes import AnyId, cursor_number, id_in_path, json_answer
from liulian.web.auth import KnownActor
from liulian.web.errors import language_of, problem_of
from liulian.web.parts import parts_of

router = APIRouter(prefix="/communities/{id:link_id}", tags=["community-evidence"])

SENDS_MAX, SENDS_DEFAULT = 200, 50
Limit = Annotated[int, Query(ge=1, le=SENDS_MAX)]
Cursor = Annotated[str | None, Query(max_length=40, description="`next_cursor` of the page before.")]


@router.post(
    "/acts",
    summary="Tell what happened elsewhere",
    responses=answers(200, "ActAnswer") | refusals(403),
    openapi_extra=KEYED | takes("ActList"),
)
async def create_acts(request: Request, actor: KnownActor, community_id: AnyId) -> Response:
    """Tell of up to 1,000 purchases, sends, opens, opt-outs, quits, head counts and attendances at once.

    The answer is 200 with a result for each, in the order they came. What has a key that is known counts once.
    """
    body = await read_json(request, bytes_max=BULK_BYTES_MAX)
    given = list_in(body.value, "acts", at_most=ACTS_MAX)
    async with parts_of(request).database.write() as tx:
        results = await tell(actor, community_of(community_id), given, desk=_desk(request, tx))
    language = language_of(request)
    return json_answer({"results": [_shown_result(n, each, language) for n, each in enumerate(results)]})


@router.post(
    "/evidence",
    summary="Upload a file of what happened elsewhere",
    responses=answers(200, "EvidenceReport") | refusals(400, 403, 413, 415),
    openapi_extra=KEYED | EVIDENCE_FILE,
)
async def upload(request: Request, actor: KnownActor, community_id: AnyId) -> Response:
    """Send a table: each row becomes an act. Sent again, it adds nothing: rows are known by their key or content."""
    parts, known = parts_of(request), community_of(community_id)
    async with parts.database.read() as tx:
        community = await community_for(actor, known, store=tx.communities, scope=Scope.COMMUNITIES_WRITE)
    with tempfile.TemporaryDirectory(prefix="evidence-") as folder:
        path = Path(folder, "table")
        async with received_upload(request, field="file", bytes_max=FILE_BYTES_MAX) as (sent, fields):
            await asyncio.to_thread(_keep, sent.file, path)
        table = await asyncio.to_thread(open_sheet, path)
        dry_run = _flag(fields, "dry_run")
        hide = _hider(request)
        sheet = _sheet(table, fields, usual_zone=community.zone, hide=hide)

        async def told(acts: Sequence[Mapping[str, Any]]) -> list[Result]:
            database = parts.database
            async with database.read() if dry_run else database.write() as tx:
                return await tell(actor, known, acts, desk=_desk(request, tx), dry_run=dry_run)

        report = await take_file(sheet, tell=told, now=parts.clock())
    return json_answer(_shown_report(report, sheet, language=language_of(request), dry_run=dry_run))


@router.post(
    "/sends",
    summary="Tell of something that was sent",
    responses=answers(200, "Send") | refusals(403),
    openapi_extra=KEYED | takes("SendWish"),
)
async def create_send(request: Request, actor: KnownActor, community_id: AnyId) -> Response:
    """Tell of something sent by another program, so that opens and opt-outs can name it. Known keys change nothing."""
    body, parts = await read_json(request), parts_of(request)
    async with parts.database.write() as tx:
        desk = SendDesk(tx=tx, ids=parts.ids, now=parts.clock())
        send, _ = await tell_send(actor, community_of(community_id), body.value, desk=desk)
    return json_answer(_shown_send(send))


@router.get("/sends", summary="List sends", responses=answers(200, "SendPage") | refusals(403), openapi_extra=KEYED)
async def list_all_sends(
    request: Request, actor: KnownActor, community_id: AnyId, limit: Limit = SENDS_DEFAULT, cursor: Cursor = None
) -> Response:
    """List what was sent to members, newest first: by other programs, and broadcasts of the community."""
    before = cursor_number(cursor)
    async with parts_of(request).database.read() as tx:
        found = await list_sends(actor, community_of(community_id), tx=tx, before=before, limit=limit + 1)
    shown = [_shown_send(send) for send in found[:limit]]
    return json_answer({"sends": shown, "next_cursor": shown[-1]["id"] if len(found) > limit else None})


@router.get(
    "/sends/{part_id:link_id}",
    summary="Show a send",
    responses=answers(200, "Send") | refusals(403),
    openapi_extra=KEYED,
)
async def show_send(request: Request, actor: KnownActor, community_id: AnyId, part_id: PartId) -> Response:
    """Show one thing that was sent."""
    async with parts_of(request).database.read() as tx:
        send = await find_send(actor, community_of(community_id), SendId(id_in_path(part_id)), tx=tx)
    if send is None:
        raise NotFound
    return json_answer(_shown_send(send))


def list_in(value: object, name: str, *, at_most: int) -> list[object]:
    """Return the list in a body, each as it came. Raises InvalidRequest for what is no such body at all."""
    given = value if isinstance(value, dict) else {}
    errors = [FieldError(each[:100], "field_unknown") for each in sorted(set(given) - {name})[:20]]
    wishes = given.get(name)
    if isinstance(wishes, list) and 1 <= len(wishes) <= at_most and not errors:
        return wishes
    if not isinstance(wishes, list) or not 1 <= len(wishes) <= at_most:
        errors.append(FieldError(name, "definition_count", {"least": 1, "most": at_most}))
    raise InvalidRequest(errors=tuple(errors))


def _desk(request: Request, tx: Transaction) -> EvidenceDesk:
    parts = parts_of(request)
    return EvidenceDesk(tx=tx, ids=parts.ids, now=parts.clock(), key=parts.site.member_key)


def _hider(request: Request) -> Callable[[str], str]:
    key = derive_key(parts_of(request).site.member_key, purpose="evidence-row")
    return lambda text: sign(key, text.encode())


def _sheet(table: Table, fields: Mapping[str, str], *, usual_zone: str, hide: Callable[[str], str]) -> Sheet:
    """Return how a file is to be read. Raises InvalidRequest."""
    if fields.get("mapping"):
        try:
            wished = msgspec.json.decode(fields["mapping"])
        except (ValueError, RecursionError):
            raise InvalidRequest(errors=(FieldError("mapping", "field_type"),)) from None
        mapping = checked_mapping(wished, table.columns)
    else:
        mapping = proposed_mapping(table.columns)
    return Sheet(
        table=table, mapping=mapping, zone=_zone(fields.get("zone") or usual_zone), hide=hide, kind=_kind(fields)
    )


def _kind(fields: Mapping[str, str]) -> ActKind | None:
    wished = fields.get("kind")
    if not wished:
        return None
    if wished not in {kind.value for kind in FIELDS}:
        params: dict[str, str | int] = {"name": wished[:40], "allowed": ", ".join(FIELDS)}
        raise InvalidRequest(errors=(FieldError("kind", "choice_unknown", params),))
    return ActKind(wished)


def _zone(name: str) -> ZoneInfo:
    try:
        return zone_named(name)
    except FieldRefused as refused:
        raise InvalidRequest(errors=(refused.of("zone"),)) from None


def _flag(fields: Mapping[str, str], name: str) -> bool:
    if fields.get(name, "false") not in ("true", "false"):
        raise InvalidRequest(errors=(FieldError(name, "field_type"),))
    return fields.get(name) == "true"


def _keep(sent: IO[bytes], path: Path) -> None:
    """Copy what was sent to where readers of tables find it, for as long as the request takes."""
    with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
        while chunk := sent.read(1 << 20):
            file.write(chunk)


def _shown_result(index: int, result: Result, language: Language) -> dict[str, Any]:
    if isinstance(result, Recorded):
        return {"index": index, "act_id": encode_id(result.act_id), "is_new": result.is_new}
    return {"index": index, "problem": problem_of(result, language, within=f"acts[{index}]")}


def _shown_report(report: Report, sheet: Sheet, *, language: Language, dry_run: bool) -> dict[str, Any]:
    def failure(row: int, error: AppError) -> dict[str, Any]:
        return {"row": row, "problem": problem_of(error, language)}

    return {
        "columns": list(sheet.table.columns),
        "mapping": {name: column.value for name, column in sheet.mapping.items()},
        "rows": report.rows,
        "created": report.created,
        "known": report.known,
        "failed": report.failed,
        "failures": [failure(row, error) for row, error in report.failures],
        "dry_run": dry_run,
    }


def _shown_send(send: Send) -> dict[str, Any]:
    return {
        "id": encode_id(send.id),
        "kind": send.kind,
        "key": send.key,
        "name": send.name,
        "purpose": send.purpose.value,
        "channel": send.channel,
        "stimulus": {"share": send.stimulus.share, "amount": send.stimulus.amount},
        "sent_at": shown_instant(send.sent_at),
        "created_at": shown_instant(send.created_at),
    }

"""What the command line imports and exports: the same as the API, done here, with or without a running server."""

import asyncio
import secrets
import shutil
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from rich.console import Console

from liulian.accounts.model import ApiKeyActor
from liulian.accounts.people import DEFAULT_WORKSPACE
from liulian.accounts.permissions import ALL_SCOPES
from liulian.base.clock import utc_now
from liulian.base.errors import FieldError, InvalidRequest, NotFound
from liulian.base.i18n import Language, text
from liulian.base.ids import IdSource, WorkspaceId, decode_id
from liulian.base.progress import rows_shown
from liulian.bootstrap import import_plant
from liulian.commands import LOCAL_KEY, own_hosts_of, ready_database
from liulian.config import Settings
from liulian.edge.hosts import with_host
from liulian.storage.database import Database, Transaction
from liulian.storage.workshop import workshop_in
from liulian.transfer.exporting import Depot, everything_zip, links_csv, links_json
from liulian.transfer.run import LEASE, work_on
from liulian.transfer.service import (
    ImportWish,
    LookedInto,
    Office,
    WrongState,
    add_import,
    change_import,
    file_of,
    look_into,
    pause_import,
    start_import,
)
from liulian.transfer.task import Import, ImportId, ImportState, Options, Reason, RowState, TakenSlug

FAILURES_SHOWN = 20  # Then a person has seen what kind of trouble it is.
KINDS: dict[str, Callable[..., AsyncIterator[bytes]]] = {
    ".csv": links_csv,
    ".json": links_json,
    ".zip": everything_zip,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Order:
    """What is to be imported, and how. `columns` are `field=column`, instead of what is recognised."""

    file: Path
    source: str
    columns: Sequence[str]
    dry_run: bool
    workspace: str | None
    random_slugs: bool


async def import_file(
    settings: Settings, order: Order, *, language: Language, console: Console
) -> tuple[list[str], bool]:
    """Import a file to its end; return what is to be said of it, and whether all of it could be read."""
    async with _database(settings) as database:
        actor = await _local(database, order.workspace)
        import_id = ImportId(IdSource()())
        path = file_of(settings.imports_dir, import_id)
        try:
            found = await asyncio.to_thread(_take, order, path)
            async with database.write() as tx:
                task, lease = await _started(actor, found, order, import_id, tx=tx, settings=settings)
        except BaseException:
            path.unlink(missing_ok=True)
            raise
        try:
            done = await _worked(task, lease, settings=settings, database=database, console=console)
        except asyncio.CancelledError:
            with suppress(WrongState):
                async with database.write() as tx:
                    await pause_import(actor, task.id, office=_office(tx, settings))
            raise
        return await _report(done, database=database, language=language), done.state is ImportState.DONE


async def export_file(settings: Settings, file: Path, *, workspace: str | None, console: Console) -> None:
    """Write all links, or everything, into a file; its ending says what. It appears only when it is complete."""
    chunks = KINDS.get(file.suffix.lower())
    if chunks is None:
        raise InvalidRequest(errors=(FieldError("file", "export_ending", {"allowed": ", ".join(KINDS)}),))
    part = file.with_name(file.name + ".part")
    async with _database(settings) as database:
        actor = await _local(database, workspace)
        with rows_shown(console) as show, part.open("wb") as out:
            written = 0

            def note(number: int) -> None:
                nonlocal written
                written += number
                show(written, None)

            depot = Depot(read=database.read, origin_of=partial(_origin, settings), now=utc_now(), on_links=note)
            async for chunk in chunks(actor, depot=depot):
                out.write(chunk)
        async with database.write() as tx:
            await tx.audit.record(
                actor, "export.started", "workspace", actor.workspace_id, now=utc_now(), file=file.suffix.lower()
            )
    part.replace(file)


@asynccontextmanager
async def _database(settings: Settings) -> AsyncIterator[Database]:
    database = await ready_database(settings)
    try:
        yield database
    finally:
        await database.close()


async def _local(database: Database, workspace: str | None) -> ApiKeyActor:
    """Return whoever runs commands on this machine, in a workspace. Raises NotFound."""
    number = DEFAULT_WORKSPACE if workspace is None else decode_id(workspace)
    async with database.read() as tx:
        found = None if number is None else await tx.workspaces.find(WorkspaceId(number))
    if found is None:
        raise NotFound
    return ApiKeyActor(workspace_id=found.id, api_key_id=LOCAL_KEY, scopes=ALL_SCOPES)


def _take(order: Order, path: Path) -> LookedInto:
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    shutil.copyfile(order.file, path)
    path.chmod(0o600)
    return look_into(path, source=order.source)


async def _started(
    actor: ApiKeyActor, found: LookedInto, order: Order, import_id: ImportId, *, tx: Transaction, settings: Settings
) -> tuple[Import, int]:
    """Return an import that has begun, and belongs to this command from the beginning."""
    office = _office(tx, settings)
    new = await add_import(actor, found, import_id=import_id, name=order.file.name, hosts=(), office=office)
    chosen = dict(each.partition("=")[::2] for each in order.columns)
    mapping = {field.value: column for field, column in new.mapping.items() if column not in chosen.values()} | chosen
    slugs = TakenSlug.RANDOM if order.random_slugs else TakenSlug.SKIP
    wish = ImportWish(mapping=mapping, options=Options(on_taken_slug=slugs))
    await change_import(actor, new.id, wish, office=office)
    task = await start_import(actor, new.id, dry_run=order.dry_run, office=office)
    lease, now = secrets.randbits(62), utc_now()
    await tx.imports.claim(task.id, lease=lease, now=now, until=now + LEASE)
    return task, lease


async def _worked(task: Import, lease: int, *, settings: Settings, database: Database, console: Console) -> Import:
    with rows_shown(console, total=task.total) as show:
        return await work_on(
            task,
            lease=lease,
            plant=import_plant(settings, database),
            stop=asyncio.Event(),
            on_batch=lambda so_far: show(so_far.position, so_far.total),
        )


async def _report(task: Import, *, database: Database, language: Language) -> list[str]:
    """Return what became of an import: the numbers, why it ended early, and the first rows without a link."""
    counts = task.counts
    key = "cli.import_tried" if task.dry_run else "cli.import_done"
    lines = [text(language, key, created=counts.created, skipped=counts.skipped, failed=counts.failed)]
    if task.problem is not None:
        lines.append(_sentence(task.problem, language))
    async with database.read() as tx:
        rows = await tx.imports.list_rows(task, state=RowState.FAILED, after=0, limit=FAILURES_SHOWN)
    for row in rows:
        reason = _sentence(row.reason, language) if row.reason else ""
        lines.append(text(language, "cli.import_row", row=row.row, reason=reason))
    if counts.failed > len(rows):
        lines.append(text(language, "cli.import_more", number=counts.failed - len(rows)))
    return lines


def _sentence(reason: Reason, language: Language) -> str:
    return text(language, f"errors.{reason.code}", **reason.params)


def _office(tx: Transaction, settings: Settings) -> Office:
    ids, now = IdSource(), utc_now()
    surveyor = workshop_in(tx, ids=ids, now=now, system_hosts=own_hosts_of(settings)).surveyor
    return Office(tx=tx, surveyor=surveyor, ids=ids, now=now)


def _origin(settings: Settings, host: str) -> str:
    own = settings.base_url or f"http://{settings.host}:{settings.port}"
    return with_host(own, host) if host else own

"""Upload, arrange, start, pause and cancel imports. Who may do what is decided here; the work itself is in `run.py`.

Works inside the caller's transaction and never commits. Another workspace's import does not exist for the caller.
"""

import dataclasses
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import islice
from pathlib import Path
from typing import Any

from liulian.accounts.model import Actor, require
from liulian.accounts.permissions import Scope
from liulian.base.errors import AppError, Conflict, FieldError, FieldRefused, InvalidRequest, NotFound
from liulian.base.ids import IdSource, encode_id
from liulian.links.domains import domain_for_new_link
from liulian.links.labels import check_name
from liulian.links.model import TAGS_OF_LINK_MAX
from liulian.links.placing import Surveyor, find_folders
from liulian.links.service import maker_of
from liulian.transfer.model import ColumnOf, Field, Row
from liulian.transfer.reading import Table, count_rows, open_table, rows_of
from liulian.transfer.recognise import AUTO, NAMES, columns_of, format_named
from liulian.transfer.store import Stores
from liulian.transfer.task import ENDED, Counts, Import, ImportId, ImportState, Options, RowResult, RowState

FILE_BYTES_MAX = 100 << 20
OPEN_MAX = 10  # Of one workspace: each may keep a hundred megabytes.
LISTED_MAX = 100
SAMPLE_ROWS, SAMPLE_LENGTH_MAX = 5, 200
NAME_LENGTH_MAX = 200
COUNTED_AT_ONCE_BYTES = 1 << 20  # Longer files are counted by the worker.


class TooManyImports(Conflict):
    """The workspace has as many imports that did not end as it may have."""

    code = "imports_limit"


class WrongState(Conflict):
    """The import is not at a point where this can be done."""

    code = "import_state"


class NeedsDestination(Conflict):
    """Nobody has said yet where the links of the file lead."""

    code = "import_needs_destination"


@dataclass(frozen=True, slots=True, kw_only=True)
class LookedInto:
    """What a file was found to be, before anything is stored. `total` None: it is long, and counted later."""

    source: str
    columns: tuple[str, ...]
    sample: tuple[Row, ...]
    mapping: ColumnOf
    file_bytes: int
    total: int | None


@dataclass(frozen=True, slots=True, kw_only=True)
class ImportWish:
    """What a caller wishes of an import: raw. None leaves a part as it is."""

    mapping: Mapping[str, str] | None = None
    options: Options | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Office:
    """What it takes to arrange imports: the stores of this transaction, ids, the time.

    `surveyor` knows the folders and domains that options may name.
    """

    tx: Stores
    surveyor: Surveyor
    ids: IdSource
    now: datetime


def file_of(folder: Path, import_id: ImportId) -> Path:
    """Return where the file of an import is."""
    return folder / encode_id(import_id)


def look_into(path: Path, *, source: str) -> LookedInto:
    """Look into an uploaded file: it may be long, so not on an event loop. Raises UnreadableFile, InvalidRequest."""
    if source != AUTO and source not in NAMES:
        allowed = ", ".join((AUTO, *NAMES))
        raise InvalidRequest(errors=(FieldError("source", "import_source", {"allowed": allowed}),))
    table = open_table(path)
    known = format_named(source, table.columns)
    size = path.stat().st_size
    return LookedInto(
        source=known.name,
        columns=table.columns,
        sample=_sample(table),
        mapping=columns_of(known, table.columns),
        file_bytes=size,
        total=count_rows(table) if size <= COUNTED_AT_ONCE_BYTES else None,
    )


async def check_room(actor: Actor, *, tx: Stores) -> None:
    """Raise TooManyImports where one more file would be too many; before it is sent."""
    workspace_id = require(actor, Scope.LINKS_WRITE).workspace_id
    if await tx.imports.count_open(workspace_id) >= OPEN_MAX:
        raise TooManyImports(max=OPEN_MAX)


async def add_import(
    actor: Actor, found: LookedInto, *, import_id: ImportId, name: str, hosts: Collection[str], office: Office
) -> Import:
    """Return a new import of a file that was looked into and lies in its place. Raises TooManyImports."""
    workspace_id = require(actor, Scope.LINKS_WRITE).workspace_id
    await check_room(actor, tx=office.tx)
    new = Import(
        id=import_id,
        workspace_id=workspace_id,
        name="".join(letter for letter in name if letter.isprintable())[:NAME_LENGTH_MAX],
        file_bytes=found.file_bytes,
        state=_idle_state(found.mapping),
        source=found.source,
        columns=found.columns,
        sample=found.sample,
        mapping=found.mapping,
        created_at=office.now,
        created_by=maker_of(actor),
        hosts=tuple(sorted(hosts)),
        total=found.total,
    )
    await office.tx.imports.add(new)
    return new


async def list_imports(actor: Actor, *, tx: Stores, before: ImportId | None, limit: int) -> list[Import]:
    """Return at most `limit` imports of the actor's workspace, newest first."""
    workspace_id = require(actor, Scope.LINKS_WRITE).workspace_id
    return await tx.imports.list_of(workspace_id, before=before, limit=min(limit, LISTED_MAX + 1))


async def import_for(actor: Actor, import_id: ImportId, *, tx: Stores, for_update: bool = False) -> Import:
    """Return an import of the actor's workspace. Raises NotFound."""
    workspace_id = require(actor, Scope.LINKS_WRITE).workspace_id
    found = await tx.imports.find(import_id, workspace_id=workspace_id, for_update=for_update)
    if found is None:
        raise NotFound
    return found


async def list_rows(
    actor: Actor, import_id: ImportId, *, tx: Stores, state: RowState | None, after: int, limit: int
) -> list[RowResult]:
    """Return at most `limit` rows of the latest run of an import, behind row `after`. Raises NotFound."""
    task = await import_for(actor, import_id, tx=tx)
    return await tx.imports.list_rows(task, state=state, after=after, limit=limit)


async def change_import(actor: Actor, import_id: ImportId, wish: ImportWish, *, office: Office) -> Import:
    """Return the import with another mapping or other options. Raises NotFound, WrongState or InvalidRequest."""
    old = await import_for(actor, import_id, tx=office.tx, for_update=True)
    _refuse_unless(old, {ImportState.WAITING, ImportState.READY} | ({old.state} if _was_dry(old) else set()))
    mapping, errors = _read_mapping(wish.mapping, old)
    if wish.options is not None:
        errors += await _option_errors(actor, wish.options, office=office)
    if errors:
        raise InvalidRequest(errors=tuple(errors))
    new = dataclasses.replace(old, mapping=mapping, options=wish.options or old.options, state=_idle_state(mapping))
    await office.tx.imports.replace(new)
    return new


async def start_import(actor: Actor, import_id: ImportId, *, dry_run: bool, office: Office) -> Import:
    """Return the import, from now on the worker's. After a dry run it may start again. Raises as above."""
    old = await import_for(actor, import_id, tx=office.tx, for_update=True)
    if old.state is ImportState.WAITING:
        raise NeedsDestination
    _refuse_unless(old, {ImportState.READY} | ({old.state} if _was_dry(old) else set()))
    new = dataclasses.replace(
        old,
        state=ImportState.RUNNING,
        run=old.run + 1,
        dry_run=dry_run,
        position=0,
        counts=Counts(),
        started_at=office.now,
        finished_at=None,
        problem=None,
    )
    await office.tx.imports.replace(new)
    if not dry_run:
        await _record(actor, "import.started", new, office=office)
    return new


async def pause_import(actor: Actor, import_id: ImportId, *, office: Office) -> Import:
    """Return the import, which stays where it is. Raises NotFound or WrongState."""
    return await _move(actor, import_id, {ImportState.RUNNING}, ImportState.PAUSED, office=office)


async def resume_import(actor: Actor, import_id: ImportId, *, office: Office) -> Import:
    """Return the import, which goes on where it was. Raises NotFound or WrongState."""
    return await _move(actor, import_id, {ImportState.PAUSED, ImportState.FAILED}, ImportState.RUNNING, office=office)


async def cancel_import(actor: Actor, import_id: ImportId, *, office: Office) -> Import:
    """Return the import, which never goes on. Links it made stay. Raises NotFound or WrongState."""
    new = await _move(actor, import_id, set(ImportState) - ENDED, ImportState.CANCELLED, office=office)
    await _record(actor, "import.cancelled", new, office=office)
    return new


async def _move(
    actor: Actor, import_id: ImportId, allowed: Collection[ImportState], state: ImportState, *, office: Office
) -> Import:
    old = await import_for(actor, import_id, tx=office.tx, for_update=True)
    _refuse_unless(old, allowed)
    finished_at = office.now if state in ENDED else None
    new = dataclasses.replace(old, state=state, finished_at=finished_at, problem=None)
    await office.tx.imports.replace(new)
    return new


async def _record(actor: Actor, action: str, task: Import, *, office: Office) -> None:
    await office.tx.audit.record(
        actor, action, "import", task.id, now=office.now, name=task.name, source=task.source, **facts_of(task)
    )


def facts_of(task: Import) -> dict[str, Any]:
    """Return what the audit log says of how far an import came."""
    return {"rows": task.position, **dataclasses.asdict(task.counts)}


def _was_dry(task: Import) -> bool:
    return task.state in ENDED and task.dry_run


def _refuse_unless(task: Import, allowed: Collection[ImportState]) -> None:
    if task.state not in allowed:
        raise WrongState(state=task.state.value)


def _idle_state(mapping: ColumnOf) -> ImportState:
    return ImportState.READY if Field.DESTINATION in mapping else ImportState.WAITING


def _sample(table: Table) -> tuple[Row, ...]:
    """Return the first rows, as far as they can be read; their cells cut to what a table on a screen has room for."""
    found = []
    rows = rows_of(table)
    try:
        for _, row in islice(rows, SAMPLE_ROWS):
            found.append({name: cell[:SAMPLE_LENGTH_MAX] for name, cell in row.items()})
    except AppError:
        pass  # The run will say in which row.
    return tuple(found)


def _read_mapping(given: Mapping[str, str] | None, old: Import) -> tuple[ColumnOf, list[FieldError]]:
    if given is None:
        return old.mapping, []
    known = {field.value for field in Field}
    errors = [FieldError(f"mapping.{name[:40]}", "field_unknown") for name in given if name not in known]
    chosen = {name: column for name, column in given.items() if name in known}
    for name, column in chosen.items():
        if column not in old.columns or list(chosen.values()).count(column) > 1:
            errors.append(FieldError(f"mapping.{name}", "import_mapping", {"field": name}))
    return {Field(name): column for name, column in chosen.items()}, errors


async def _option_errors(actor: Actor, options: Options, *, office: Office) -> list[FieldError]:
    """Return what is wrong with options; each is looked up as it would be for a link."""
    errors: list[FieldError] = []
    if options.domain is not None:
        try:
            await domain_for_new_link(
                actor,
                options.domain,
                store=office.surveyor.domains,
                system_hosts=office.surveyor.system_hosts,
            )
        except AppError as refused:
            errors += [FieldError("options.domain", each.code, each.params) for each in refused.errors]
    if options.folder is not None:
        found = await find_folders([options.folder], actor, surveyor=office.surveyor)
        folder = found[options.folder]
        if isinstance(folder, FieldError):
            errors.append(FieldError("options.folder", folder.code, folder.params))
    return errors + _tag_errors(options.tags)


def _tag_errors(tags: Sequence[str]) -> list[FieldError]:
    if len(tags) > TAGS_OF_LINK_MAX:
        return [FieldError("options.tags", "tags_count", {"max": TAGS_OF_LINK_MAX})]
    for tag in tags:
        try:
            check_name(tag)
        except FieldRefused as refused:
            return [refused.of("options.tags")]
    return []

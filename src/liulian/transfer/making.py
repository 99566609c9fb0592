"""Make the links of some rows, inside one transaction, and say what became of each. Third step of an import.

A row whose very link is there already is passed over, so that the same file can be sent twice.
"""

import dataclasses
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from liulian.accounts.model import WorkspaceActor
from liulian.base.errors import AppError, FieldError, FieldRefused
from liulian.base.ids import DomainId, encode_id
from liulian.links.check import CheckedChange
from liulian.links.labels import LABELS_MAX, Folder, add_label, check_name, name_key
from liulian.links.model import FolderId, Link
from liulian.links.placing import Surveyor, place_wishes
from liulian.links.service import SlugTaken, Workshop, create_links
from liulian.transfer.rows import Wish
from liulian.transfer.store import ImportStore
from liulian.transfer.task import (
    SHOWN_LENGTH_MAX,
    SLUGS_KNOWN_MAX,
    Import,
    Reason,
    RowResult,
    RowState,
    TakenSlug,
)

_PASSED_OVER = frozenset({"expires_at_past", "slug_taken", "import_already_there"})  # Nothing is wrong with the file.


@dataclass(frozen=True, slots=True, kw_only=True)
class CheckedRow:
    """A row with its wish, checked and screened. `replaced` is the slug that gave way to a random one."""

    number: int
    wish: Wish
    checked: CheckedChange
    replaced: str | None = None

    @property
    def destination(self) -> str | None:
        return self.checked.destination or self.wish.draft.destination

    @property
    def slug(self) -> str | None:
        return self.checked.slug or self.wish.draft.slug


@dataclass(slots=True)
class Rehearsed:
    """What a dry run would have made so far: its links are gone again when the next rows come."""

    slugs: dict[str, str] = field(default_factory=dict)

    def add(self, results: Sequence[RowResult]) -> None:
        for result in results:
            if result.state is RowState.CREATED and result.slug and len(self.slugs) < SLUGS_KNOWN_MAX:
                self.slugs[result.slug] = result.destination or ""


async def make_rows(
    rows: Sequence[CheckedRow], actor: WorkspaceActor, *, task: Import, store: ImportStore, workshop: Workshop
) -> list[RowResult]:
    """Return what became of rows, in order."""
    rows = await _in_folders(rows, actor, workshop=workshop)
    found: list[Link | AppError | Reason] = []
    found += await create_links([row.checked for row in rows], actor, workshop=workshop)
    taken = [index for index, result in enumerate(found) if isinstance(result, SlugTaken)]
    if taken:
        there = await _already_there([rows[index] for index in taken], actor, store=store, surveyor=workshop.surveyor)
        for index, is_there in zip(taken, there, strict=True):
            if is_there:
                found[index] = Reason(code="import_already_there")
        left = [index for index in taken if isinstance(found[index], SlugTaken)]
        if left and task.options.on_taken_slug is TakenSlug.RANDOM:
            again = [without_slug(rows[index]) for index in left]
            made = await create_links([row.checked for row in again], actor, workshop=workshop)
            rows = list(rows)
            for index, row, result in zip(left, again, made, strict=True):
                rows[index], found[index] = row, result
    return [_result(row, result) for row, result in zip(rows, found, strict=True)]


def rehearsed(
    results: Sequence[RowResult], rows: Sequence[CheckedRow], *, task: Import, before: Rehearsed
) -> list[RowResult]:
    """Return what a dry run says of rows, now that it is known which slugs earlier rows of the file would have."""
    found = [
        _as_if_made(result, row, task=task, before=before) if result.state is RowState.CREATED else result
        for result, row in zip(results, rows, strict=True)
    ]
    before.add(found)
    return found


def without_slug(row: CheckedRow) -> CheckedRow:
    """Return the row with the wish for any slug, whatever was wrong with its own."""
    checked = dataclasses.replace(
        row.checked, slug=None, errors=tuple(error for error in row.checked.errors if error.field != "slug")
    )
    return dataclasses.replace(row, checked=checked, replaced=row.wish.draft.slug)


def _wished_slug(result: RowResult) -> str | None:
    return None if result.state is RowState.CREATED else result.slug


def _as_if_made(result: RowResult, row: CheckedRow, *, task: Import, before: Rehearsed) -> RowResult:
    """Return a created row without what the real run will choose anew: its id, and a random slug."""
    if result.slug is None or result.slug != row.checked.slug:
        return dataclasses.replace(result, slug=None, link_id=None)
    if result.slug not in before.slugs:
        return dataclasses.replace(result, link_id=None)
    if before.slugs[result.slug] == result.destination:
        return _passed_over(result, Reason(code="import_already_there"))
    if task.options.on_taken_slug is TakenSlug.SKIP:
        return _passed_over(result, Reason(code="slug_taken", params={"slug": result.slug}))
    reason = Reason(code="import_slug_replaced", params={"slug": result.slug})
    return dataclasses.replace(result, slug=None, link_id=None, reason=reason)


def _passed_over(result: RowResult, reason: Reason) -> RowResult:
    return dataclasses.replace(result, state=RowState.SKIPPED, reason=reason, link_id=None)


async def _in_folders(rows: Sequence[CheckedRow], actor: WorkspaceActor, *, workshop: Workshop) -> Sequence[CheckedRow]:
    """Return the rows with the ids of the folders that they name; a new name makes a folder."""
    if not any(row.wish.folder for row in rows):
        return rows
    known = await workshop.surveyor.folders.list_of(actor.workspace_id, limit=LABELS_MAX)
    by_name: dict[str, FolderId | FieldError] = {name_key(folder.name): folder.id for folder in known}
    found = []
    for row in rows:
        if not row.wish.folder:
            found.append(row)
            continue
        key = name_key(row.wish.folder)
        if key not in by_name:
            by_name[key] = await _new_folder(row.wish.folder, actor, workshop=workshop)
        found.append(_in_folder(row, by_name[key]))
    return found


async def _new_folder(name: str, actor: WorkspaceActor, *, workshop: Workshop) -> FolderId | FieldError:
    try:
        folder = Folder(id=FolderId(workshop.ids()), name=check_name(name), created_at=workshop.now)
        return (await add_label(actor, folder, store=workshop.surveyor.folders)).id
    except FieldRefused as refused:
        return refused.of("folder")
    except AppError as refused_all:
        return FieldError("folder", refused_all.code, refused_all.params)


def _in_folder(row: CheckedRow, folder: FolderId | FieldError) -> CheckedRow:
    if isinstance(folder, FieldError):
        checked = dataclasses.replace(row.checked, errors=(*row.checked.errors, folder))
    else:
        wished = dataclasses.replace(row.checked.wished, folder=encode_id(folder))
        checked = dataclasses.replace(row.checked, wished=wished)
    return dataclasses.replace(row, checked=checked)


async def _already_there(
    rows: Sequence[CheckedRow], actor: WorkspaceActor, *, store: ImportStore, surveyor: Surveyor
) -> list[bool]:
    """Tell of rows whose slug is taken whether the workspace has that link with that destination."""
    placings = await place_wishes([row.checked for row in rows], actor, surveyor=surveyor, are_new=True)
    keys = [_key(placing.domain_id, row) for placing, row in zip(placings, rows, strict=True)]
    there: Mapping[tuple[DomainId, str], str] = await store.existing(
        actor.workspace_id, {key for key in keys if key is not None}
    )
    return [key is not None and there.get(key) == row.checked.destination for key, row in zip(keys, rows, strict=True)]


def _key(domain_id: DomainId | None, row: CheckedRow) -> tuple[DomainId, str] | None:
    return None if domain_id is None or row.checked.slug is None else (domain_id, row.checked.slug)


def _result(row: CheckedRow, result: Link | AppError | Reason) -> RowResult:
    destination = (row.destination or "")[:SHOWN_LENGTH_MAX] or None
    if isinstance(result, Link):
        return RowResult(
            row=row.number,
            state=RowState.CREATED,
            slug=result.slug,
            destination=destination,
            reason=_notice(row),
            link_id=result.id,
        )
    reason = result if isinstance(result, Reason) else _reason_of(result)
    state = RowState.SKIPPED if reason.code in _PASSED_OVER else RowState.FAILED
    slug = (row.slug or "")[:SHOWN_LENGTH_MAX] or None
    return RowResult(row=row.number, state=state, slug=slug, destination=destination, reason=reason)


def _notice(row: CheckedRow) -> Reason | None:
    if row.replaced is not None:
        return Reason(code="import_slug_replaced", params={"slug": row.replaced[:SHOWN_LENGTH_MAX]})
    return next(iter(row.wish.notices), None)


def _reason_of(refusal: AppError) -> Reason:
    """Return the first thing that is wrong."""
    first = next(iter(refusal.errors), None)
    if first is None:
        return Reason(code=refusal.code, params=refusal.params)
    return Reason(code=first.code, params=first.params)
